"""/assets/{id}/supplies: levels, page counters, and how long what is there may last."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response
from flask_babel import format_date, get_timezone, gettext as _
from markupsafe import Markup
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.desk import asset_supplies as supplies
from inventory.desk.asset_frame_pages import ASSET, asset_page, head_now, today
from inventory.desk.asset_supplies import Count, Counter, Stretch, SupplyStory
from inventory.desk.supply_forecast import REFILLED, Forecast
from inventory.discovery.reading_models import Continuity
from inventory.http.unit import current_db, current_now
from inventory.schema import ObjectSchema
from inventory.web.arguments import with_query
from inventory.web.charts import Bar, Chart, Point, columns, dates_in, line, sparkline
from inventory.web.languages import language
from inventory.web.showing import number

bp = Blueprint("asset_supplies_pages", __name__)

SHOW = "asset_supplies_pages.show"
DAYS = (30, 90, 365)
MOST_POINTS = 48
"""Of a line: the picture gets no clearer by more, and the page heavier."""


class SuppliesArgs(ObjectSchema):
    """How far back, which supply's levels, and which page counter."""

    days = fields.Integer(load_default=90, validate=validate.OneOf(DAYS))
    supply = fields.String(load_default="", validate=validate.Length(max=40))
    counter = fields.String(load_default="", validate=validate.Length(max=60))


@bp.route(f"{ASSET}/supplies")
@guarded(Permission.ASSET_READ, page=True)
@with_query(SuppliesArgs)
def show(args: dict[str, Any], asset_id: int) -> Response:
    """The supplies with their history, and the page counters."""
    db, now, day = current_db(), current_now(), today()
    head = head_now(asset_id)
    back = timedelta(days=args["days"])
    stories = supplies.stories_of(db, head, since=now - back, now=now)
    story = supplies.chosen_story(stories, args["supply"])
    counters = supplies.counters_of(db, asset_id)
    chosen = next(
        (one for one in counters if one.name == args["counter"]), counters[0] if counters else None
    )
    counts = supplies.counts_of(db, asset_id, chosen.name, since=day - back) if chosen else []
    printed = supplies.pages_in(counts, since=day - back, until=day)
    return asset_page(
        "desk/asset/supplies.html", head, SHOW, stories=stories, story=story, counters=counters,
        chosen=chosen, days=args["days"], choices=DAYS, left=lasting, small=_small,
        level_chart=_levels(story) if story else None,
        counter_chart=_counter(chosen, counts) if chosen and counts else None,
        pages_chart=_pages(printed) if any(each.pages for each in printed) else None,
        printed=sum(each.pages for each in printed),
    )  # fmt: skip


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


def _small(story: SupplyStory) -> Markup:
    """The way of a level as a tiny line: decoration, the level itself stands beside it."""
    return sparkline([row.level_percent for row in story.changes])


def _levels(story: SupplyStory) -> Chart:
    points = [
        Point(row.at, row.level_percent, reset=_refilled(story, place))
        for place, row in enumerate(story.changes)
    ]
    title = _("%(name)s: level", name=story.now.name or story.now.type)
    return _line(title, points, unit="%", id="levels")


def _refilled(story: SupplyStory, place: int) -> bool:
    before, now = story.changes[place - 1].level_percent, story.changes[place].level_percent
    return place > 0 and before is not None and now is not None and now - before >= REFILLED


def _counter(counter: Counter, rows: Sequence[Count]) -> Chart:
    anew = {Continuity.RESET, Continuity.WRAPPED}
    points = [Point(row.at, row.value, reset=row.continuity in anew) for row in rows]
    title = _("Counter \u201c%(name)s\u201d", name=counter.name)
    return _line(title, points, unit=_("pages"), id="counter", from_zero=False)


def _line(
    title: str, points: Sequence[Point], *, unit: str, id: str, from_zero: bool = True
) -> Chart:
    shown = thinned(points, most=MOST_POINTS)
    cut = _("%(shown)s of %(count)s readings.", shown=len(shown), count=len(points))
    return line(
        title, shown, unit=unit, id=id, number=number, dates=dates_in(language()),
        zone=get_timezone(), from_zero=from_zero, summary=cut if len(shown) < len(points) else "",
    )  # fmt: skip


def thinned(points: Sequence[Point], *, most: int) -> Sequence[Point]:
    """About `most` of the points, evenly; the ends stay, and both sides of every reset."""
    if len(points) <= most:
        return points
    step = (len(points) - 1) / (most - 1)
    kept = {round(n * step) for n in range(most)}
    for place, point in enumerate(points):
        if point.reset:
            kept |= {place, max(0, place - 1)}
    return [points[place] for place in sorted(kept)]


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
