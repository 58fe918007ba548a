"""What one may ask the audit log for, as its page takes it."""

import zoneinfo
from datetime import date, datetime, time, timedelta
from typing import Any

from marshmallow import fields, validate
from sqlmodel import Session

from inventory.access import Actor
from inventory.accounts import reach
from inventory.audit.reading import EventFilter
from inventory.errors import NotFound
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.sites import service as sites

_EARLIEST, _LATEST = date(1990, 1, 1), date(2200, 1, 1)


class AskedArgs(ObjectSchema):
    """The filters; `since` and `until` are days, both included.

    actor_id is for links: an address is kept in many places, and a number there tells nobody who.
    """

    actor = Text(max_length=100, load_default="")
    actor_id = fields.Integer(load_default=None, validate=ROW_ID)
    action = Text(max_length=80, load_default="")
    subject_type = Text(max_length=40, load_default="")
    subject_id = Text(max_length=80, load_default="")
    site_id = fields.Integer(load_default=None, validate=ROW_ID)
    since = fields.Date(load_default=None, validate=validate.Range(_EARLIEST, _LATEST))
    until = fields.Date(load_default=None, validate=validate.Range(_EARLIEST, _LATEST))


class LogArgs(AskedArgs):
    """The filters, and which page."""

    after = fields.String(load_default=None, validate=validate.Length(max=500))
    before = fields.String(load_default=None, validate=validate.Length(max=500))


class VerifyArgs(ObjectSchema):
    """The last event that is known to fit; 0 begins anew."""

    after = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**31 - 1))


def filter_of(db: Session, actor: Actor, args: dict[str, Any], zone: str) -> EventFilter:
    """The filter that the arguments mean. A user name stands for its account, also for what it did
    through a token or under an earlier name; anything else for the beginning of a name."""
    account = args["actor_id"]
    if args["actor"]:
        account = _account(db, actor, args["actor"])
    return EventFilter(
        action=args["action"],
        actor_id=account,
        actor="" if account is not None else args["actor"],
        subject_type=args["subject_type"],
        subject_id=args["subject_id"],
        site_ids=None if args["site_id"] is None else sites.subtree(db, args["site_id"]),
        since=_midnight(args["since"], zone),
        until=_midnight(args["until"], zone, after=1),
    )


def _account(db: Session, actor: Actor, name: str) -> int | None:
    try:
        return reach.by_user_name(db, actor, name).id
    except NotFound:
        return None


def _midnight(day: date | None, zone: str, after: int = 0) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=after), time(), zoneinfo.ZoneInfo(zone))
