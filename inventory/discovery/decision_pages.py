"""Decisions under /discoveries/ID: accept, attach, ignore, reopen; the ways out of a conflict."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.deciding_form_schemas import AcceptForm, IgnoreForm, RevisionForm
from inventory.assets.kinds import Status
from inventory.assets.offering_pages import new_asset, offered, statuses, tagged
from inventory.discovery import review, review_facets, review_queue
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.review import OLD_STATUSES, Moment
from inventory.discovery.review_form_schemas import KNOWN, AttachForm, ReplacedForm, SameForm
from inventory.errors import InvalidInput
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("decision_pages", __name__, url_prefix="/discoveries")

ID = "<int(max=2147483647):finding_id>"


@bp.route(f"/{ID}/accept", methods=["GET", "POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def accept(finding_id: int) -> Response:
    """A new asset; of a conflict, one beside those that it is about."""
    row = reviewable(finding_id)
    form = Form(AcceptForm(), {"site_id": row.site_id, "status": Status.DEPLOYED.value})
    if form.submitted():
        with form.attempt():
            review.accept(
                current_db(), current_actor(), finding_id, at=moment(), new=new_asset(form.data),
                revision=form.data["revision"],
            )  # fmt: skip
        if form.ok:
            return _decided(finding_id, _("A new asset was made: %(tag)s."))
    return _page("discovery/accept.html", form, row, **offered(row.site_id))


@bp.route(f"/{ID}/attach", methods=["GET", "POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def attach(finding_id: int) -> Response:
    """It is an asset that is there already, named by its tag."""
    row = reviewable(finding_id)
    form = Form(AttachForm())
    if form.submitted():
        db, actor = current_db(), current_actor()
        with form.attempt():
            review.accept(
                db, actor, finding_id, at=moment(), asset_id=tagged("tag", form.data["tag"]),
                revision=form.data["revision"],
            )  # fmt: skip
        if form.ok:
            return _decided(finding_id, _("It is %(tag)s."))
    return _page("discovery/attach.html", form, row)


@bp.route(f"/{ID}/ignore", methods=["GET", "POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def ignore(finding_id: int) -> Response:
    """Leave it out of the inventory."""
    row = reviewable(finding_id)
    form = Form(IgnoreForm())
    if form.submitted():
        with form.attempt():
            review.ignore(
                current_db(), current_actor(), finding_id, at=moment(),
                reason=form.data["reason"], revision=form.data["revision"],
            )  # fmt: skip
        if form.ok:
            return _decided(finding_id, _("It is ignored from now on."))
    return _page("discovery/ignore.html", form, row)


@bp.route(f"/{ID}/reopen", methods=["POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def reopen(finding_id: int) -> Response:
    """Take back that it is ignored."""
    reviewable(finding_id)
    form = Form(RevisionForm())
    if form.submitted():
        review.reopen(
            current_db(), current_actor(), finding_id, at=moment(), revision=form.data["revision"]
        )
        return _decided(finding_id, _("It waits for review again."))
    raise InvalidInput(_("The form was not complete."))


@bp.route(f"/{ID}/same", methods=["GET", "POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def same(finding_id: int) -> Response:
    """A conflict: it is this asset after all, perhaps with other hardware."""
    row = reviewable(finding_id)
    form = Form(SameForm(), {"asset_id": row.asset_id})
    if form.submitted():
        data = form.data
        with form.attempt():
            review.same_device(
                current_db(), current_actor(), finding_id, data["asset_id"], at=moment(),
                replace_hardware=data["replace_hardware"], reason=data["reason"],
                revision=data["revision"],
            )  # fmt: skip
        if form.ok:
            return _decided(finding_id, _("It is %(tag)s."))
    return _page("discovery/same.html", form, row)


@bp.route(f"/{ID}/replaced", methods=["GET", "POST"])
@guarded(Permission.DISCOVERY_REVIEW, page=True)
def replaced(finding_id: int) -> Response:
    """A conflict: another device stands there now; the old one moves on."""
    row = reviewable(finding_id)
    form = Form(
        ReplacedForm(),
        {"asset_id": row.asset_id, "old_status": "retired", "becomes": "new", "status": "deployed"},
    )
    if form.submitted():
        with form.attempt():
            _replace(finding_id, form.data)
        if form.ok:
            return _decided(finding_id, _("It took the old one's place as %(tag)s."))
    old = statuses(sorted(OLD_STATUSES))
    return _page("discovery/replaced.html", form, row, old_statuses=old, **offered(row.site_id))


def _replace(finding_id: int, data: dict[str, Any]) -> None:
    db, actor, known = current_db(), current_actor(), None
    if data["becomes"] == KNOWN:
        if not data["known_tag"]:
            raise InvalidInput("a tag", {"known_tag": [_("Say which asset it is.")]})
        known = tagged("known_tag", data["known_tag"])
    review.replaced(
        db, actor, finding_id, data["asset_id"], at=moment(), old_status=data["old_status"],
        reason=data["reason"], new=new_asset(data), new_asset_id=known, revision=data["revision"],
    )  # fmt: skip


def reviewable(finding_id: int) -> DiscoveryFinding:
    """Raises `NotFound` for what the actor cannot see, `Forbidden` for what is not theirs."""
    row = review_queue.get(current_db(), current_actor(), finding_id)
    current_actor().require(Permission.DISCOVERY_REVIEW, row.site_id)
    return row


def moment() -> Moment:
    """Now, and the district's date."""
    now = current_now()
    return Moment(now, now.astimezone(runtime().settings.zone).date())


def _page(template: str, form: Form, row: DiscoveryFinding, **more: Any) -> Response:
    """The form, with the assets that the finding may be."""
    db, actor = current_db(), current_actor()
    found = [c for c in review_queue.candidates(db, actor, row) if c.asset_id is not None]
    revision = form.value("revision") if form.posted else row.revision
    return page(
        template, status=form.status, form=form, row=row, candidates=found, revision=revision,
        stale=form.status == 412, **more,
    )  # fmt: skip


def _decided(finding_id: int, text: str) -> Response:
    """To the finding, which says what was decided and which one waits next."""
    db, actor = current_db(), current_actor()
    row = review_queue.get(db, actor, finding_id)
    tag = review_facets.tags_of(db, actor, [row]).get(row.asset_id or 0, "")
    there = url_for("review_pages.show", finding_id=finding_id)
    return done(there, text % {"tag": tag} if "%(tag)s" in text else text)
