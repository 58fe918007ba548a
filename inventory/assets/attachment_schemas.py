"""What the API accepts and shows of an asset's files."""

from marshmallow import fields, validate

from inventory.assets.attachment_models import Attachment
from inventory.assets.attachments import MAX_CAPTION
from inventory.assets.previews import SIZES
from inventory.assets.schemas import Lines
from inventory.http.multipart import FilePart
from inventory.http.paging import PageArgs, page_of
from inventory.schema import ObjectSchema, TableSchema, Text


class FileUpload(ObjectSchema):
    """The parts of a multipart/form-data body."""

    file = FilePart(required=True, metadata={"description": "one file, with its name"})
    caption = Lines(max_length=MAX_CAPTION, load_default="")


class FileChange(ObjectSchema):
    """Only what is named is changed."""

    name = Text(max_length=1000, min_length=1)
    caption = Lines(max_length=MAX_CAPTION)


class FileView(TableSchema):
    class Meta(TableSchema.Meta):
        model = Attachment
        fields = (
            "id", "asset_id", "kind", "name", "media_type", "size_bytes", "sha256", "width",
            "height", "has_preview", "caption", "uploaded_by", "uploaded_at", "removed_at",
            "version",
        )  # fmt: skip


class FileListArgs(PageArgs):
    removed = fields.Boolean(
        load_default=False, metadata={"description": "instead those that can be taken back"}
    )


class PreviewArgs(ObjectSchema):
    size = fields.String(
        load_default="thumb", validate=validate.OneOf(list(SIZES)),
        metadata={"description": "longest side: thumb 320, view 1600 pixels"},
    )  # fmt: skip


FilePage = page_of(FileView)
