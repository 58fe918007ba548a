"""The form of a network in the web UI: what is typed, and the network that it means."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from inventory.discovery.network_rules import MAX_TEXTS, NetworkDraft
from inventory.discovery.schemas import MAX_ID
from inventory.errors import InvalidInput
from inventory.schema import ObjectSchema, Text
from inventory.sites import placing
from inventory.sites.naming import Spot
from inventory.web.forms import Lines
from snmp_discovery.types import Kind

ON_REQUEST, DAILY, INTERVAL = "request", "daily", "interval"
PLACE_TARGET, PLACE_SITE = "place_target", "place_site"
MAX_HOSTS = 10_000_000
USUAL = NetworkDraft("", ())

Row = tuple[str, str]
"""Addresses and a place, as they are typed."""


def number(least: int, most: int, **options: Any) -> fields.Integer:
    return fields.Integer(validate=validate.Range(min=least, max=most), **options)


class VersionForm(ObjectSchema):
    """A confirmation: which version of the object the person has looked at."""

    version = number(1, MAX_ID, required=True)


class NetworkForm(ObjectSchema):
    """A network as a person enters it. Rows of places are read beside it, by `placed`."""

    version = number(1, MAX_ID, load_default=None, allow_none=True)
    name = Text(max_length=120, min_length=1, required=True)
    site_id = number(1, MAX_ID, load_default=None, allow_none=True)
    targets = Lines(required=True)
    exclusions = Lines(load_default=list)
    place_target = fields.List(fields.String(), load_default=list)
    place_site = fields.List(fields.String(), load_default=list)
    places = fields.List(fields.String(), dump_only=True)
    schedule = fields.String(
        load_default=ON_REQUEST, validate=validate.OneOf([ON_REQUEST, DAILY, INTERVAL])
    )
    daily_at = Text(max_length=8, load_default=None, allow_none=True)
    every_minutes = number(5, 10_080, load_default=None, allow_none=True)
    enabled = fields.Boolean(load_default=False)
    auto_accept = fields.List(
        fields.String(validate=validate.OneOf([kind.value for kind in Kind])), load_default=list
    )
    credentials = fields.List(number(1, MAX_ID), load_default=list)
    port = number(1, 65_535, load_default=USUAL.port)
    rate = number(1, 1_000_000, load_default=None, allow_none=True)
    timeout = fields.Float(load_default=USUAL.timeout, validate=validate.Range(min=0.05, max=60))
    retries = number(0, 10, load_default=USUAL.retries)
    max_hosts = number(1, MAX_HOSTS, load_default=USUAL.max_hosts)

    @ma.validates_schema
    def _whole_schedule(self, data: dict[str, Any], **_more: object) -> None:
        if data.get("schedule") == DAILY and not data.get("daily_at"):
            raise ma.ValidationError("Say at what time of day.", "daily_at")
        if data.get("schedule") == INTERVAL and not data.get("every_minutes"):
            raise ma.ValidationError("Say after how many minutes.", "every_minutes")


CheckForm = ObjectSchema.from_dict(
    {
        **{name: fields.Raw() for name in NetworkForm().load_fields},
        "targets": Lines(load_default=list),
        "exclusions": Lines(load_default=list),
        "max_hosts": number(1, MAX_HOSTS, load_default=USUAL.max_hosts),
    },
    name="CheckForm",
)
"""The same form while it is being typed: only what the count of addresses needs is read."""


def rows_of(targets: Sequence[str], sites: Sequence[str]) -> list[Row]:
    """The rows of the table of places, without those in which nothing was typed."""
    pairs = zip_longest(targets, sites, fillvalue="")
    return [(t.strip(), s.strip()) for t, s in pairs if t.strip() or s.strip()]


def placed(rows: Sequence[Row], known: Sequence[Spot]) -> list[dict[str, Any]]:
    """The places of a draft. Raises `InvalidInput` (field `places`) naming the row."""
    if len(rows) > MAX_TEXTS:
        raise _wrong(f"at most {MAX_TEXTS} rows")
    found = []
    for target, text in rows:
        if not target or not text:
            raise _wrong(f"{(target or text)[:80]!r} stands alone: a row has addresses and a place")
        spots = placing.found(known, text)
        if not spots:
            raise _wrong(f"there is no place {text[:120]!r} in your reach")
        if len(spots) > 1:
            raise _wrong(f"{text[:120]!r} is the name of several places; give one another name")
        found.append({"target": target[:100], "site_id": spots[0].id})
    return found


def values_of(data: Mapping[str, Any], places: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields of a `NetworkDraft` from the loaded form."""
    plain = (
        "name", "site_id", "targets", "exclusions", "enabled", "auto_accept", "credentials",
        "port", "rate", "timeout", "retries", "max_hosts",
    )  # fmt: skip
    schedule = data["schedule"]
    return {
        **{name: data[name] for name in plain},
        "places": list(places),
        # Browsers may send the seconds too.
        "daily_at": data["daily_at"][:5] if schedule == DAILY else None,
        "every_minutes": data["every_minutes"] if schedule == INTERVAL else None,
    }


def shown(draft: NetworkDraft, called: Mapping[int, Spot]) -> dict[str, Any]:
    """What the form shows of a network; `called` are the places of its rows in words."""
    schedule = DAILY if draft.daily_at else INTERVAL if draft.every_minutes else ON_REQUEST
    return {
        "name": draft.name,
        "site_id": draft.site_id,
        "targets": "\n".join(map(str, draft.targets)),
        "exclusions": "\n".join(map(str, draft.exclusions)),
        "rows": [
            (
                str(place["target"]),
                called[place["site_id"]].way if place["site_id"] in called else "",
            )
            for place in draft.places
        ],
        "schedule": schedule,
        "daily_at": draft.daily_at,
        "every_minutes": draft.every_minutes,
        "enabled": draft.enabled,
        "auto_accept": [str(kind) for kind in draft.auto_accept],
        "credentials": list(draft.credentials),
        "port": draft.port,
        "rate": draft.rate,
        "timeout": f"{draft.timeout:g}",
        "retries": draft.retries,
        "max_hosts": draft.max_hosts,
    }


def _wrong(message: str) -> InvalidInput:
    return InvalidInput(f"places: {message}", {"places": [message]})
