"""/connections/new and /edit: a vendor's settings go in here, and never come out again."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.errors import VersionMismatch
from inventory.fleet import connections
from inventory.fleet.connection_pages import ID, SHOW, info_of
from inventory.fleet.connection_rules import ConnectionDraft, Limits, vendor_of
from inventory.fleet.models import MdmConnection, Mode
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.sites import naming
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page
from mdm import registry
from mdm.connection import VendorInfo

bp = Blueprint("connection_form_pages", __name__, url_prefix="/connections")

READ, ACT = "read_", "act_"
MAX_SETTING = 32_768
GENERAL = (
    "label", "site_id", "mode", "enabled", "create_assets", "tag_prefix", "write_tags",
    "every_minutes", "full_at",
)  # fmt: skip


class NewArgs(ObjectSchema):
    """Which vendor."""

    vendor = Text(max_length=50, load_default="")


class GeneralForm(ObjectSchema):
    """What every connection has, whoever the vendor is."""

    vendor = Text(max_length=50, load_default="")
    label = Text(max_length=80, min_length=1, required=True)
    site_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    mode = fields.Enum(Mode, by_value=True, load_default=Mode.DRY_RUN)
    enabled = fields.Boolean(load_default=False)
    create_assets = fields.Boolean(load_default=False)
    tag_prefix = Text(max_length=40, load_default=None, allow_none=True)
    write_tags = fields.Boolean(load_default=False)
    every_minutes = fields.Integer(
        validate=validate.Range(min=5, max=10_080), load_default=None, allow_none=True
    )
    full_at = Text(max_length=5, load_default=None, allow_none=True)
    version = fields.Integer(load_default=None, allow_none=True)


class VersionForm(ObjectSchema):
    """The version that was read."""

    version = fields.Integer(required=True, validate=ROW_ID)


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.MDM_WRITE, page=True)
@with_query(NewArgs)
def new(args: dict[str, Any]) -> Response:
    """Without a vendor: which ones there are. With one: its form."""
    if not args["vendor"]:
        return page("fleet/vendors.html", vendors=registry.vendors().values())
    info = vendor_of(args["vendor"])
    usual = {"mode": "dry_run", "enabled": True, "create_assets": True, "every_minutes": 30,
             "full_at": "01:30", "label": info.label}  # fmt: skip
    form = Form(_schema(info, making=True), usual)
    if form.submitted():
        made = None
        with form.attempt():
            made = connections.create(
                current_db(), current_actor(), _draft(form.data, info), limits=_limits(),
                now=current_now(),
            )  # fmt: skip
        if form.ok and made is not None:
            return done(url_for(SHOW, connection_id=made.id), _("The connection was added."))
    return _page(form, info, None)


@bp.route(f"/{ID}/edit", methods=["GET", "POST"])
@guarded(Permission.MDM_WRITE, page=True)
def edit(connection_id: int) -> Response:
    """Change it; settings that are left blank stay as they are."""
    row = _writable(connection_id)
    info = info_of(row.vendor)
    form = Form(_schema(info, making=False), {name: getattr(row, name) for name in GENERAL})
    if form.submitted():
        with form.attempt():
            _require_version(row, form.data["version"])
            changes: dict[str, Any] = {name: form.data[name] for name in GENERAL}
            for key, prefix in (("config", READ), ("act_config", ACT)):
                given = _settings(form.data, prefix)
                if given:
                    changes[key] = given
            connections.change(
                current_db(), current_actor(), row.id, changes, limits=_limits(),
                now=current_now(),
            )  # fmt: skip
        if form.ok:
            return done(url_for(SHOW, connection_id=row.id), _("Saved."))
    return _page(form, info, row)


@bp.route(f"/{ID}/delete", methods=["GET", "POST"])
@guarded(Permission.MDM_WRITE, page=True)
def delete(connection_id: int) -> Response:
    """Forget it, with its credentials; assets stay."""
    row = _writable(connection_id)
    form = Form(VersionForm())
    if form.submitted():
        with form.attempt():
            _require_version(row, form.data["version"])
            connections.delete(current_db(), current_actor(), row.id, now=current_now())
        if form.ok:
            return done(url_for("connection_pages.listed"), _("The connection was deleted."))
    return page("fleet/delete.html", status=form.status, form=form, row=row)


def _writable(connection_id: int) -> MdmConnection:
    row = connections.get(current_db(), current_actor(), connection_id)
    current_actor().require(Permission.MDM_WRITE, row.site_id)
    return row


def _require_version(row: MdmConnection, version: int | None) -> None:
    if row.version != version:
        raise VersionMismatch(_("Somebody else changed it meanwhile. Look at it again."))


def _limits() -> Limits:
    return Limits.of(runtime().settings)


def _schema(info: VendorInfo | None, *, making: bool) -> Schema:
    """The general fields, and the vendor's settings twice: to read with, and to act with."""
    more: dict[str, fields.Field[Any]] = {}
    for item in info.fields if info else ():
        known = validate.Length(max=MAX_SETTING)
        needed = making and item.required and not item.default
        more[READ + item.name] = fields.String(validate=known, required=needed)
        more[ACT + item.name] = fields.String(validate=known)
    made: type[Schema] = GeneralForm.from_dict(more, name="ConnectionForm")
    return made()


def _settings(data: dict[str, Any], prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(prefix): value
        for name, value in data.items()
        if name.startswith(prefix) and value.strip()
    }


def _draft(data: dict[str, Any], info: VendorInfo) -> ConnectionDraft:
    return ConnectionDraft(
        vendor=info.name, config=_settings(data, READ), act_config=_settings(data, ACT) or None,
        **{name: data[name] for name in GENERAL},
    )  # fmt: skip


def _page(form: Form, info: VendorInfo | None, row: MdmConnection | None) -> Response:
    places = naming.choices(current_db(), current_actor(), Permission.MDM_WRITE)
    return page(
        "fleet/connection_form.html", status=form.status, form=form, info=info, row=row,
        places=[(spot.id, spot.way) for spot in places],
        version=form.value("version") if form.posted else row.version if row else "",
    )  # fmt: skip
