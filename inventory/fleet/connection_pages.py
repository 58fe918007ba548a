"""/connections: vendors' tenants with their health, test, sync, and what each vendor can do."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.errors import InvalidInput
from inventory.fleet import alarms, connections, hooks, listing, syncs, testing
from inventory.fleet.models import OPEN_SYNCS, MdmConnection, SyncScope
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.schema import ROW_ID, ObjectSchema
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page
from mdm import registry
from mdm.connection import VendorInfo
from mdm.errors import Invalid

bp = Blueprint("connection_pages", __name__, url_prefix="/connections")

ID = "<int(max=2147483647):connection_id>"
SHOW = "connection_pages.show"
PAGE = 50


class AfterArgs(ObjectSchema):
    """Where the list goes on."""

    after = fields.Integer(validate=ROW_ID, load_default=0)


class SyncForm(ObjectSchema):
    """How much is to be listed, and that it is right that there are fewer devices."""

    scope = fields.Enum(SyncScope, by_value=True, load_default=SyncScope.FULL)
    accept_fewer = fields.Boolean(load_default=False)


@bp.route("")
@guarded(Permission.MDM_READ, page=True)
@with_query(AfterArgs)
def listed(args: dict[str, Any]) -> Response:
    """All connections in reach, and how they are."""
    db, actor = current_db(), current_actor()
    rows = connections.visible(db, actor, after=args["after"], limit=PAGE + 1)
    return page(
        "fleet/connections.html", rows=rows[:PAGE], vendors=registry.vendors(),
        health=listing.health_of(db, rows, now=current_now()),
        after=rows[PAGE - 1].id if len(rows) > PAGE else None,
    )  # fmt: skip


@bp.route(f"/{ID}")
@guarded(Permission.MDM_READ, page=True)
def show(connection_id: int) -> Response:
    """One connection: health, last syncs, what it can do, and the least credential."""
    return _show(connections.get(current_db(), current_actor(), connection_id))


# A unit that only reads, and is over before the vendor is asked: nobody waits for the vendor.
@bp.route(f"/{ID}/test", methods=["POST"])
@guarded(Permission.MDM_WRITE, page=True, write=False)
def test(connection_id: int) -> Response:
    """Ask the vendor for one page; nothing is kept."""
    db = current_db()
    ready = testing.prepare(db, current_actor(), connection_id)
    db.rollback()
    trial = testing.attempt(ready)
    return _show(connections.get(db, current_actor(), connection_id), trial)


@bp.route(f"/{ID}/sync", methods=["POST"])
@guarded(Permission.MDM_WRITE, page=True)
def sync(connection_id: int) -> Response:
    """Ask for a sync; the worker runs it."""
    form = Form(SyncForm())
    if not form.submitted():
        raise InvalidInput(_("The form was not complete."))
    syncs.request_sync(current_db(), current_actor(), connection_id, **form.data, now=current_now())
    return done(url_for(SHOW, connection_id=connection_id), _("The sync will begin at once."))


@bp.route(f"/{ID}/cancel-sync", methods=["POST"])
@guarded(Permission.MDM_WRITE, page=True)
def cancel(connection_id: int) -> Response:
    """Stop the sync that is under way."""
    db, actor = current_db(), current_actor()
    connection = connections.get(db, actor, connection_id)
    actor.require(Permission.MDM_WRITE, connection.site_id)
    for one in syncs.recent(db, actor, connection_id, limit=1):
        if one.state in OPEN_SYNCS:
            syncs.cancel(db, actor, one.id, now=current_now())
    return done(url_for(SHOW, connection_id=connection_id), _("The sync is being stopped."))


def _show(row: MdmConnection, trial: testing.Trial | None = None) -> Response:
    db, actor = current_db(), current_actor()
    recent = syncs.recent(db, actor, row.id, limit=10)
    return page(
        "fleet/connection.html", row=row, info=info_of(row.vendor), trial=trial,
        health=listing.health_of(db, [row], now=current_now())[row.id],
        raised=alarms.open_of(db, [row.id]), syncs=recent,
        running=bool(recent) and recent[0].state in OPEN_SYNCS,
        writer=actor.may(Permission.MDM_WRITE, row.site_id),
        hook_url=hooks.address_of(runtime().settings, row),
    )  # fmt: skip


def info_of(vendor: str) -> VendorInfo | None:
    """What is known of a vendor; None for one that this version has no connector for."""
    try:
        return registry.vendor(vendor)
    except Invalid:
        return None
