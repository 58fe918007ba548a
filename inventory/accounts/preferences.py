"""What people choose for themselves: words, clock, looks. Only one's own, and never audited:
it changes nothing for anybody else and says nothing about the district."""

import functools
import re
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.accounts.preference_models import Preference, PreferenceName
from inventory.db import insert_unless_there
from inventory.errors import Forbidden, InvalidInput

LANGUAGES = ("en", "es")
THEMES = ("auto", "light", "dark")
DENSITIES = ("compact", "comfortable")
MAX_COLUMNS = 60
SCAN_GAP_MS = range(10, 501)
"""Milliseconds between two keys; scanners were seen at 0 to 40, people type slower than 80."""

_COLUMN = re.compile(r"[a-z][a-z0-9_.]{0,59}")


@dataclass(frozen=True, slots=True)
class Preferences:
    """language, timezone   "" follows the browser, and where it is silent the district
    asset_columns   keys of the columns of the asset list, in order; none: the usual ones. A key
                    that there is no more is to be passed over
    scan_gap_ms     longest time between two keys of a barcode scanner
    """

    language: str = ""
    timezone: str = ""
    theme: str = "auto"
    density: str = "compact"
    asset_columns: tuple[str, ...] = ()
    scan_gap_ms: int = 50


def of_account(db: Session, account_id: int) -> Preferences:
    """What an account has chosen, and the usual for the rest; one query. The caller has checked
    that it is about this account. A value that is not acceptable (any more) counts as not chosen.
    """
    query = select(Preference.name, Preference.value).where(Preference.account_id == account_id)
    kept: dict[str, Any] = {}
    for name, value in db.exec(query):
        try:
            kept[name] = _CHECKS[PreferenceName(name)](value)
        except InvalidInput:
            continue
    return replace(Preferences(), **kept)


def own(db: Session, actor: Actor) -> Preferences:
    """The actor's own. Raises `Forbidden` for whoever is no account."""
    return of_account(db, _account(actor))


def choose(db: Session, actor: Actor, changes: Mapping[str, object]) -> Preferences:
    """Change the named ones; None goes back to the usual. All of them, or none.

    Raises `InvalidInput` naming every field that cannot be accepted, `Forbidden`.
    """
    account_id = _account(actor)
    checked = _checked(changes)
    for name, value in checked.items():
        row = {"account_id": account_id, "name": PreferenceName(name)}
        if value is None:
            here = (col(Preference.account_id) == account_id, col(Preference.name) == name)
            db.execute(sa.delete(Preference).where(*here))
        elif not insert_unless_there(db, Preference, {**row, "value": value}):
            kept = db.get_one(Preference, (account_id, row["name"]), populate_existing=True)
            kept.value = value
            db.add(kept)
    db.flush()
    return of_account(db, account_id)


def _account(actor: Actor) -> int:
    actor.require_anywhere(Permission.SELF)
    if actor.id is None:
        raise Forbidden(f"{actor.name} is no account and has no preferences")
    return actor.id


def _checked(changes: Mapping[str, object]) -> dict[str, object]:
    kept: dict[str, object] = {}
    errors: dict[str, object] = {}
    for name, value in changes.items():
        if name not in set(PreferenceName):
            errors[str(name)[:60]] = ["there is no such preference"]
            continue
        try:
            kept[name] = None if value is None else _CHECKS[PreferenceName(name)](value)
        except InvalidInput as refused:
            errors.update(refused.fields)
    if errors:
        raise InvalidInput("some preferences are not acceptable: " + ", ".join(errors), errors)
    return kept


def _wrong(name: str, message: str) -> InvalidInput:
    return InvalidInput(f"{name} {message}", {name: [message]})


def _one_of(name: str, *allowed: str) -> Callable[[object], object]:
    def check(value: object) -> object:
        if value not in allowed:
            raise _wrong(name, "must be one of: " + ", ".join(filter(None, allowed)))
        return value

    return check


def _zone(value: object) -> object:
    if not isinstance(value, str) or (value and value not in _zones()):
        raise _wrong("timezone", "must be the name of an IANA time zone")
    return value


@functools.cache
def _zones() -> frozenset[str]:
    # A name from outside may be anything, a path too: it is compared, never opened.
    return frozenset(zoneinfo.available_timezones())


def _columns(value: object) -> object:
    if not isinstance(value, list | tuple) or len(value) > MAX_COLUMNS:
        raise _wrong("asset_columns", f"must be a list of at most {MAX_COLUMNS}")
    if not all(isinstance(key, str) and _COLUMN.fullmatch(key) for key in value):
        raise _wrong("asset_columns", "must hold keys of columns")
    return tuple(dict.fromkeys(cast(list[str], value)))


def _gap(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or value not in SCAN_GAP_MS:
        least, most = SCAN_GAP_MS[0], SCAN_GAP_MS[-1]
        raise _wrong("scan_gap_ms", f"must be {least} to {most} milliseconds")
    return value


_CHECKS: dict[PreferenceName, Callable[[object], object]] = {
    PreferenceName.LANGUAGE: _one_of("language", "", *LANGUAGES),
    PreferenceName.TIMEZONE: _zone,
    PreferenceName.THEME: _one_of("theme", *THEMES),
    PreferenceName.DENSITY: _one_of("density", *DENSITIES),
    PreferenceName.ASSET_COLUMNS: _columns,
    PreferenceName.SCAN_GAP_MS: _gap,
}
