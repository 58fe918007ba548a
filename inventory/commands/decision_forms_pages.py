"""Deciding about one command on its page: approve, reject, cancel, release, settle, reconcile;
and looking at a PIN or a place, which is recorded."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import Schema

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.commands import deciding, escrow, reading, reconciling
from inventory.commands.command_pages import ID, command_page
from inventory.commands.confirming import confirmed
from inventory.commands.page_schemas import (
    ReasonForm,
    ReconcileForm,
    RemarkForm,
    SeenForm,
    SettleForm,
)
from inventory.commands.step_up import StepUp
from inventory.http.unit import current_actor, current_db, current_now
from inventory.web.forms import Form
from inventory.web.pages import done

bp = Blueprint("command_decision_pages", __name__, url_prefix="/commands")


@bp.route(f"/{ID}/approve", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, page=True)
def approve(command_id: int) -> Response:
    """Yes."""
    return _decide(
        command_id, "approve", SeenForm(), _("Approved."),
        lambda data: deciding.approve(
            current_db(), current_actor(), command_id, step_up=_step_up(command_id),
            version=data["seen"], now=current_now(),
        ),
    )  # fmt: skip


@bp.route(f"/{ID}/reject", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, page=True)
def reject(command_id: int) -> Response:
    """No."""
    return _decide(
        command_id, "reject", ReasonForm(), _("Rejected."),
        lambda data: deciding.reject(
            current_db(), current_actor(), command_id, **data, now=current_now()
        ),
    )  # fmt: skip


@bp.route(f"/{ID}/cancel", methods=["POST"])
@guarded(Permission.COMMAND_REQUEST, page=True)
def cancel(command_id: int) -> Response:
    """Call it off."""
    return _decide(
        command_id, "cancel", RemarkForm(), _("Called off, as far as that can still be done."),
        lambda data: deciding.cancel(
            current_db(), current_actor(), command_id, **data, now=current_now()
        ),
    )  # fmt: skip


@bp.route(f"/{ID}/release", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, page=True)
def release(command_id: int) -> Response:
    """Let a held command go on."""
    return _decide(
        command_id, "release", ReasonForm(), _("It goes on."),
        lambda data: deciding.release(
            current_db(), current_actor(), command_id, step_up=_step_up(command_id), **data,
            now=current_now(),
        ),
    )  # fmt: skip


@bp.route(f"/{ID}/settle", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, page=True)
def settle(command_id: int) -> Response:
    """Say what became of it."""
    return _decide(
        command_id, "settle", SettleForm(), _("Settled."),
        lambda data: deciding.settle(
            current_db(), current_actor(), command_id, **data, now=current_now()
        ),
    )  # fmt: skip


@bp.route(f"/{ID}/reconcile", methods=["POST"])
@guarded(Permission.COMMAND_APPROVE, page=True)
def reconcile(command_id: int) -> Response:
    """Say whether it was sent before the restore."""
    return _decide(
        command_id, "reconcile", ReconcileForm(), _("Reconciled."),
        lambda data: reconciling.reconcile(
            current_db(), current_actor(), command_id, step_up=_step_up(command_id),
            sent=data["sent"] == "true", reason=data["reason"], now=current_now(),
        ),
    )  # fmt: skip


@bp.route(f"/{ID}/pin", methods=["POST"])
@guarded(Permission.PIN_READ, page=True)
def pin(command_id: int) -> Response:
    """The PINs that open the device: shown once here, in no address, and recorded."""
    found = escrow.reveal_pins(current_db(), current_actor(), command_id, now=current_now())
    return command_page(command_id, shown_pins=found)


@bp.route(f"/{ID}/place", methods=["POST"])
@guarded(Permission.PLACE_READ, page=True)
def place(command_id: int) -> Response:
    """Where the device was; recorded, and the coordinators are told."""
    form, found = Form(ReasonForm()), None
    if form.submitted():
        with form.attempt():
            found = escrow.reveal_place(
                current_db(), current_actor(), command_id, **form.data, now=current_now()
            )
    return command_page(command_id, form, "place", shown_place=found)


Act = Callable[[dict[str, Any]], object]


def _decide(command_id: int, doing: str, schema: Schema, told: str, act: Act) -> Response:
    form = Form(schema)
    if form.submitted():
        with form.attempt():
            act(form.data)
        if form.ok:
            return done(url_for("command_pages.show", command_id=command_id), told)
    return command_page(command_id, form, doing)


def _step_up(command_id: int) -> StepUp | None:
    db, actor = current_db(), current_actor()
    command, _asset = reading.get(db, actor, command_id)
    return confirmed(db, actor, command.binding)
