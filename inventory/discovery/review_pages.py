"""/discoveries: what sweeps found, what waits for a person, and each finding with its evidence."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.kinds import Outcome
from inventory.discovery import listings, review_facets, review_queue
from inventory.discovery.finding_rows import is_open
from inventory.discovery.models import Network, Sweep
from inventory.discovery.paged import Span
from inventory.discovery.review_queue import Wanted
from inventory.discovery.schemas import MAX_ID
from inventory.http.unit import current_actor, current_db
from inventory.schema import ObjectSchema
from inventory.sites import naming
from inventory.web.arguments import with_query
from inventory.web.pages import page
from inventory.web.showing import visible
from snmp_discovery.types import Kind

bp = Blueprint("review_pages", __name__, url_prefix="/discoveries")

ID = "<int(max=2147483647):finding_id>"
SHOWN_FACETS = 12


def _id() -> fields.Integer:
    return fields.Integer(validate=validate.Range(min=1, max=MAX_ID))


class QueueArgs(ObjectSchema):
    """Filters, and where the list goes on."""

    state = fields.String(load_default="open", validate=validate.OneOf(["open", "settled", "all"]))
    outcome = fields.Enum(Outcome, by_value=True)
    network_id = _id()
    site_id = _id()
    asset_id = _id()
    kind = fields.Enum(Kind, by_value=True)
    default_community = fields.Boolean()
    after = _id()
    before = _id()
    limit = fields.Integer(load_default=50, validate=validate.Range(min=10, max=200))


@bp.route("")
@guarded(Permission.DISCOVERY_READ, page=True)
@with_query(QueueArgs)
def queue(args: dict[str, Any]) -> Response:
    """Findings, newest first; by default those that wait for a person."""
    db, actor = current_db(), current_actor()
    span = Span(args.pop("after", None), args.pop("before", None), args.pop("limit"))
    wanted = Wanted(**args)
    found = listings.findings_page(db, actor, wanted, span)
    facets = review_facets.facets(db, actor, wanted)
    total, capped = facets.total, False
    if wanted.asset_id is not None:
        total, capped = review_queue.count(db, actor, wanted)
    places = naming.spots(db, actor, {wanted.site_id, *(row.site_id for row in found.rows)})
    return page(
        "discovery/queue.html", found=found, facets=facets, wanted=wanted, total=total,
        capped=capped, places=places, names=dict(listings.network_names(db, actor)),
        tags=review_facets.tags_of(db, actor, found.rows), is_open=is_open,
        may=lambda row: actor.may(Permission.DISCOVERY_REVIEW, row.site_id),
        query=request.query_string.decode("ascii", "ignore")[:300], most=SHOWN_FACETS,
    )  # fmt: skip


@bp.route(f"/{ID}")
@guarded(Permission.DISCOVERY_READ, page=True)
def show(finding_id: int) -> Response:
    """One finding: what was observed beside what is recorded, why, and what can be decided."""
    db, actor = current_db(), current_actor()
    row = review_queue.get(db, actor, finding_id)
    network = db.get(Network, row.network_id)
    assert network is not None
    return page(
        "discovery/finding.html", row=row, network=network, sweep=db.get(Sweep, row.sweep_id),
        place=naming.spots(db, actor, [row.site_id]).get(row.site_id or 0),
        candidates=review_queue.candidates(db, actor, row),
        reasons=review_queue.reasons(db, actor, row), open=is_open(row),
        tags=review_facets.tags_of(db, actor, [row]), raw=_raw(row.facts),
        next_id=review_facets.next_waiting(db, actor, finding_id),
        may_review=actor.may(Permission.DISCOVERY_REVIEW, row.site_id),
        sees_network=actor.may(Permission.DISCOVERY_READ, network.site_id),
    )  # fmt: skip


def _raw(facts: Mapping[str, Any]) -> str:
    """Everything that the device told, as text; control and direction marks as boxes."""
    return visible(json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True))
