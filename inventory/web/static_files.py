"""Static files: their addresses, and their answers, given before the application is asked.

An address holds a part of the hash of the file's content, so that a browser keeps a file for a year
and a new version is a new address. Files are read, hashed and compressed once per process and
answered from memory. WhiteNoise itself would want compressed copies beside the files: but the
package's folder may be read-only, and a temporary folder is swept by the system while the server
still needs it. A file that changes is noticed at the next start.
"""

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from io import BytesIO
from pathlib import Path, PurePosixPath
from wsgiref.types import WSGIApplication, WSGIEnvironment

from whitenoise import WhiteNoise  # type: ignore[import-untyped]
from whitenoise.media_types import MediaTypes  # type: ignore[import-untyped]
from whitenoise.responders import (  # type: ignore[import-untyped]
    NOT_ALLOWED_RESPONSE,
    NOT_MODIFIED_HEADERS,
    Response,
)

FOLDER = Path(__file__).parent / "static"

AT_ROOT = ("favicon.ico", "robots.txt")
"""Files that are asked for at the root, by name, by those who have seen no page."""

_KINDS = MediaTypes()
_YEAR = "public, max-age=31536000, immutable"
_DAY = "public, max-age=86400"

SECURITY_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    # For an SVG that is opened by itself: it may hold scripts like a page.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class StaticFile:
    """A file in memory; to WhiteNoise, what it calls a static file."""

    body: bytes
    packed: bytes | None
    headers: Mapping[str, str]

    def get_response(self, method: str, environ: WSGIEnvironment) -> Response:
        """Status, headers and body for a request. A `Range` is ignored, as HTTP allows."""
        if method not in {"GET", "HEAD"}:
            return NOT_ALLOWED_RESPONSE
        if self.headers["ETag"].removeprefix("W/") in environ.get("HTTP_IF_NONE_MATCH", ""):
            kept = [(k, v) for k, v in self.headers.items() if k in NOT_MODIFIED_HEADERS]
            return Response(HTTPStatus.NOT_MODIFIED, kept, None)
        headers, body = [*self.headers.items()], self.body
        if self.packed is not None and takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            headers.append(("Content-Encoding", "gzip"))
            body = self.packed
        headers.append(("Content-Length", str(len(body))))
        return Response(HTTPStatus.OK, headers, BytesIO(body) if method == "GET" else None)


def static_url(name: str) -> str:
    """The address of a file by its path below `static`, e.g. `vendor/htmx.js`.

    Raises `KeyError` for a file that is not there.
    """
    return _shelf().addresses[name]


def serve_static(application: WSGIApplication) -> WSGIApplication:
    """The application behind its static files: what is none of them goes on to it."""
    front = WhiteNoise(application)
    front.files.update(_shelf().files)
    served: WSGIApplication = front
    return served


def takes_gzip(accept: str) -> bool:
    """Whether an `Accept-Encoding` names gzip, and not with the weight 0 (RFC 9110, 12.5.3)."""
    for part in accept.lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";")
        if coding == "gzip":
            return weight.rstrip("0") not in {"q=", "q=0."}
    return False


@dataclass(frozen=True)
class _Shelf:
    addresses: Mapping[str, str]
    files: Mapping[str, StaticFile]


@cache
def _shelf() -> _Shelf:
    addresses: dict[str, str] = {}
    files: dict[str, StaticFile] = {}
    for name, body in _read(FOLDER):
        digest = hashlib.sha256(body).hexdigest()
        path = PurePosixPath("/static", name)
        addresses[name] = str(path.with_name(f"{path.stem}.{digest[:12]}{path.suffix}"))
        files[addresses[name]] = _ready(name, body, digest, _YEAR)
        if name in AT_ROOT:
            files[f"/{name}"] = _ready(name, body, digest, _DAY)
    return _Shelf(addresses, files)


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _ready(name: str, body: bytes, digest: str, caching: str) -> StaticFile:
    kind = str(_KINDS.get_type(name))
    headers = {
        "Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "Cache-Control": caching,
        # Weak, because the same tag stands for the file and its compressed form.
        "ETag": f'W/"{digest[:32]}"',
        **SECURITY_HEADERS,
    }
    packed = gzip.compress(body, mtime=0)
    if len(packed) > 0.9 * len(body):
        return StaticFile(body, None, headers)
    return StaticFile(body, packed, headers | {"Vary": "Accept-Encoding"})
