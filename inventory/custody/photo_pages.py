"""/custody/{id}/photos: the device as it went, beside the device as it came."""

from typing import BinaryIO, cast

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.file_store import FileStore
from inventory.custody import listing, photos
from inventory.custody.photo_models import Side
from inventory.custody.viewing import record_views
from inventory.errors import TooLarge
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.schema import ObjectSchema
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("photo_pages", __name__)
PHOTOS = "/custody/<int(max=2147483647):custody_id>/photos"


class PhotoForm(ObjectSchema):
    """Beside the file itself. `file` is only for its messages: it is no form field."""

    side = fields.Enum(Side, by_value=True, required=True)
    file = fields.String(load_default="", validate=validate.Length(max=0))


@bp.route(PHOTOS)
@guarded(Permission.CUSTODY_READ, page=True, write=True)
def show(custody_id: int) -> Response:
    """Both sides, and the form for one more. That a person was shown is written down."""
    held = listing.one(current_db(), current_actor(), custody_id)
    record_views(current_db(), current_actor(), [held], now=current_now())
    side = Side.OUT if held.custody.returned_at is None else Side.IN
    return _shown(custody_id, Form(PhotoForm(), {"side": side.value}))


@bp.route(PHOTOS, methods=["POST"])
@guarded(Permission.CUSTODY_WRITE, page=True, upload=True, write=False)
def add(custody_id: int) -> Response:
    """Keep one photo."""
    form, app = Form(PhotoForm()), runtime()
    part = request.files.get("file")
    if part is None or not part.filename:
        form.refuse(_("Choose a file first."), "file")
    elif form.submitted():
        with form.plainly():
            try:
                photos.upload(
                    app.database, current_actor(), custody_id, form.data["side"],
                    cast(BinaryIO, part.stream), name=part.filename,
                    store=FileStore.of(app.settings), most=app.settings.asset_files_most,
                    now=current_now(),
                )  # fmt: skip
            except TooLarge as refused:
                form.refused = refused
                form.refuse(_("%(name)s is too large.", name=part.filename), "file")
    if form.ok:
        return done(f"/custody/{custody_id}/photos", _("The photo is kept."))
    return _shown(custody_id, form)


def _shown(custody_id: int, form: Form) -> Response:
    db, actor = current_db(), current_actor()
    held = listing.one(db, actor, custody_id)
    found = photos.of(db, [custody_id]).get(custody_id, [])
    may = actor.may(Permission.CUSTODY_WRITE, held.site_id)
    return page(
        "custody/photos.html", status=form.status, form=form, held=held, photos=found,
        may_add=may and actor.may(Permission.ASSET_WRITE, held.site_id),
    )  # fmt: skip
