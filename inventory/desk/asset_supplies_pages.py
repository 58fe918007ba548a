"""/assets/{id}/supplies: levels, page counters, and how long what is there may last."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response
from flask_babel import format_date, get_timezone, gettext as _
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.desk import asset_supplies as supplies
from inventory.desk.asset_frame_pages import ASSET, asset_page, head_now, today
from inventory.desk.asset_supplies import Counter, Stretch, SupplyStory
from inventory.desk.supply_forecast import Forecast
from inventory.discovery.reading_models import Continuity, PageReading
from inventory.http.unit import current_db, current_now
from inventory.schema import ObjectSchema
from inventory.web.arguments import with_query
from inventory.web.charts import Bar, Chart, Point, columns, dates_in, line
from inventory.web.languages import language
from inventory.web.showing import number

bp = Blueprint("asset_supplies_pages", __name__)

SHOW = "asset_supplies_pages.show"
DAYS = (30, 90, 365)


class SuppliesArgs(ObjectSchema):
    """How far back, and which page counter."""

    days = fields.Integer(load_default=90, validate=validate.OneOf(DAYS))
    counter = fields.String(load_default="", validate=validate.Length(max=60))


@bp.route(f"{ASSET}/supplies")
@guarded(Permission.ASSET_READ, page=True)
@with_query(SuppliesArgs)
def show(args: dict[str, Any], asset_id: int) -> Response:
    """The supplies with their history, and the page counters."""
    db, now = current_db(), current_now()
    head = head_now(asset_id)
    since = now - timedelta(days=args["days"])
    stories = supplies.stories_of(db, head, since=since, now=now)
    counters = supplies.counters_of(db, asset_id)
    chosen = _chosen(counters, args["counter"])
    day = today()
    counts = (
        supplies.counts_of(db, asset_id, chosen.name, since=day - timedelta(days=args["days"]))
        if chosen else []
    )  # fmt: skip
    printed = supplies.pages_in(counts, since=day - timedelta(days=args["days"]), until=day)
    return asset_page(
        "desk/asset/supplies.html", head, SHOW, stories=stories, counters=counters, chosen=chosen,
        days=args["days"], choices=DAYS, left=lasting,
        level_charts=[_levels(story) for story in stories if story.drawable],
        counter_chart=_counter(chosen, counts) if chosen and counts else None,
        pages_chart=_pages(printed) if any(each.pages for each in printed) else None,
        printed=sum(each.pages for each in printed),
    )  # fmt: skip


def _chosen(counters: Sequence[Counter], name: str) -> Counter | None:
    return next((one for one in counters if one.name == name), counters[0] if counters else None)


def lasting(told: Forecast) -> str:
    """ "about 5 weeks", or why nothing can be said. Coarse, as the reckoning is."""
    if told.days_left is None:
        return _why_not(str(told.why_not.value if told.why_not else ""))
    days = told.days_left
    if days < 1:
        return str(_("less than a day left"))
    if days <= 13:
        return str(_("about %(n)s days left", n=days))
    if days <= 60:
        return str(_("about %(n)s weeks left", n=round(days / 7)))
    if days < 365:
        return str(_("about %(n)s months left", n=round(days / 30.4)))
    return str(_("more than a year left"))


def _why_not(reason: str) -> str:
    said = {
        "not_told": _("no forecast: the device does not tell a level"),
        "few_readings": _("no forecast yet: too few readings since it was filled"),
        "short": _("no forecast yet: watched for less than a week"),
        "hardly_used": _("no forecast: hardly used since it was filled"),
        "not_seen": _("no forecast: the device was not seen lately"),
        "empty": _("empty"),
    }  # fmt: skip
    return str(said.get(reason, ""))


def _levels(story: SupplyStory) -> Chart:
    points = [
        Point(row.at, row.level_percent, reset=_refilled(story, place))
        for place, row in enumerate(story.changes)
    ]
    return line(
        story.now.name or story.now.type, points, unit="%", id=f"levels-{story.now.id}",
        dates=dates_in(language()), zone=get_timezone(), height=90,
    )  # fmt: skip


def _refilled(story: SupplyStory, place: int) -> bool:
    before, now = story.changes[place - 1].level_percent, story.changes[place].level_percent
    return place > 0 and before is not None and now is not None and now - before >= 15


def _counter(counter: Counter, rows: Sequence[PageReading]) -> Chart:
    anew = {Continuity.RESET, Continuity.WRAPPED}
    points = [Point(row.at, row.value, reset=row.continuity in anew) for row in rows]
    return line(
        _("Counter “%(name)s”", name=counter.name), points, unit=_("pages"), id="counter",
        number=number, dates=dates_in(language()), zone=get_timezone(), from_zero=False,
    )  # fmt: skip


def _pages(stretches: Sequence[Stretch]) -> Chart:
    bars = [Bar(format_date(one.first, "MMM d"), one.pages) for one in stretches]
    longest = max(one.days for one in stretches)
    title = _("Pages a day") if longest == 1 else (
        _("Pages a week") if longest <= 7 else _("Pages a month")
    )  # fmt: skip
    return columns(
        title, bars, unit=_("pages"), id="pages", number=number,
        summary=_("What was printed while no sweep came stands at the day of the next one."),
    )  # fmt: skip
