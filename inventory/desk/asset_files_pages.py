"""/assets/{id}/files: photos and documents of a device.

In a page stands only the preview, a picture that this program made itself; an original is only
ever sent to be saved.
"""

from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _, ngettext
from marshmallow import fields, validate
from werkzeug.datastructures import FileStorage

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import attachments
from inventory.assets.attachment_models import Attachment
from inventory.assets.attachments import MAX_CAPTION
from inventory.assets.file_store import FileStore
from inventory.assets.previews import SIZES
from inventory.assets.schemas import MAX_ID, Lines
from inventory.assets.uploading import upload
from inventory.desk.asset_frame_pages import ASSET, asset_page, head_now
from inventory.errors import TooLarge, VersionMismatch
from inventory.http.download import sent
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.schema import ObjectSchema, Text
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("asset_files_pages", __name__)

LISTED = "asset_files_pages.listed"
FILE = f"{ASSET}/files/<int(max=2147483647):file_id>"
MOST_SHOWN = 500


class UploadForm(ObjectSchema):
    """The fields beside the files themselves."""

    caption = Lines(max_length=MAX_CAPTION, load_default="")
    file = fields.String(load_default="", validate=validate.Length(max=0))
    """Only for its messages: the files are no form field."""


class FileForm(ObjectSchema):
    """What a file is called and said to be, and the version that was read."""

    name = Text(max_length=1000, min_length=1, required=True)
    caption = Lines(max_length=MAX_CAPTION, load_default="")
    version = fields.Integer(required=True, validate=validate.Range(min=1, max=MAX_ID))


class RemoveForm(ObjectSchema):
    """Nothing but the button."""


class PreviewArgs(ObjectSchema):
    """How large the picture is to be."""

    size = fields.String(load_default="thumb", validate=validate.OneOf(list(SIZES)))


@bp.route(f"{ASSET}/files")
@guarded(Permission.ASSET_READ, page=True)
def listed(asset_id: int) -> Response:
    """Photos as pictures, documents as a list."""
    return _listed(asset_id, Form(UploadForm()))


def _listed(asset_id: int, form: Form) -> Response:
    head = head_now(asset_id)
    files = attachments.list_of(current_db(), current_actor(), asset_id, limit=MOST_SHOWN)
    settings = runtime().settings
    return asset_page(
        "desk/asset/files.html", head, LISTED, status=form.status, form=form,
        photos=[file for file in files if file.has_preview],
        documents=[file for file in files if not file.has_preview],
        room=settings.asset_files_most - len(files), most_bytes=settings.upload_max_bytes,
    )  # fmt: skip


@bp.route(f"{ASSET}/files", methods=["POST"])
@guarded(Permission.ASSET_WRITE, page=True, upload=True, write=False)
def add(asset_id: int) -> Response:
    """Keep the files that came. Those before one that is refused stay."""
    form = Form(UploadForm())
    parts = [part for part in request.files.getlist("file") if part.filename]
    if not parts:
        form.refuse(_("Choose a file first."), "file")
    kept = 0
    for part in parts if form.ok else ():
        kept += _keep(asset_id, part, form)
        if not form.ok:
            break
    if form.ok and not kept:
        return done(_url(asset_id), _("The device has these very files already."), kind="info")
    if form.ok:
        return done(_url(asset_id), ngettext("%(num)s file added.", "%(num)s files added.", kept))
    if kept:
        said = ngettext("%(num)s file before it was kept.", "%(num)s before it were kept.", kept)
        form.refuse(said)
        # This request's unit only reads, and may have begun to before those files were kept.
        current_db().rollback()
    return _listed(asset_id, form)


def _keep(asset_id: int, part: FileStorage, form: Form) -> bool:
    """One file into the store and to the asset; whether it is new there. What refuses it stands in
    the form."""
    settings = runtime().settings
    with form.plainly():
        try:
            return upload(
                runtime().database, current_actor(), asset_id, cast(BinaryIO, part.stream),
                name=part.filename or "", caption=form.data["caption"],
                store=FileStore.of(settings), most=settings.asset_files_most, now=current_now(),
            ).new  # fmt: skip
        except TooLarge as refused:
            form.refused = refused
            form.refuse(_("%(name)s is too large.", name=part.filename), "file")
    return False


@bp.route(FILE)
@guarded(Permission.ASSET_READ, page=True)
def show(asset_id: int, file_id: int) -> Response:
    """One file: the picture large, what is said of it, and the form to say it better."""
    file = attachments.one(current_db(), current_actor(), asset_id, file_id)
    given = {"name": file.name, "caption": file.caption, "version": file.version}
    return _shown(asset_id, file, Form(FileForm(), given))


def _shown(asset_id: int, file: Attachment, form: Form) -> Response:
    head = head_now(asset_id)
    return page(
        "desk/asset/file.html", asset=head.asset, file=file, form=form, status=form.status,
        may_change=head.may_change,
    )  # fmt: skip


@bp.route(FILE, methods=["POST"])
@guarded(Permission.ASSET_WRITE, page=True)
def change(asset_id: int, file_id: int) -> Response:
    """Rename a file, or write its caption."""
    db, actor = current_db(), current_actor()
    file = attachments.one_for_change(db, actor, asset_id, file_id)
    form = Form(FileForm())
    if form.submitted():
        version = form.data.pop("version")
        with form.attempt():
            if version != file.version:
                raise VersionMismatch(
                    _(
                        "Somebody changed it since you opened it. Now it is: %(name)s %(caption)s",
                        name=file.name, caption=file.caption,
                    )
                )  # fmt: skip
            attachments.change(db, actor, asset_id, file_id, form.data, now=current_now())
        if form.ok:
            return done(_url(asset_id), _("Saved."))
    return _shown(asset_id, file, form)


@bp.route(f"{FILE}/remove", methods=["GET", "POST"])
@guarded(Permission.ASSET_WRITE, page=True)
def remove(asset_id: int, file_id: int) -> Response:
    """Ask, then take the file away."""
    db, actor = current_db(), current_actor()
    file = attachments.one_for_change(db, actor, asset_id, file_id)
    form = Form(RemoveForm())
    if form.submitted():
        attachments.remove(db, actor, asset_id, file_id, now=current_now())
        return done(_url(asset_id), _("Removed. It can be recovered for 30 days."))
    asset = head_now(asset_id).asset
    return page("desk/asset/file_remove.html", asset=asset, file=file, form=form,
                status=form.status)  # fmt: skip


@bp.route(f"{FILE}/preview")
@guarded(Permission.ASSET_READ, page=True)
@with_query(PreviewArgs)
def preview(args: dict[str, Any], asset_id: int, file_id: int) -> Response:
    """The picture made small, without anything else that the file carried."""
    return _sent(asset_id, file_id, args["size"])


@bp.route(f"{FILE}/content")
@guarded(Permission.ASSET_READ, page=True)
def content(asset_id: int, file_id: int) -> Response:
    """The file as it was uploaded, to be saved."""
    return _sent(asset_id, file_id, "")


def _sent(asset_id: int, file_id: int, size: str) -> Response:
    file = attachments.opened(
        current_db(), current_actor(), asset_id, file_id,
        store=FileStore.of(runtime().settings), size=size,
    )  # fmt: skip
    return sent(file.path, file.media_type, name=file.name, etag=file.sha256, inline=bool(size))


def _url(asset_id: int) -> str:
    return url_for(LISTED, asset_id=asset_id)
