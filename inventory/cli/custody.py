"""`homeroom custody`: hand devices out and in, swap them, and see what is overdue."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from inventory.cli import output
from inventory.cli.carts import cart
from inventory.cli.client import Api, connected, pages, part, remote_options
from inventory.custody.models import Condition, LoanReason
from inventory.errors import Conflict

CONDITIONS = click.Choice([condition.value for condition in Condition])
REASONS = click.Choice([reason.value for reason in LoanReason])
COLUMNS = ["tag", "holder", "kind", "since", "due", "overdue", "went along"]


@click.group("custody")
def custody() -> None:
    """Who has which device."""


custody.add_command(cart)


class Moment(click.ParamType[datetime]):
    """A date with a time; without a zone it is meant as this machine's clock shows it."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(str(value)).astimezone()
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no moment such as 2027-01-31T15:00", param, ctx)


class Counts(click.ParamType[tuple[str, int]]):
    """`charger` or `charger=2`."""

    name = "name[=n]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        if isinstance(value, tuple):
            return value
        name, _equals, count = str(value).partition("=")
        if not name or not (count or "1").isdecimal():
            self.fail(f"{value!r} is not like charger=1", param, ctx)
        return name, int(count or "1")


ALONG = click.option(
    "--with", "along", multiple=True, type=Counts(), help="What goes along, e.g. charger=1."
)


@custody.command("out")
@click.argument("tag")
@click.option("--person", type=int, help="To this person (the number that `people` shows).")
@click.option("--place", type=int, help="To this room or other place (its number).")
@click.option("--cart", type=int, help="Into this cart (its number).")
@click.option("--loan", type=REASONS, help="Lent, and why; needs --due.")
@click.option("--due", type=Moment(), help="Until when, e.g. 2027-01-31T15:00.")
@ALONG
@click.option("--condition", type=CONDITIONS)
@click.option("--note", default="")
@click.option("--override", default="", help="Why, where something speaks against it.")
@click.option("--take-over", default="", help="Why it is taken from who has it.")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def out(tag: str, as_json: bool, server: str | None, token_file: Path | None, **given: Any) -> None:
    """Hand the device with this TAG out. Exit code 5 where it is out already or on hold."""
    body = {
        **_terms(given), "person_id": given["person"], "place_id": given["place"],
        "cart_id": given["cart"], "take_over": given["take_over"],
    }  # fmt: skip
    with connected(server, token_file) as api:
        made = api.call("POST", f"/assets/{_asset(api, tag)}/custody", body=body)
    _told(made, as_json, f"{tag} is handed out")


@custody.command("in")
@click.argument("tag")
@click.option("--back", "along", multiple=True, type=Counts(), help="What came back, charger=1.")
@click.option("--condition", type=CONDITIONS)
@click.option("--repair/--no-repair", default=None, help="To the repair shop; else if broken.")
@click.option("--place", type=int, help="Where it is put (the place's number).")
@click.option("--note", default="")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def in_(tag: str, as_json: bool, server: str | None, token_file: Path | None, **given: Any) -> None:
    """Hand the device with this TAG in."""
    body = {
        "condition": given["condition"], "repair": given["repair"], "note": given["note"],
        "returned": dict(given["along"]), "place_id": given["place"],
    }  # fmt: skip
    with connected(server, token_file) as api:
        number = _open(api, tag)
        made = api.call("POST", f"/custody/{number}/return", body=body)
    _told(made, as_json, f"{tag} is handed in")


@custody.command("swap")
@click.argument("tag")
@click.argument("spare")
@click.option("--keep", is_flag=True, help="The spare stays with them; else it is lent.")
@click.option("--due", type=Moment(), help="Until when the spare is lent.")
@ALONG
@click.option("--condition", type=CONDITIONS, help="Of the broken one.")
@click.option("--note", default="", help="On the broken one.")
@click.option("--override", default="", help="Why, where something speaks against it.")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def swap(
    tag: str, spare: str, keep: bool, as_json: bool, server: str | None, token_file: Path | None,
    **given: Any,
) -> None:  # fmt: skip
    """Take the broken TAG in and hand SPARE out to whoever had it: both, or neither."""
    loan = None if keep else LoanReason.REPAIR.value
    coming = {"condition": given.pop("condition"), "note": given.pop("note")}
    terms = _terms({**given, "loan": loan, "condition": None, "note": ""})
    with connected(server, token_file) as api:
        body = {"spare_id": _asset(api, spare), "coming": coming, "terms": terms}
        made = api.call("POST", f"/custody/{_open(api, tag)}/swap", body=body)
    _told(made, as_json, f"{tag} is in, {spare} is out")


@custody.command("extend")
@click.argument("tag")
@click.option("--due", type=Moment(), required=True, help="The new end, e.g. 2027-01-31T15:00.")
@click.option("--reason", default="")
@click.option("--json", "as_json", is_flag=True)
@remote_options
def extend(
    tag: str, due: datetime, reason: str, as_json: bool, server: str | None,
    token_file: Path | None,
) -> None:  # fmt: skip
    """Move the end of the custody of the device with this TAG."""
    body = {"due_at": due.isoformat(), "reason": reason}
    with connected(server, token_file) as api:
        made = api.call("POST", f"/custody/{_open(api, tag)}/extend", body=body)
    _told(made, as_json, f"{tag} is due {made['due_at']}")


@custody.command("overdue")
@click.option("--site", type=int, help="A site's number, with all within it.")
@click.option("--all", "everything", is_flag=True, help="Also what is out and not overdue.")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@remote_options
def overdue(
    site: int | None, everything: bool, limit: int, as_json: bool, server: str | None,
    token_file: Path | None,
) -> None:  # fmt: skip
    """What should have come back by now, longest first. Who looks is written down."""
    late = None if everything else "true"
    with connected(server, token_file) as api:
        found = list(pages(api, "/custody", limit=limit, site_id=site, overdue=late))
    if as_json:
        for item in found:
            output.json_line(item)
        return
    output.table(
        COLUMNS,
        [
            (c["tag"], c["holder"], c["kind"], c["given_at"], c["due_at"] or "",
             "yes" if c["overdue"] else "", _along(c))
            for c in found
        ],
    )  # fmt: skip


def _terms(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "loan" if given["loan"] else "assignment", "loan_reason": given["loan"],
        "due_at": given["due"].isoformat() if given["due"] else None,
        "condition": given["condition"], "note": given["note"],
        "accessories": dict(given["along"]), "override": given["override"],
    }  # fmt: skip


def _asset(api: Api, tag: str) -> int:
    return int(api.call("GET", f"/assets/by-tag/{part(tag)}")["id"])


def _open(api: Api, tag: str) -> int:
    """The open custody of a device. Raises `Conflict` where nobody has it."""
    found = api.call("GET", f"/assets/{_asset(api, tag)}/custody", query={"limit": 1})["items"]
    if not found or found[0]["returned_at"] is not None:
        raise Conflict(f"{tag} is not out")
    return int(found[0]["id"])


def _along(item: dict[str, Any]) -> str:
    return ", ".join(f"{line['name']} {line['count_out']}" for line in item["accessories"])


def _told(made: dict[str, Any], as_json: bool, words: str) -> None:
    if as_json:
        output.json_line(made)
    else:
        output.note(output.safe(words))
