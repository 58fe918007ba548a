"""/welcome: from an empty installation to the first sweep, step by step.

Nothing remembers where somebody was: what is done is read from what is there, so that every step
can be left out, done elsewhere, or taken up again.
"""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.discovery import credentials, first_steps, networks, sweeps
from inventory.discovery.credential_form_schemas import FORMS, values_of
from inventory.discovery.credential_rules import CredentialDraft
from inventory.discovery.first_steps import CREDENTIAL, NETWORK, SCHOOL, STEPS, SWEEP
from inventory.discovery.models import CredentialKind
from inventory.discovery.network_form_schemas import USUAL, number
from inventory.discovery.network_rules import Limits, NetworkDraft
from inventory.discovery.schemas import MAX_ID
from inventory.errors import NotFound
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.schema import ObjectSchema, Text
from inventory.sites import naming, service as sites
from inventory.sites.models import SiteKind
from inventory.web.arguments import with_query
from inventory.web.forms import Form, Lines
from inventory.web.pages import done, page
from snmp_discovery.types import AuthProtocol, Kind, PrivProtocol

bp = Blueprint("welcome_pages", __name__, url_prefix="/welcome")

HERE = "/welcome"
KINDS = (Kind.PRINTER, Kind.MULTIFUNCTION)
"""What nearly every district wants accepted at once: what prints has a serial number."""


class WelcomeArgs(ObjectSchema):
    """`step`: which one is shown, in place of the first that is not done. `kind`: the SNMP version
    of the credential's form."""

    step = fields.String(validate=validate.OneOf(STEPS))
    kind = fields.Enum(CredentialKind, by_value=True, load_default=CredentialKind.V2C)


class SchoolForm(ObjectSchema):
    """A school by its name and the district's own short name for it."""

    name = Text(max_length=120, min_length=1, required=True)
    code = Text(max_length=40, load_default=None, allow_none=True)


class FirstNetworkForm(ObjectSchema):
    """A network in three answers; everything else is as usual."""

    name = Text(max_length=120, min_length=1, required=True)
    site_id = number(1, MAX_ID, load_default=None, allow_none=True)
    targets = Lines(required=True)
    accept = fields.Boolean(load_default=False)


class FirstSweepForm(ObjectSchema):
    """Which network is swept."""

    network_id = number(1, MAX_ID, required=True)


@bp.route("")
@guarded(Permission.NETWORK_WRITE, page=True)
@with_query(WelcomeArgs)
def show(args: dict[str, Any]) -> Response:
    """The steps with what is done of them, and one step's form."""
    return _page(args.get("step"), kind=args["kind"])


@bp.route("/school", methods=["POST"])
@guarded(Permission.SITE_WRITE, page=True)
def school() -> Response:
    """Step 1: a school."""
    db, actor = current_db(), current_actor()
    root = sites.root(db)
    actor.require(Permission.SITE_WRITE, root.id if root else None)
    form = Form(SchoolForm())
    if form.submitted():
        with form.attempt():
            sites.create(
                db, actor, kind=SiteKind.SCHOOL, parent_id=root.id if root else None,
                now=current_now(), **form.data,
            )  # fmt: skip
        if form.ok:
            return done(HERE, _("The school was added."))
    return _page(SCHOOL, form)


@bp.route("/credential/<string(maxlength=3):version>", methods=["POST"])
@guarded(Permission.CREDENTIAL_WRITE, page=True)
def credential(version: str) -> Response:
    """Step 2: a credential of that SNMP version."""
    if version not in set(CredentialKind):
        raise NotFound(_("There is no such SNMP version."))
    kind = CredentialKind(version)
    current_actor().require_everywhere(Permission.CREDENTIAL_WRITE)
    form = Form(FORMS[kind]())
    if form.submitted():
        with form.attempt():
            draft = CredentialDraft(kind=kind, **values_of(form.data))
            credentials.create(current_db(), current_actor(), draft, now=current_now())
        if form.ok:
            return done(HERE, _("The credential was added."))
    return _page(CREDENTIAL, form, kind=kind)


