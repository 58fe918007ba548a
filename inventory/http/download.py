"""Sending bytes that somebody uploaded: never as a part of this site."""

import re
from pathlib import Path
from urllib.parse import quote

from flask import Response, request, send_file

_PLAIN = re.compile(r"[^A-Za-z0-9._ -]")
_ATTR_CHARS = "!#$&+-.^_`|~"

HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Kept by this browser alone, and asked for again each time: permissions end.
    "Cache-Control": "private, no-cache",
}


def disposition(name: str, *, inline: bool = False) -> str:
    """A Content-Disposition (RFC 6266): the name in ASCII for old clients, and whole by RFC 8187.

    Whatever the name holds, nothing but letters, digits and a few signs gets into the header.
    """
    plain = _PLAIN.sub("_", name)
    whole = quote(name, safe=_ATTR_CHARS, errors="replace")
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{whole}"


def sent(path: Path, media_type: str, *, name: str, etag: str, inline: bool = False) -> Response:
    """The file as a response, 304 where If-None-Match names `etag`. Inline is only for bytes that
    this program made itself."""
    # Only the browser's own question is answered: werkzeug takes `If-Match: *` for a mismatch.
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        response = send_file(path.absolute(), mimetype=media_type, conditional=False, etag=False)
        response.headers["Content-Disposition"] = disposition(name, inline=inline)
        del response.headers["Last-Modified"]
    response.headers.update(HEADERS)
    response.set_etag(etag)
    return response
