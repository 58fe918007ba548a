"""/breaker, /command-rules and /break-glass: what keeps commands from running away."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import Schema

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.commands import break_glass, breaker, policy, policy_values
from inventory.commands.confirm_link import confirm_link
from inventory.commands.confirming import confirmed
from inventory.commands.guard_models import Breaker, PolicyChange
from inventory.commands.page_schemas import ReasonForm, ReviewForm, RuleForm
from inventory.errors import NotFound
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.schema import ObjectSchema
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("guard_pages", __name__)

CHANGE = "/command-rules/<int(max=2147483647):change_id>"
REVIEW = "/break-glass/<int(max=2147483647):code_id>"
BREAKER, RULES = "guard_pages.show", "guard_pages.rules"


@bp.route("/breaker")
@guarded(Permission.MDM_READ, page=True)
def show() -> Response:
    """Whether destructive commands are stopped, why, and what happened before."""
    return _breaker_page()


@bp.route("/breaker/ask-close", methods=["POST"])
@guarded(Permission.BREAKER_CLOSE, page=True)
def ask_close() -> Response:
    """The first of two."""
    form = Form(ReasonForm())
    if form.submitted():
        with form.attempt():
            breaker.ask_close(current_db(), current_actor(), **form.data, now=current_now())
        if form.ok:
            return done(url_for(BREAKER), _("Asked for. Another person must confirm it."))
    return _breaker_page(form)


@bp.route("/breaker/close", methods=["POST"])
@guarded(Permission.BREAKER_CLOSE, page=True)
def close() -> Response:
    """The second of two."""
    form, db, actor = Form(ObjectSchema()), current_db(), current_actor()
    row = breaker.look(db, actor)
    step_up = confirmed(db, actor, breaker.binding_of_closing(row)) if row else None
    return _act(
        form, lambda: breaker.close(db, actor, step_up=step_up, now=current_now()),
        _("Commands may go again. What was held is let go one by one."), BREAKER, _breaker_page,
    )  # fmt: skip


@bp.route("/breaker/keep-open", methods=["POST"])
@guarded(Permission.BREAKER_CLOSE, page=True)
def keep_open() -> Response:
    """Refuse it."""
    return _act(
        Form(ObjectSchema()),
        lambda: breaker.keep_open(current_db(), current_actor(), now=current_now()),
        _("Commands stay stopped."), BREAKER, _breaker_page,
    )  # fmt: skip


@bp.route("/command-rules")
@guarded(Permission.MDM_READ, page=True)
def rules() -> Response:
    """The rules of commands, their bounds, and the changes that wait."""
    return _rules_page()


@bp.route("/command-rules", methods=["POST"])
@guarded(Permission.POLICY_WRITE, page=True)
def ask_change() -> Response:
    """Stricter at once, weaker when another person confirms."""
    form = Form(RuleForm())
    if form.submitted():
        change = None
        with form.attempt():
            change = policy_values.ask_change(
                current_db(), current_actor(), **form.data, now=current_now()
            )
        if form.ok and change is not None:
            waits = _("It lets more happen: another person must confirm it.")
            return done(url_for(RULES), waits if change.state == "asked" else _("Saved."))
    return _rules_page(form)


@bp.route(f"{CHANGE}/confirm", methods=["POST"])
@guarded(Permission.POLICY_WRITE, page=True)
def confirm_change(change_id: int) -> Response:
    """The second person's yes."""
    db, actor = current_db(), current_actor()
    step_up = confirmed(db, actor, policy_values.binding_of_change(_change(change_id)))
    return _act(
        Form(ObjectSchema()),
        lambda: policy_values.confirm_change(
            db, actor, change_id, step_up=step_up, now=current_now()
        ),
        _("The rule is changed."), RULES, _rules_page,
    )  # fmt: skip


@bp.route(f"{CHANGE}/refuse", methods=["POST"])
@guarded(Permission.POLICY_WRITE, page=True)
def refuse_change(change_id: int) -> Response:
    """No."""
    return _act(
        Form(ObjectSchema()),
        lambda: policy_values.refuse_change(
            current_db(), current_actor(), change_id, now=current_now()
        ),
        _("The rule stays as it is."), RULES, _rules_page,
    )  # fmt: skip


@bp.route("/break-glass/end", methods=["POST"])
@guarded(Permission.BREAKER_CLOSE, page=True)
def end_codes() -> Response:
    """End all sealed codes that nobody has used."""
    form = Form(ReasonForm())
    if form.submitted():
        with form.attempt():
            break_glass.end_codes(current_db(), current_actor(), **form.data, now=current_now())
        if form.ok:
            return done(url_for(BREAKER), _("All unused codes are ended."))
    return _breaker_page(form, "codes")


@bp.route(f"{REVIEW}/review", methods=["POST"])
@guarded(Permission.BREAKER_CLOSE, page=True)
def review(code_id: int) -> Response:
    """Write down what the use of a sealed code was about."""
    form = Form(ReviewForm())
    if form.submitted():
        with form.attempt():
            break_glass.review(
                current_db(), current_actor(), code_id, **form.data, now=current_now()
            )
        if form.ok:
            return done(url_for(BREAKER), _("The review is written down."))
    return _breaker_page(form)


def _breaker_page(form: Form | None = None, doing: str = "") -> Response:
    """`doing` names the form that was not accepted, where it is not the breaker's own."""
    db, actor = current_db(), current_actor()
    row = breaker.look(db, actor) or Breaker(id=1)
    binding = breaker.binding_of_closing(row)
    closer = actor.scope(Permission.BREAKER_CLOSE) is None
    return page(
        "commands/breaker.html", status=form.status if form else 200,
        form=form or Form(Schema()), row=row, history=breaker.history(db, actor),
        off=not runtime().settings.destructive_enabled, closer=closer,
        mine=row.close_asked_by_id == actor.id,
        known=confirmed(db, actor, binding) is not None,
        confirm=confirm_link(binding, url_for(BREAKER)),
        reviews=break_glass.to_review(db, actor) if closer else [], doing=doing,
        codes=break_glass.unused(db, actor, now=current_now()) if closer else [],
    )  # fmt: skip


def _rules_page(form: Form | None = None) -> Response:
    db, actor = current_db(), current_actor()
    changes, now = policy_values.changes(db, actor), policy_values.policy_in_force(db)
    waiting = [
        (row, confirmed(db, actor, binding) is not None, confirm_link(binding, url_for(RULES)))
        for row in changes
        if row.state == "asked" and (binding := policy_values.binding_of_change(row))
    ]
    return page(
        "commands/rules.html", status=form.status if form else 200, form=form or Form(RuleForm()),
        rules=[(name, getattr(now, name), item) for name, item in policy.RULES.items()],
        waiting=waiting, ended=[row for row in changes if row.state != "asked"],
        writer=actor.scope(Permission.POLICY_WRITE) is None, me=actor.id,
    )  # fmt: skip


def _change(change_id: int) -> PolicyChange:
    row = current_db().get(PolicyChange, change_id)
    if row is None:
        raise NotFound(f"there is no change {change_id}")
    return row


def _act(
    form: Form, act: Callable[[], Any], told: str, endpoint: str, shown: Callable[[Form], Response]
) -> Response:
    with form.attempt():
        act()
    return done(url_for(endpoint), told) if form.ok else shown(form)