@bp.route("/network", methods=["POST"])
@guarded(Permission.NETWORK_WRITE, page=True)
def network() -> Response:
    """Step 3: a network, asked with every credential that there is."""
    form = Form(FirstNetworkForm())
    if form.submitted():
        db, actor, data = current_db(), current_actor(), form.data
        known = credentials.all_of(db, actor, limit=16)
        draft = NetworkDraft(
            data["name"], data["targets"], data["site_id"],
            auto_accept=[kind.value for kind in KINDS] if data["accept"] else (),
            credentials=[row.id for row in sorted(known, key=lambda row: _safest(row.kind))],
        )  # fmt: skip
        with form.attempt():
            networks.create(
                db, actor, draft, limits=Limits.of(runtime().settings), now=current_now()
            )
        if form.ok:
            return done(HERE, _("The network was added."))
    return _page(NETWORK, form)


@bp.route("/sweep", methods=["POST"])
@guarded(Permission.DISCOVERY_RUN, page=True)
def sweep() -> Response:
    """Step 4: sweep it; leads to the page that shows it live."""
    form = Form(FirstSweepForm())
    if form.submitted():
        with form.attempt():
            asked = sweeps.request_sweep(
                current_db(), current_actor(), form.data["network_id"], now=current_now()
            )
        if form.ok:
            return done(url_for("sweep_pages.show", sweep_id=asked.id))
    return _page(SWEEP, form)


def _page(
    step: str | None, form: Form | None = None, *, kind: CredentialKind = CredentialKind.V2C
) -> Response:
    """Everything that the page shows; without a form that of the step."""
    db, actor = current_db(), current_actor()
    progress = first_steps.progress(db, actor)
    step = step or progress.next or SWEEP
    root = sites.root(db)
    shown = form or Form(_schema(step, kind), _initial(step, progress))
    at = STEPS.index(step)
    return page(
        "discovery/welcome.html", status=form.status if form else 200, progress=progress,
        steps=STEPS, step=step, form=shown, kind=kind.value,
        after=STEPS[at + 1] if at + 1 < len(STEPS) else None,
        may=_may(root.id if root else None),
        places=[(s.id, s.way) for s in naming.choices(db, actor, Permission.NETWORK_WRITE)],
        ready=[(line.network.id, line.network.name) for line in progress.ready],
        everywhere=actor.scope(Permission.NETWORK_WRITE) is None,
        auth=[(p.value, p.value) for p in AuthProtocol],
        priv=[(p.value, p.value) for p in PrivProtocol], most=USUAL.max_hosts,
    )  # fmt: skip


def _schema(step: str, kind: CredentialKind) -> ObjectSchema:
    known: dict[str, type[ObjectSchema]] = {
        SCHOOL: SchoolForm, CREDENTIAL: FORMS[kind], NETWORK: FirstNetworkForm,
        SWEEP: FirstSweepForm,
    }  # fmt: skip
    return known[step]()


def _initial(step: str, progress: first_steps.Progress) -> dict[str, object]:
    if step == CREDENTIAL:
        return {"auth_protocol": AuthProtocol.SHA256.value, "priv_protocol": PrivProtocol.AES128}
    if step == NETWORK and progress.schools:
        first = progress.schools[0]
        return {"name": first.name, "site_id": first.id, "accept": True}
    if step == NETWORK:
        return {"accept": True}
    ready = progress.ready
    return {"network_id": ready[0].network.id} if step == SWEEP and ready else {}


def _may(root: int | None) -> dict[str, bool]:
    """Which steps the actor may take."""
    actor = current_actor()
    return {
        SCHOOL: root is not None and actor.may(Permission.SITE_WRITE, root),
        CREDENTIAL: actor.scope(Permission.CREDENTIAL_WRITE) is None,
        NETWORK: actor.holds(Permission.NETWORK_WRITE),
        SWEEP: actor.holds(Permission.DISCOVERY_RUN),
    }


def _safest(kind: CredentialKind) -> int:
    """v3 is tried first, v1 last."""
    return [CredentialKind.V3, CredentialKind.V2C, CredentialKind.V1].index(kind)
