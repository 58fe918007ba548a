"""/credentials: how devices are asked. Secrets are typed here and never shown again."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import fields

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.discovery import credentials, listings
from inventory.discovery.credential_form_schemas import FORMS, shown, values_of
from inventory.discovery.credential_rules import CredentialDraft
from inventory.discovery.models import CredentialKind, SnmpCredential
from inventory.discovery.network_form_schemas import VersionForm
from inventory.discovery.paged import Span
from inventory.errors import VersionMismatch
from inventory.http.unit import current_actor, current_db, current_now
from inventory.schema import ObjectSchema, Text
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page
from snmp_discovery.types import AuthProtocol, PrivProtocol

bp = Blueprint("credential_pages", __name__, url_prefix="/credentials")

ID = "<int(max=2147483647):credential_id>"
WEAK_AUTH = frozenset({AuthProtocol.MD5, AuthProtocol.SHA1})
GOOD = {"auth_protocol": AuthProtocol.SHA256.value, "priv_protocol": PrivProtocol.AES128.value}


class CredentialArgs(ObjectSchema):
    """Where the list goes on: the label of the last credential, or of the first."""

    after = Text(max_length=80)
    before = Text(max_length=80)


class NewArgs(ObjectSchema):
    """The SNMP version of the new one."""

    kind = fields.Enum(CredentialKind, by_value=True, load_default=CredentialKind.V3)


@bp.route("")
@guarded(Permission.NETWORK_WRITE, page=True)
@with_query(CredentialArgs)
def listed(args: dict[str, Any]) -> Response:
    """All credentials, by their labels, with what uses them."""
    db, actor = current_db(), current_actor()
    found = listings.credentials_page(db, actor, Span(**args, limit=100))
    users = listings.users_of(db, actor, [row.id for row in found.rows])
    return page(
        "discovery/credentials.html", found=found, users=users, kept=credentials.kept, weak=_weak
    )


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.CREDENTIAL_WRITE, page=True)
@with_query(NewArgs)
def new(args: dict[str, Any]) -> Response:
    """A new credential of one version; the others are a link away."""
    kind: CredentialKind = args["kind"]
    current_actor().require_everywhere(Permission.CREDENTIAL_WRITE)
    form = Form(FORMS[kind](), GOOD)
    if form.submitted():
        with form.attempt():
            draft = CredentialDraft(kind=kind, **values_of(form.data))
            made = credentials.create(current_db(), current_actor(), draft, now=current_now())
        if form.ok:
            there = url_for("credential_pages.show", credential_id=made.id)
            return done(there, _("The credential was added."))
    return _page(form, kind)


@bp.route(f"/{ID}")
@guarded(Permission.NETWORK_WRITE, page=True)
def show(credential_id: int) -> Response:
    """One credential: of its secrets only that they are there."""
    db, actor = current_db(), current_actor()
    row = credentials.get(db, actor, credential_id)
    return page(
        "discovery/credential.html", row=row, kept=credentials.kept(row), weak=_weak(row),
        users=listings.users_of(db, actor, [row.id])[row.id],
        may_write=actor.scope(Permission.CREDENTIAL_WRITE) is None,
    )  # fmt: skip


@bp.route(f"/{ID}/edit", methods=["GET", "POST"])
@guarded(Permission.CREDENTIAL_WRITE, page=True)
def edit(credential_id: int) -> Response:
    """Change a credential; a secret that is left blank stays."""
    db, actor = current_db(), current_actor()
    actor.require_everywhere(Permission.CREDENTIAL_WRITE)
    row = credentials.get(db, actor, credential_id)
    initial = shown(row)
    form = Form(FORMS[row.kind](), initial)
    if form.submitted():
        with form.attempt():
            _unchanged(credential_id, form.data["version"])
            credentials.change(db, actor, credential_id, values_of(form.data), now=current_now())
        if form.ok:
            there = url_for("credential_pages.show", credential_id=row.id)
            return done(there, _("The credential was changed."))
    return _page(form, row.kind, row, initial if form.status == 412 else None)


@bp.route(f"/{ID}/delete", methods=["GET", "POST"])
@guarded(Permission.CREDENTIAL_WRITE, page=True)
def delete(credential_id: int) -> Response:
    """Ask, naming the networks that use it, and delete it where none does."""
    db, actor = current_db(), current_actor()
    actor.require_everywhere(Permission.CREDENTIAL_WRITE)
    row = credentials.get(db, actor, credential_id)
    form = Form(VersionForm(), {"version": row.version})
    if form.submitted():
        with form.attempt():
            _unchanged(credential_id, form.data["version"])
            credentials.delete(db, actor, credential_id, now=current_now())
        if form.ok:
            return done(url_for("credential_pages.listed"), _("The credential was deleted."))
    users = listings.users_of(db, actor, [row.id])[row.id]
    return page(
        "discovery/credential_delete.html", status=form.status, form=form, row=row, users=users
    )


def _page(
    form: Form,
    kind: CredentialKind,
    row: SnmpCredential | None = None,
    present: dict[str, Any] | None = None,
) -> Response:
    return page(
        "discovery/credential_form.html", status=form.status, form=form, kind=kind.value, row=row,
        present=present, kept=credentials.kept(row) if row else [],
        auth=[(p.value, p.value) for p in AuthProtocol],
        priv=[(p.value, p.value) for p in PrivProtocol],
    )  # fmt: skip


def _weak(row: SnmpCredential) -> str:
    """What can be said against it: a word of `credential_weakness`, or ""."""
    if row.kind is not CredentialKind.V3:
        return "default_community" if row.default_community else "clear_text"
    if row.auth_protocol is None:
        return "no_auth"
    if row.priv_protocol is None:
        return "no_privacy"
    old = row.auth_protocol in WEAK_AUTH or row.priv_protocol is PrivProtocol.DES
    return "old_protocol" if old else ""


def _unchanged(credential_id: int, version: int | None) -> None:
    row = credentials.get(current_db(), current_actor(), credential_id, lock=True)
    if row.version != version:
        raise VersionMismatch(_("Somebody else changed this credential since you opened it."))
