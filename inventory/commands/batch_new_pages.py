"""/commands/batches/new: ask for a command on many devices. What would happen is told before.

Three steps, each a form that carries what was typed: choose and say why; see what happens to each
device; confirm who one is, for exactly that list and reason, and ask. The confirmation is bound to
the digest that was on the page: where anything of it has changed, nothing is used up and the new
list is shown.
"""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _, ngettext

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.bulk_form_schemas import PickArgs
from inventory.assets.bulk_pages import chosen_ids
from inventory.assets.models import Asset
from inventory.commands import batch_preview, batches
from inventory.commands.batch_form_schemas import BatchForm, ids_in
from inventory.commands.batch_preview import Preview
from inventory.commands.confirming import confirmed
from inventory.commands.models import CommandBatch
from inventory.commands.policy_values import policy_in_force
from inventory.commands.proving_pages import proof_context, prove
from inventory.db import new_uid
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page
from mdm.capabilities import Need
from mdm.types import Action

bp = Blueprint("batch_new_pages", __name__, url_prefix="/commands")

NEW = "/batches/new"


@bp.route(NEW)
@guarded(Permission.COMMAND_BULK, page=True)
@with_query(PickArgs)
def pick(args: dict[str, Any]) -> Response:
    """What can be done to the rows that were ticked, or to all that match."""
    ids, too_many = chosen_ids(args)
    assets = batch_preview.visible(current_db(), current_actor(), ids)
    most = policy_in_force(current_db()).batch_most
    if len(assets) > most or too_many:
        return page("commands/batch_none.html", back=args["back"], most=most)
    if not assets:
        return page("commands/batch_none.html", back=args["back"], most=None)
    carried = {"ids": _written(assets), "back": args["back"]}
    return _choose(Form(BatchForm(), carried, read=False), assets)


@bp.route(NEW, methods=["POST"])
@guarded(Permission.COMMAND_BULK, page=True, write=False)
def step() -> Response:
    """The next step, or the same again with what was wrong."""
    form = Form(BatchForm())
    ids = ids_in(str(form.value("ids")))
    assets = batch_preview.visible(current_db(), current_actor(), ids)
    if not assets:
        return page("commands/batch_none.html", status=422, back="", most=None)
    if form.value("again"):
        form.errors.clear()
        return _choose(form, assets)
    if form.problems("reason") or form.problems("action") or not form.value("action"):
        return _choose(form, assets)
    action, reason = Action(str(form.value("action"))), _reason(form)
    found = batch_preview.preview(
        current_db(), current_actor(), action, [asset.id for asset in assets], reason=reason,
        now=current_now(),
    )  # fmt: skip
    if form.submitted() and form.data["step"] == "ask":
        made = _made(form) or _asked(form, found) or _made(form)
        if made is not None:
            return done(url_for("batch_pages.show", batch_id=made.id), _told(made))
    return _show(form, found, assets)


def _asked(form: Form, found: Preview) -> CommandBatch | None:
    """Ask, with everything else checked before the code that confirms the person is used up."""
    db, actor, data = current_db(), current_actor(), form.data
    if data["digest"] != found.plan.digest or not found.possible:
        form.refuse(_("What would happen has changed since you looked. Look at it again."))
        return None
    said = {name: data[name] for name in ("reason", "count", "backup", "message", "phone")}
    said["acknowledged"] = frozenset(data["acknowledged"])
    with form.plainly():
        batches.checked_drafts(db, actor, found.plan, **said)
    if form.ok and found.plan.step_up:
        prove(form, found.plan.digest)
    if not form.ok:
        return None
    made = None
    with form.plainly(), runtime().database.unit() as writing:
        made = batches.request_batch(
            writing, actor, data["action"], [line.asset.id for line in found.asked], **said,
            uid=data["uid"], step_up=confirmed(writing, actor, found.plan.digest),
            now=current_now(),
        )  # fmt: skip
    return made if form.ok else None


def _made(form: Form) -> CommandBatch | None:
    """What this form has asked for already: of two clicks the second tells the same as the first,
    and looks after the first is through."""
    with runtime().database.unit(write=False) as db:
        return batch_preview.made_already(db, current_actor(), form.data["uid"])


def _choose(form: Form, assets: list[Asset]) -> Response:
    offers = batch_preview.offers(current_db(), current_actor(), assets)
    return page(
        "commands/batch_new.html", status=form.status, form=form, assets=assets, offers=offers,
        ids=_written(assets),
    )  # fmt: skip


def _show(form: Form, found: Preview, assets: list[Asset]) -> Response:
    again = form.value("step") == "ask" and form.value("uid") and not form.problems("uid")
    return page(
        "commands/batch_preview.html", status=_status(form), form=form, found=found,
        plan=found.plan, ids=_written(assets), reason=_reason(form), count=len(found.asked),
        uid=form.value("uid") if again else new_uid(), grave=found.plan.grave > 0,
        **proof_context(found.plan.digest, needed=found.plan.step_up),
        needs_message=bool({Need.MESSAGE, Need.MESSAGE_OR_PHONE} & found.needs),
        needs_phone=Need.MESSAGE_OR_PHONE in found.needs,
    )  # fmt: skip


def _status(form: Form) -> int:
    """A list that has changed is a conflict, not a field that was wrong."""
    changed = bool(form.remarks) and form.refused is None
    return 409 if changed else form.status


def _reason(form: Form) -> str:
    """As the schema reads it, also where another field could not be read."""
    return str(form.value("reason")).replace("\r\n", "\n").replace("\r", "\n").strip()


def _written(assets: list[Asset]) -> str:
    """Ids as the form carries them."""
    return ",".join(str(asset.id) for asset in assets)


def _told(batch: CommandBatch) -> str:
    if batch.state == "requested":
        return str(
            ngettext(
                "Asked for. It waits for the approval of one other person.",
                "Asked for. It waits for the approval of %(num)s other persons.",
                batch.approvals_needed,
            )
        )
    return str(_("Asked for. It is on its way."))
