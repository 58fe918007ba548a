"""Bodies of multipart/form-data (RFC 7578): a file and the fields beside it, in one schema."""

import errno
from typing import Any

import marshmallow as ma
from flask import request
from flask_smorest.fields import Upload
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import CombinedMultiDict, FileStorage

from inventory.errors import InvalidInput, StorageFull, Unavailable
from inventory.http.blueprint import StrictParser
from inventory.settings import Settings

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def largest_upload(settings: Settings) -> int:
    """The most bytes of this request's body, on a route that takes files. Only files may be large:
    a body of any other kind keeps the common limit."""
    if request.mimetype != "multipart/form-data":
        return settings.max_body_bytes
    # Room for the other fields and the boundaries beside the file.
    most = settings.upload_max_bytes + settings.max_body_bytes
    request.max_content_length = most
    return most


def receive() -> None:
    """Read a form's body to its end, large files to the disk.

    Raises `StorageFull` and `Unavailable`; werkzeug raises `RequestEntityTooLarge`.
    """
    try:
        _ = request.files
    except OSError as broken:
        if broken.errno in _FULL:
            raise StorageFull("the disk for incoming files is full; nothing was kept") from broken
        raise Unavailable("the file could not be received; try again") from broken


class FilePart(Upload):  # type: ignore[misc]  # flask-smorest is untyped
    """A part with a file name; a plain field of that name is none."""

    def _deserialize(self, value: Any, *given: Any, **options: Any) -> FileStorage:
        if not isinstance(value, FileStorage) or not value.filename:
            raise ma.ValidationError("must be a file with a name")
        return value


class MultipartParser(StrictParser):
    """`location="files"` means all parts; unknown ones and one that comes twice are refused."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**StrictParser.DEFAULT_UNKNOWN_BY_LOCATION, "files": ma.RAISE}

    def load_files(self, req: Any, schema: Any) -> Any:
        parts = CombinedMultiDict([req.files, req.form])
        twice = {name[:80]: ["is given twice"] for name in parts if len(parts.getlist(name)) > 1}
        if twice:
            raise InvalidInput("one part of each name", twice)
        return MultiDictProxy(parts, schema)
