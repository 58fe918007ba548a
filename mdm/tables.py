"""`python -m mdm.tables` prints docs/connectors.md: what every connector declares of itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from mdm.capabilities import Capability, Confirmation, Effect, Need
from mdm.connection import VendorInfo
from mdm.registry import vendors
from mdm.types import Action, Ownership, Platform

_EFFECTS = {
    Effect.ASKS_REPORT: "asks the device to report",
    Effect.RESTORES: "gives the use back",
    Effect.INTERRUPTS: "interrupts; unsaved work is lost",
    Effect.REVEALS_PLACE: "reveals where the device is",
    Effect.LOCKS: "locks; data stays",
    Effect.REMOVES_PASSCODE: "removes the passcode",
    Effect.REMOVES_MANAGEMENT_DATA: "**removes management and its data**",
    Effect.ERASES_USER_DATA: "**erases all users' data**; stays managed",
    Effect.ERASES_EVERYTHING: "**erases everything**",
}
_CONFIRMED = {
    Confirmation.COMMAND_ID: "by command id",
    Confirmation.STATE: "by the device's record",
    Confirmation.REAPPEARS: "inferred: it leaves or enrols anew",
    Confirmation.NEVER: "cannot be",
}
_NEEDS = {
    Need.SUPERVISED: "a supervised device",
    Need.PIN: "a PIN of six digits",
    Need.MESSAGE: "a message",
    Need.MESSAGE_OR_PHONE: "a message or phone number",
}
_HEAD = """# Connectors

What each MDM connector can do, as its module under `mdm/vendors` declares it. This page is printed
by `python -m mdm.tables`, and a test keeps it current.

The effect is what truly happens on that platform, whatever the vendor's button is called. HTTP
success is not command success: "confirmed" tells how completion becomes known.

Give every connection the least rights: one credential that reads, and another one that acts, used
by the worker only.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(line for info in vendors().values() for line in _vendor(info))])


def _vendor(info: VendorInfo) -> Iterator[str]:
    yield f"## {info.label} (`{info.name}`)\n"
    yield from _table(["setting", "meaning", ""], (
        (f"`{item.name}`", _sentence(item.label, item.help),
         "secret" if item.secret else f"default `{item.default}`" if item.default else "")
        for item in info.fields
    ))  # fmt: skip
    for title, rights in (("To read", info.to_read), ("To act", info.to_act)):
        if rights:
            yield f"{title}, allow {', '.join(f'`{right}`' for right in rights)}.\n"
    if info.setup:
        yield f"{info.setup}\n"
    yield _remarks(info) + "\n"
    if not info.capabilities:
        yield "It is read only: nothing can be sent.\n"
        return
    yield from _table(
        ["platform", "action", "effect", "needs", "confirmed", "remark"],
        (_row(platform, row) for platform in Platform for row in _rows_of(info, platform)),
    )


def _rows_of(info: VendorInfo, platform: Platform) -> list[Capability]:
    found = [row for row in info.capabilities if platform in row.platforms]
    return sorted(found, key=lambda row: list(Action).index(row.action))


def _row(platform: Platform, row: Capability) -> tuple[str, ...]:
    owned = "" if row.ownership == frozenset(Ownership) else _owned(row)
    remark = [row.note, "Can be called off before it is done." if row.cancellable else ""]
    return (
        platform.value,
        row.action.value.replace("_", " ") + owned,
        _EFFECTS[row.effect],
        ", ".join(text for need, text in _NEEDS.items() if need in row.needs),
        _CONFIRMED[row.confirmed_by],
        " ".join(filter(None, remark)),
    )


def _owned(row: Capability) -> str:
    words = [owner.value for owner in Ownership if owner in row.ownership]
    return f" ({' or '.join(words)} ownership)"


def _remarks(info: VendorInfo) -> str:
    tagged = ", ".join(platform.value for platform in Platform if platform in info.tags_on)
    listed = "Lists can be incremental." if info.incremental else "Every list is a whole list."
    return f"{listed} " + (
        f"Our asset tag is written back on: {tagged}." if tagged else "Asset tags are not written."
    )


def _sentence(label: str, words: str) -> str:
    return f"{label}. {words}" if words else label


def _table(columns: list[str], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page())
