"""/networks: what is swept, how it went, who else was heard there; ask for a sweep."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.discovery import listings, networks, sweeps
from inventory.discovery.models import OPEN_STATES, Network
from inventory.discovery.network_form_schemas import VersionForm
from inventory.discovery.paged import Span
from inventory.discovery.schemas import MAX_ID
from inventory.errors import Conflict, VersionMismatch
from inventory.http.unit import current_actor, current_db, current_now
from inventory.schema import ObjectSchema, Text
from inventory.sites import naming
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("network_pages", __name__, url_prefix="/networks")

ID = "<int(max=2147483647):network_id>"
NEWEST, HEARD = 6, 8


class NetworkArgs(ObjectSchema):
    """Where the list goes on: the name of the last network, or of the first."""

    after = Text(max_length=120)
    before = Text(max_length=120)


class HeardArgs(ObjectSchema):
    after = fields.Integer(validate=validate.Range(min=0, max=MAX_ID))
    before = fields.Integer(validate=validate.Range(min=0, max=MAX_ID))


@bp.route("")
@guarded(Permission.DISCOVERY_READ, page=True)
@with_query(NetworkArgs)
def listed(args: dict[str, Any]) -> Response:
    """All networks in reach, by name."""
    found = listings.networks_page(current_db(), current_actor(), Span(**args))
    return page("discovery/networks.html", found=found)


@bp.route(f"/{ID}")
@guarded(Permission.DISCOVERY_READ, page=True)
def show(network_id: int) -> Response:
    """One network: facts, its newest sweeps, devices that were only heard."""
    db, actor = current_db(), current_actor()
    network = networks.get(db, actor, network_id)
    places = naming.spots(db, actor, (place["site_id"] for place in network.places))
    recent = listings.sweeps_page(db, actor, Span(limit=NEWEST), network_id=network_id)
    (line,) = listings.lines(db, actor, [network])
    return page(
        "discovery/network.html", line=line, network=network, places=places, recent=recent,
        heard=listings.heard_page(db, network_id, Span(limit=HEARD)),
        heard_count=listings.heard_count(db, network_id),
        open_sweep=line.last if line.last and line.last.state in OPEN_STATES else None,
        may_write=actor.may(Permission.NETWORK_WRITE, network.site_id),
        may_run=actor.may(Permission.DISCOVERY_RUN, network.site_id),
    )  # fmt: skip


@bp.route(f"/{ID}/heard")
@guarded(Permission.DISCOVERY_READ, page=True)
@with_query(HeardArgs)
def heard(args: dict[str, Any], network_id: int) -> Response:
    """MAC addresses that switches have learnt and that belong to nothing known."""
    db = current_db()
    network = networks.get(db, current_actor(), network_id)
    return page(
        "discovery/heard.html", network=network,
        found=listings.heard_page(db, network_id, Span(**args)),
        count=listings.heard_count(db, network_id),
    )  # fmt: skip


@bp.route(f"/{ID}/sweep", methods=["POST"])
@guarded(Permission.DISCOVERY_RUN, page=True)
def sweep(network_id: int) -> Response:
    """Sweep it now; leads to the page that shows it live."""
    db = current_db()
    try:
        asked = sweeps.request_sweep(db, current_actor(), network_id, now=current_now())
    except Conflict as refused:
        last = sweeps.last_of(db, [network_id]).get(network_id)
        if last is not None and last.state in OPEN_STATES:
            there = url_for("sweep_pages.show", sweep_id=last.id)
            return done(there, _("A sweep is under way already."), kind="info")
        there = url_for("network_pages.show", network_id=network_id)
        return done(there, str(refused), kind="warning")
    return done(url_for("sweep_pages.show", sweep_id=asked.id))


@bp.route(f"/{ID}/delete", methods=["GET", "POST"])
@guarded(Permission.NETWORK_WRITE, page=True)
def delete(network_id: int) -> Response:
    """Ask whether it shall be deleted, and delete it."""
    db, actor = current_db(), current_actor()
    network = networks.get(db, actor, network_id)
    actor.require(Permission.NETWORK_WRITE, network.site_id)
    form = Form(VersionForm(), {"version": network.version})
    if form.submitted():
        with form.attempt():
            unchanged(networks.get(db, actor, network_id, lock=True), form.data["version"])
            networks.delete(db, actor, network_id, now=current_now())
        if form.ok:
            return done(url_for("network_pages.listed"), _("The network was deleted."))
    (line,) = listings.lines(db, actor, [network])
    return page("discovery/network_delete.html", status=form.status, form=form, line=line)


def unchanged(network: Network, version: int | None) -> None:
    """Raises `VersionMismatch` where somebody has changed it since that version."""
    if version != network.version:
        raise VersionMismatch(_("Somebody else changed this network since you opened it."))
