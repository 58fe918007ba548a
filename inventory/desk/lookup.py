"""The helpdesk's question: what is this tag? One statement on the driver's own connection."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from inventory.access import Actor, Permission
from inventory.assets.tag_rules import clean_tag, tag_key
from inventory.desk import lookup_sql
from inventory.desk.door import Door
from inventory.errors import InvalidInput, NotFound

LOW, EMPTY = "low", "empty"


def lookup(
    door: Door, actor: Actor, text: str, *, near: Callable[[str], list[str]]
) -> dict[str, Any]:
    """The answer for a tag, current or former, in the shape of `schemas.LookupView`.

    An asset outside the actor's scope is as unknown as one that does not exist. Raises `NotFound`
    with near misses, `Forbidden` without the permission.
    """
    actor.require_anywhere(Permission.LOOKUP)
    try:
        tag = clean_tag(text)
    except InvalidInput as bad:
        raise NotFound(f"there is no tag {text[:64]!r}") from bad
    row = _fetch(door, tag_key(tag))
    if row is None or not actor.may(Permission.LOOKUP, row["site_id"]):
        raise NotFound(f"there is no asset with the tag {tag!r}", near(tag))
    found = _answer(row)
    if actor.may(Permission.CUSTODY_READ, row["site_id"]):
        found["holder"] = _holder(row)
    return found


def _fetch(door: Door, key: str) -> dict[str, Any] | None:
    statement = lookup_sql.SQLITE if door.sqlite else lookup_sql.POSTGRESQL
    door.cursor.execute(statement, (key,))
    row = door.cursor.fetchone()
    if row is None:
        return None
    return dict(zip((column[0] for column in door.cursor.description or ()), row, strict=True))


def _answer(row: dict[str, Any]) -> dict[str, Any]:
    place = sorted(lookup_sql.items(row["place"]), key=lambda site: -int(site["height"]))
    supplies = lookup_sql.items(row["supplies"])
    ports = lookup_sql.items(row["switch_port"])
    return {
        "id": row["id"],
        "tag": row["tag"],
        "asked": row["asked_tag"],
        "former_tag": not row["tag_is_current"],
        "category": row["category"],
        "status": row["status"],
        "manufacturer": row["manufacturer"] or "",
        "model": row["model"] or "",
        "serial": row["serial"],
        "name": row["name"],
        "firmware": row["firmware"],
        "place": [{"name": site["name"], "kind": site["kind"]} for site in place],
        "last_seen": _last_seen(row),
        "addresses": [_dated(item, "last_at") for item in lookup_sql.items(row["addresses"])],
        "switch_port": _dated(ports[0], "at") if ports else None,
        "supplies": [_dated(item, "at") for item in supplies],
        "open_matters": _matters(supplies, lookup_sql.items(row["conflicts"])),
    }


def _holder(row: dict[str, Any]) -> dict[str, Any] | None:
    """Who has it; None where nobody has. Only for who may know."""
    for held in lookup_sql.items(row["holders"]):
        due = None if held["due_at"] is None else moment(held["due_at"])
        return {**_dated(held, "since"), "due_at": due}
    return None


def _last_seen(row: dict[str, Any]) -> dict[str, Any] | None:
    if row["last_seen_at"] is None:
        return None
    return {
        "at": moment(row["last_seen_at"]),
        "source": row["last_seen_source"],
        "address": row["last_seen_address"],
    }


def _matters(
    supplies: list[dict[str, Any]], conflicts: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What somebody should attend to, the most pressing first."""
    found = [
        {
            "kind": "conflict",
            "text": f"A sweep saw something else at {item['address']}; it waits for review.",
            "finding_id": item["id"],
        }
        for item in conflicts
    ]
    for state in (EMPTY, LOW):
        found += [
            {"kind": f"supply_{state}", "text": f"{item['name']} is {state}."}
            for item in supplies
            if item["state"] == state
        ]
    return found


def _dated(item: dict[str, Any], name: str) -> dict[str, Any]:
    return {**item, name: moment(item[name])}


def moment(value: object) -> str:
    """A driver's moment as RFC 3339 in UTC: SQLite gives text without a zone."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    at = cast(datetime, value)
    return (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)).isoformat()
