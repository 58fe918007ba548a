"""/api/v1/custody/{id}/photos: what state a device was in as it went and as it came."""

from typing import Any

from marshmallow import fields

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.file_store import FileStore
from inventory.custody import photos
from inventory.custody.api import ONE
from inventory.custody.photo_models import Side
from inventory.custody.photos import Photo
from inventory.http.blueprint import api_blueprint
from inventory.http.multipart import FilePart, MultipartParser
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.schema import ObjectSchema

bp = api_blueprint("custody_photos", "", "Photos of devices, as they went and as they came.")
bp.ARGUMENTS_PARSER = MultipartParser()


class CustodyPhotoUpload(ObjectSchema):
    """The parts of a multipart/form-data body."""

    file = FilePart(required=True, metadata={"description": "one picture"})
    side = fields.Enum(Side, by_value=True, required=True)


class CustodyPhotoView(ObjectSchema):
    """A photo; its pixels: `GET /assets/{asset_id}/files/{file_id}/preview`."""

    id = fields.Integer(required=True)
    asset_id = fields.Integer(required=True)
    file_id = fields.Integer(required=True)
    side = fields.Enum(Side, by_value=True, required=True)
    added_at = fields.AwareDateTime(required=True)


@bp.route(f"{ONE}/photos")
@guarded(Permission.CUSTODY_READ)
@bp.response(200, CustodyPhotoView(many=True))
def list_(custody_id: int) -> list[Photo]:
    """All photos of a custody, in the order in which they were added."""
    return photos.listed(current_db(), current_actor(), custody_id)


@bp.route(f"{ONE}/photos", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE, write=False, upload=True)
@bp.arguments(CustodyPhotoUpload, location="files")
@bp.response(201, CustodyPhotoView)
@bp.alt_response(413, description="The file is larger than `upload_max_bytes`")
def add(given: dict[str, Any], custody_id: int) -> Photo:
    """Add a photo. It is kept for ever, without where it was taken and by whose phone."""
    app, part = runtime(), given["file"]
    return photos.upload(
        app.database, current_actor(), custody_id, given["side"], part.stream,
        name=part.filename or "", store=FileStore.of(app.settings),
        most=app.settings.asset_files_most, now=current_now(),
    )  # fmt: skip
