"""/people/sources: directories that people come from. Settings go in, and never come out again."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.errors import VersionMismatch
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.people.models import PersonRole
from inventory.people.planning import SOURCE_LENGTH
from inventory.people.sources import reads, service, trying
from inventory.people.sources.config import MOST_BY_ITSELF, DirectoryDraft, info_of
from inventory.people.sources.models import OPEN_READS, DirectoryKind, RosterDirectory
from inventory.people.sources.opening import Trial
from inventory.people.sources.service import Limits
from inventory.schema import ROW_ID, ObjectSchema, Text
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page
from mdm.connection import VendorInfo

bp = Blueprint("people_source_pages", __name__, url_prefix="/people/sources")

ID = "/<int(max=2147483647):directory_id>"
SHOW = "people_source_pages.show"
SETTING = "set_"
GENERAL = ("daily_at", "auto_most", "rest_role")


class NewArgs(ObjectSchema):
    """Which kind of directory."""

    kind = fields.Enum(DirectoryKind, by_value=True, load_default=None)


class GeneralForm(ObjectSchema):
    """What every directory has."""

    daily_at = Text(max_length=5, load_default=None, allow_none=True)
    auto_most = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(min=1, max=MOST_BY_ITSELF)
    )
    rest_role = fields.Enum(PersonRole, by_value=True, load_default=None, allow_none=True)
    version = fields.Integer(load_default=None, allow_none=True)


class VersionForm(ObjectSchema):
    """The version that was read."""

    version = fields.Integer(required=True, validate=ROW_ID)


@bp.route("")
@guarded(Permission.PERSON_IMPORT, page=True)
def listed() -> Response:
    """Directories, and the kinds that can be added."""
    db = current_db()
    rows = service.listed(db, current_actor(), limit=100)
    return page(
        "people/sources.html", rows=rows, names=service.names(db, rows), kinds=DirectoryKind
    )


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.PERSON_IMPORT, page=True)
@with_query(NewArgs)
def new(args: dict[str, Any]) -> Response:
    """The form of a kind of directory."""
    current_actor().require_everywhere(Permission.PERSON_IMPORT)
    kind = args["kind"] or DirectoryKind.GOOGLE
    info = info_of(kind)
    form = Form(_schema(info, making=True), {"daily_at": "03:30"})
    if form.submitted():
        made = None
        with form.attempt():
            draft = DirectoryDraft(
                form.data["source"], kind, _settings(form.data),
                **{name: form.data[name] for name in GENERAL},
            )  # fmt: skip
            made = service.create(
                current_db(), current_actor(), draft, limits=_limits(), now=current_now()
            )
        if form.ok and made is not None:
            url = url_for(SHOW, directory_id=made.id)
            return done(url, _("The directory was added. Test it, then read it."))
    return _form(form, info, kind, None)


@bp.route(ID)
@guarded(Permission.PERSON_IMPORT, page=True)
def show(directory_id: int) -> Response:
    """One directory and the last times that it was read."""
    return _shown(service.get(current_db(), current_actor(), directory_id))


@bp.route(f"{ID}/edit", methods=["GET", "POST"])
@guarded(Permission.PERSON_IMPORT, page=True)
def edit(directory_id: int) -> Response:
    """Change it; settings that are left blank stay as they are."""
    row = service.get(current_db(), current_actor(), directory_id)
    info = info_of(row.kind)
    form = Form(_schema(info, making=False), {name: getattr(row, name) for name in GENERAL})
    if form.submitted():
        with form.attempt():
            _require_version(row, form.data["version"])
            changes: dict[str, Any] = {name: form.data[name] for name in GENERAL}
            changes["config"] = _settings(form.data)
            service.change(
                current_db(), current_actor(), row.id, changes, limits=_limits(),
                now=current_now(),
            )  # fmt: skip
        if form.ok:
            return done(url_for(SHOW, directory_id=row.id), _("Saved."))
    return _form(form, info, row.kind, row)


@bp.route(f"{ID}/delete", methods=["GET", "POST"])
@guarded(Permission.PERSON_IMPORT, page=True)
def delete(directory_id: int) -> Response:
    """Forget how it is asked; its people stay."""
    db, actor = current_db(), current_actor()
    row, form = service.get(db, actor, directory_id), Form(VersionForm())
    name = service.names(db, [row])[row.id]
    if form.submitted():
        with form.attempt():
            _require_version(row, form.data["version"])
            service.delete(db, actor, row.id, now=current_now())
        if form.ok:
            return done(url_for("people_source_pages.listed"), _("The directory was deleted."))
    return page("people/source_delete.html", status=form.status, form=form, row=row, name=name)


# A unit that only reads, and is over before the directory is asked: nobody waits for it.
@bp.route(f"{ID}/test", methods=["POST"])
@guarded(Permission.PERSON_IMPORT, page=True, write=False)
def test(directory_id: int) -> Response:
    """Ask for the first page; nothing is kept."""
    db = current_db()
    ready = trying.prepare(db, current_actor(), directory_id)
    db.rollback()
    trial = trying.attempt(ready)
    return _shown(service.get(db, current_actor(), directory_id), trial)


@bp.route(f"{ID}/sync", methods=["POST"])
@guarded(Permission.PERSON_IMPORT, page=True)
def sync(directory_id: int) -> Response:
    """Ask for everybody; what changes is planned, and waits."""
    reads.request(current_db(), current_actor(), directory_id, now=current_now())
    return done(url_for(SHOW, directory_id=directory_id), _("The directory is being read."))


def _require_version(row: RosterDirectory, version: int | None) -> None:
    if row.version != version:
        raise VersionMismatch(_("Somebody else changed it meanwhile. Look at it again."))


def _limits() -> Limits:
    return Limits.of(runtime().settings)


def _schema(info: VendorInfo, *, making: bool) -> Schema:
    more: dict[str, fields.Field[Any]] = {}
    if making:
        more["source"] = Text(max_length=SOURCE_LENGTH, min_length=1, required=True)
    for item in info.fields:
        needed = making and item.required and not item.default
        more[SETTING + item.name] = fields.String(
            validate=validate.Length(max=32_768), required=needed
        )
    made: type[Schema] = GeneralForm.from_dict(more, name="DirectoryForm")
    return made()


def _settings(data: dict[str, Any]) -> dict[str, str]:
    return {
        name.removeprefix(SETTING): value
        for name, value in data.items()
        if name.startswith(SETTING) and value.strip()
    }


def _form(
    form: Form, info: VendorInfo, kind: DirectoryKind, row: RosterDirectory | None
) -> Response:
    name = service.names(current_db(), [row])[row.id] if row else ""
    return page(
        "people/source_form.html", status=form.status, form=form, info=info, kind=kind, row=row,
        name=name, roles=PersonRole,
        version=form.value("version") if form.posted else row.version if row else "",
    )  # fmt: skip


def _shown(row: RosterDirectory, trial: Trial | None = None) -> Response:
    db = current_db()
    recent = reads.recent(db, current_actor(), row.id)
    return page(
        "people/source.html", row=row, name=service.names(db, [row])[row.id], trial=trial,
        reads=recent, busy=bool(recent) and recent[0].state in OPEN_READS,
    )  # fmt: skip
