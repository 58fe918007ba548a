"""/sweeps: how they went, and one while it runs, renewed every two seconds until it ends."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.discovery import listings, sweeps
from inventory.discovery.models import OPEN_STATES, Network, Sweep, SweepState
from inventory.discovery.paged import Span
from inventory.discovery.schemas import MAX_ID
from inventory.errors import Conflict
from inventory.http.unit import current_actor, current_db, current_now
from inventory.schema import ObjectSchema, Text
from inventory.web.arguments import with_query
from inventory.web.charts import Bar, bars
from inventory.web.labels import label
from inventory.web.pages import done, page, part

bp = Blueprint("sweep_pages", __name__, url_prefix="/sweeps")

ID = "<int(max=2147483647):sweep_id>"
FORGOTTEN = timedelta(seconds=30)
"""A sweep that waits for longer than this may have no worker to wait for."""


class SweepArgs(ObjectSchema):
    """Filters, and where the list goes on."""

    network_id = fields.Integer(validate=validate.Range(min=1, max=MAX_ID))
    state = fields.Enum(SweepState, by_value=True)
    after = fields.Integer(validate=validate.Range(min=0, max=MAX_ID))
    before = fields.Integer(validate=validate.Range(min=0, max=MAX_ID))


class ProgressArgs(ObjectSchema):
    """The phase that the page shows now: only another one is announced."""

    phase = Text(max_length=20, load_default="")


@bp.route("")
@guarded(Permission.DISCOVERY_READ, page=True)
@with_query(SweepArgs)
def listed(args: dict[str, Any]) -> Response:
    """Sweeps of networks in reach, newest first."""
    db, actor = current_db(), current_actor()
    span = Span(args.pop("after", None), args.pop("before", None))
    return page(
        "discovery/sweeps.html", found=listings.sweeps_page(db, actor, span, **args), args=args,
        names=dict(listings.network_names(db, actor)), states=[s.value for s in SweepState],
        open_states=OPEN_STATES,
    )  # fmt: skip


@bp.route(f"/{ID}")
@guarded(Permission.DISCOVERY_READ, page=True)
def show(sweep_id: int) -> Response:
    """One sweep, live while it runs."""
    sweep, network = sweeps.get(current_db(), current_actor(), sweep_id)
    return page("discovery/sweep.html", **_context(sweep, network))


@bp.route(f"/{ID}/progress")
@guarded(Permission.DISCOVERY_READ, page=True)
@with_query(ProgressArgs)
def progress(args: dict[str, Any], sweep_id: int) -> Response:
    """What changes while it runs. The last answer asks for no other one."""
    sweep, network = sweeps.get(current_db(), current_actor(), sweep_id)
    changed = args["phase"] != sweep.phase
    return part("discovery/sweep_live.html", **_context(sweep, network, changed=changed))


@bp.route(f"/{ID}/cancel", methods=["POST"])
@guarded(Permission.DISCOVERY_RUN, page=True)
def cancel(sweep_id: int) -> Response:
    """Stop it; what was found until then is kept."""
    there = url_for("sweep_pages.show", sweep_id=sweep_id)
    try:
        sweeps.cancel(current_db(), current_actor(), sweep_id, now=current_now())
    except Conflict:
        return done(there, _("It had ended already."), kind="info")
    return done(there, _("The sweep is being stopped. What was found until now is kept."))


def _context(sweep: Sweep, network: Network, *, changed: bool = False) -> dict[str, Any]:
    actor, now = current_actor(), current_now()
    running = sweep.state in OPEN_STATES
    until = now if running else sweep.finished_at
    began = sweep.started_at
    return {
        "sweep": sweep,
        "network": network,
        "pace": sweeps.pace(sweep, now=now),
        "running": running,
        "forgotten": sweep.state is SweepState.QUEUED and now - sweep.requested_at > FORGOTTEN,
        "seconds": (until - began).total_seconds() if until and began else None,
        "kinds": _kinds(sweep) if sweep.by_kind else None,
        "may_run": actor.may(Permission.DISCOVERY_RUN, network.site_id),
        "may_review": actor.holds(Permission.DISCOVERY_REVIEW),
        "changed": changed,
    }


def _kinds(sweep: Sweep) -> Any:
    """Found by kind, most first, each a link to what was found."""
    found = sorted(sweep.by_kind.items(), key=lambda item: (-int(item[1]), item[0]))
    data = [
        Bar(
            label("category", kind), int(count),
            url_for("review_pages.queue", state="all", network_id=sweep.network_id, kind=kind),
        )
        for kind, count in found
    ]  # fmt: skip
    return bars(_("Found by kind"), data, id="kinds")
