"""/commands/batches/{id}: a frozen list of devices, approved or stopped as a whole."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import Schema

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.commands import batch_deciding, batches, reading
from inventory.commands.confirm_link import confirm_link
from inventory.commands.confirming import confirmed
from inventory.commands.page_schemas import DigestForm, RemarkForm
from inventory.commands.reading import WAITING, Row
from inventory.commands.states import TERMINAL, UNSENT, CommandState
from inventory.http.unit import current_actor, current_db, current_now
from inventory.web.forms import Form
from inventory.web.pages import done, page, part

bp = Blueprint("batch_pages", __name__, url_prefix="/commands/batches")

ID = "<int(max=2147483647):batch_id>"
_S = CommandState
SOON = frozenset({_S.APPROVED, _S.READY, _S.DISPATCHING, _S.UNCERTAIN})
"""States that the program leaves within minutes: while there are any, the page looks again."""


@bp.route(f"/{ID}")
@guarded(Permission.MDM_READ, page=True)
def show(batch_id: int) -> Response:
    """How many devices, which ones, and how far each has come."""
    return _page(batch_id)


@bp.route(f"/{ID}/progress")
@guarded(Permission.MDM_READ, page=True)
def progress(batch_id: int) -> Response:
    """How far each device has come: the part of the page that looks again by itself."""
    batch, rows = batches.get_batch(current_db(), current_actor(), batch_id)
    return part("commands/batch_live.html", batch=batch, rows=rows, **_standing(rows))


@bp.route(f"/{ID}/approve", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, page=True)
def approve(batch_id: int) -> Response:
    """One person's yes to the list that they saw."""
    form, db, actor = Form(DigestForm()), current_db(), current_actor()
    if form.submitted():
        batch, _rows = batches.get_batch(db, actor, batch_id)
        with form.attempt():
            batch_deciding.approve_batch(
                db, actor, batch_id, digest=form.data["digest"],
                step_up=confirmed(db, actor, batch.digest), now=current_now(),
            )  # fmt: skip
        if form.ok:
            return done(url_for("batch_pages.show", batch_id=batch_id), _("Approved."))
    return _page(batch_id, form)


@bp.route(f"/{ID}/stop", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, page=True)
def stop(batch_id: int) -> Response:
    """No, or no more: every device of it that has not left."""
    form = Form(RemarkForm())
    if form.submitted():
        with form.attempt():
            batch_deciding.stop_batch(
                current_db(), current_actor(), batch_id, **form.data, now=current_now()
            )
        if form.ok:
            return done(url_for("batch_pages.show", batch_id=batch_id), _("Stopped."))
    return _page(batch_id, form)


def _page(batch_id: int, form: Form | None = None) -> Response:
    db, actor = current_db(), current_actor()
    batch, rows = batches.get_batch(db, actor, batch_id)
    mine = batch.requested_by_id is not None and batch.requested_by_id == actor.id
    needed = Permission.COMMAND_BULK if mine else Permission.COMMAND_APPROVE
    decider = all(actor.may(needed, asset.site_id) for _command, asset in rows)
    waiting = [c for c, _asset in rows if c.state in {*UNSENT, CommandState.HELD}]
    return page(
        "commands/batch.html", status=form.status if form else 200, form=form or Form(Schema()),
        batch=batch, rows=rows, mine=mine, decider=decider, waiting=len(waiting),
        approvals=reading.approvals_of(db, [rows[0][0]])[rows[0][0].id] if rows else [],
        **_standing(rows),
        known=confirmed(db, actor, batch.digest) is not None,
        confirm=confirm_link(batch.digest, url_for("batch_pages.show", batch_id=batch_id)),
    )  # fmt: skip


def _standing(rows: Sequence[Row]) -> dict[str, Any]:
    """How many devices are done, on their way, wait for a person, or ended otherwise."""
    told: Counter[str] = Counter()
    for command, _asset in rows:
        if command.state is _S.VERIFIED:
            told["done"] += 1
        elif command.state in TERMINAL:
            told["ended"] += 1
        else:
            told["waits" if command.state in WAITING else "under_way"] += 1
    return {"counts": told, "soon": any(command.state in SOON for command, _asset in rows)}
