"""/api/v1/assets/{id}/files: photos and documents.

What somebody uploaded is only ever sent to be saved, under a policy that lets nothing in it run.
The previews are this program's own pictures, and may stand in a page.
"""

from typing import Any

from flask import Response

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets import attachments
from inventory.assets.api import ID
from inventory.assets.attachment_models import Attachment
from inventory.assets.attachment_schemas import (
    FileChange,
    FileListArgs,
    FilePage,
    FileUpload,
    FileView,
    PreviewArgs,
)
from inventory.assets.file_store import FileStore
from inventory.assets.schemas import MAX_ID
from inventory.assets.uploading import upload
from inventory.errors import InvalidInput
from inventory.http.blueprint import api_blueprint
from inventory.http.download import sent
from inventory.http.etag import etag_of, if_match, require_match
from inventory.http.multipart import MultipartParser
from inventory.http.paging import decode_cursor, encode_cursor
from inventory.http.unit import current_actor, current_db, current_now, runtime

bp = api_blueprint("asset_files", "/assets", "Photos and documents of an asset.")
bp.ARGUMENTS_PARSER = MultipartParser()

FILE = f"/{ID}/files/<int(max=2147483647):file_id>"
BYTES = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
"""Of a response, in the API's description."""

Shown = tuple[Attachment, dict[str, str]]


def shown(file: Attachment) -> Shown:
    return file, {"ETag": etag_of("file", file.id, file.version)}


def matched(asset_id: int, file_id: int) -> None:
    file = attachments.one_for_change(current_db(), current_actor(), asset_id, file_id)
    require_match("file", file.id, file.version)


@bp.route(f"/{ID}/files")
@guarded(Permission.ASSET_READ)
@bp.arguments(FileListArgs, location="query")
@bp.response(200, FilePage)
def list_(args: dict[str, Any], asset_id: int) -> dict[str, Any]:
    """Photos and documents of the asset, newest first."""
    limit, before = args["limit"], _before_id(args)
    rows = attachments.list_of(
        current_db(), current_actor(), asset_id,
        before_id=before, limit=limit + 1, removed=args["removed"],
    )  # fmt: skip
    more, rows = len(rows) > limit, rows[:limit]
    return {"items": rows, "next": encode_cursor([rows[-1].id]) if more else None}


def _before_id(args: dict[str, Any]) -> int | None:
    if "after" not in args:
        return None
    match decode_cursor(args["after"]):
        case [int(last)] if 0 < last <= MAX_ID:
            return last
    raise InvalidInput("not a cursor", {"after": ["is not a cursor of this list"]})


@bp.route(f"/{ID}/files", methods=["POST"])
@guarded(Permission.ASSET_WRITE, write=False, upload=True)
@bp.arguments(FileUpload, location="files")
@bp.response(201, FileView)
@bp.alt_response(200, schema=FileView, description="The asset has this very file already")
@bp.alt_response(413, description="The file is larger than `upload_max_bytes`")
def add(given: dict[str, Any], asset_id: int) -> tuple[Attachment, int, dict[str, str]]:
    """Upload one file as multipart/form-data. What it is, its bytes tell, not its name. A damaged
    picture, and one of more than 40 megapixels, is refused."""
    app, part = runtime(), given["file"]
    added = upload(
        app.database, current_actor(), asset_id, part.stream, name=part.filename,
        caption=given["caption"], store=FileStore.of(app.settings),
        most=app.settings.asset_files_most, now=current_now(),
    )  # fmt: skip
    file, headers = shown(added.file)
    location = f"/api/v1/assets/{asset_id}/files/{file.id}"
    return file, 201 if added.new else 200, {**headers, "Location": location}


@bp.route(FILE)
@guarded(Permission.ASSET_READ)
@bp.response(200, FileView)
def get(asset_id: int, file_id: int) -> Shown:
    """What is known of one file. The ETag is what a change must send as If-Match."""
    return shown(attachments.one(current_db(), current_actor(), asset_id, file_id))


@bp.route(f"{FILE}/content")
@guarded(Permission.ASSET_READ)
@bp.doc(responses={"200": {"description": "The bytes, to be saved", **BYTES}})
def content(asset_id: int, file_id: int) -> Response:
    """The file as it was uploaded."""
    file = attachments.opened(
        current_db(), current_actor(), asset_id, file_id, store=FileStore.of(runtime().settings)
    )
    return sent(file.path, file.media_type, name=file.name, etag=file.sha256)


@bp.route(f"{FILE}/preview")
@guarded(Permission.ASSET_READ)
@bp.doc(responses={"200": {"description": "A small picture (WebP), without metadata", **BYTES}})
@bp.arguments(PreviewArgs, location="query")
def preview(args: dict[str, str], asset_id: int, file_id: int) -> Response:
    """A picture made small, upright, to be shown in a page. 404 for what is no picture."""
    file = attachments.opened(
        current_db(), current_actor(), asset_id, file_id,
        store=FileStore.of(runtime().settings), size=args["size"],
    )  # fmt: skip
    return sent(file.path, file.media_type, name=file.name, etag=file.sha256, inline=True)


@bp.route(FILE, methods=["PATCH"])
@guarded(Permission.ASSET_WRITE)
@bp.doc(parameters=[if_match()])
@bp.arguments(FileChange)
@bp.response(200, FileView)
def change(changes: dict[str, str], asset_id: int, file_id: int) -> Shown:
    """Rename a file, or write its caption. Needs If-Match."""
    matched(asset_id, file_id)
    return shown(
        attachments.change(
            current_db(), current_actor(), asset_id, file_id, changes, now=current_now()
        )
    )


@bp.route(FILE, methods=["DELETE"])
@guarded(Permission.ASSET_WRITE)
@bp.doc(parameters=[if_match()])
@bp.response(204)
def remove(asset_id: int, file_id: int) -> None:
    """Take a file away. Needs If-Match. It can be taken back for 30 days, and is then deleted. 409
    while a hold is in force."""
    matched(asset_id, file_id)
    attachments.remove(current_db(), current_actor(), asset_id, file_id, now=current_now())


@bp.route(f"{FILE}/take-back", methods=["POST"])
@guarded(Permission.ASSET_WRITE)
@bp.response(200, FileView)
def take_back(asset_id: int, file_id: int) -> Shown:
    """Undo the removal of a file. 409 where the asset has the same file again, or no room."""
    return shown(
        attachments.take_back(
            current_db(), current_actor(), asset_id, file_id,
            most=runtime().settings.asset_files_most, now=current_now(),
        )
    )  # fmt: skip
