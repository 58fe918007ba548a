"""ETag / If-Match on changes (RFC 9110 §13.1.1): nobody overwrites what they have not read."""

from typing import Any

from flask import Response, request

from inventory.errors import VersionMismatch, VersionRequired


def etag_of(kind: str, id_: int, version: int) -> str:
    return f'"{kind}-{id_}-{version}"'


def require_match(kind: str, id_: int, version: int) -> None:
    """Raises `VersionRequired` without If-Match, `VersionMismatch` if it names another version."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise VersionRequired("send If-Match with the ETag of what you read")
    tags = {tag.strip() for tag in given.split(",")}
    if "*" not in tags and etag_of(kind, id_, version) not in tags:
        raise VersionMismatch("it was changed since you read it; read it again")


def stamp(response: Response, kind: str, id_: int, version: int) -> Response:
    """Put the ETag on an answer."""
    response.headers["ETag"] = etag_of(kind, id_, version)
    return response


def if_match(*, required: bool = True) -> dict[str, Any]:
    """The header's description for the API's document."""
    return {
        "in": "header",
        "name": "If-Match",
        "required": required,
        "schema": {"type": "string"},
        "description": "The ETag of what you read; 412 if it was changed since."
        + (" 428 without it." if required else ""),
    }
