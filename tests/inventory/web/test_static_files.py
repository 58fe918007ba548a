"""Static files: addresses, headers, compression, and what is not one."""

import gzip
import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask.testing import FlaskClient
from hatchling.builders.wheel import WheelBuilder
from PIL import Image
from werkzeug.test import Client, TestResponse

from inventory.app import create_app
from inventory.db import Database
from inventory.settings import Settings
from inventory.web.static_files import FOLDER, serve_static, static_url, takes_gzip

BEHIND = "the application"
NAMES = sorted(p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*") if p.is_file())
CSS, SCRIPT, ICONS = "vendor/bootstrap.min.css", "vendor/htmx.js", "vendor/icons.svg"


def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    start_response("404 NOT FOUND", [("Content-Type", "text/plain")])
    return [BEHIND.encode()]


@pytest.fixture
def web() -> Client:
    return Client(serve_static(application))


def get(web: Client, address: str, encoding: str = "", **headers: str) -> TestResponse:
    return web.get(address, headers={"Accept-Encoding": encoding, **headers})


@pytest.mark.parametrize("name", NAMES)
def test_an_address_holds_the_hash_of_the_content(web: Client, name: str) -> None:
    body = (FOLDER / name).read_bytes()
    stem, _, ending = name.rpartition(".")
    assert static_url(name) == f"/static/{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{ending}"
    answer = get(web, static_url(name))
    assert (answer.status_code, answer.data) == (200, body)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Encoding" not in answer.headers
    assert answer.content_length == len(body)


@pytest.mark.parametrize("name", ["nothing.css", "", "/", "..", "vendor", "../static_files.py"])
def test_a_name_that_is_no_file_is_an_error(name: str) -> None:
    with pytest.raises(KeyError):
        static_url(name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (CSS, "text/css; charset=utf-8"),
        (SCRIPT, "text/javascript; charset=utf-8"),
        (ICONS, "image/svg+xml"),
        ("favicon.ico", "image/x-icon"),
        ("robots.txt", "text/plain; charset=utf-8"),
    ],
)
def test_types_and_security_headers(web: Client, name: str, kind: str) -> None:
    headers = get(web, static_url(name)).headers
    assert headers["Content-Type"] == kind
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("name", [CSS, SCRIPT, ICONS])
def test_large_texts_are_sent_compressed(web: Client, name: str) -> None:
    plain, packed = get(web, static_url(name)), get(web, static_url(name), "gzip, deflate, br")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == (FOLDER / name).read_bytes()
    assert packed.content_length == len(packed.data) < 0.4 * len(plain.data)
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] == plain.headers["ETag"]
    assert plain.headers["ETag"].startswith("W/"), "one tag for two encodings is a weak one"


def test_a_file_that_does_not_shrink_is_sent_as_it_is(web: Client) -> None:
    answer = get(web, static_url("robots.txt"), "gzip")
    assert "Content-Encoding" not in answer.headers
    assert "Vary" not in answer.headers


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        ("gzip", True), ("GZIP", True), ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("gzip; q=1", True), ("gzip;q=0.10", True), ("", False), ("br", False), ("gzipped", False),
        ("gzip;q=0", False), ("gzip ; q=0.000, br", False), ("identity", False), ("*", False),
        (",;,", False),
    ],
)  # fmt: skip
def test_who_takes_gzip(accept: str, taken: bool) -> None:
    assert takes_gzip(accept) is taken


def test_head_has_the_headers_and_no_body(web: Client) -> None:
    full = get(web, static_url(CSS), "gzip")
    head = web.head(static_url(CSS), headers={"Accept-Encoding": "gzip"})
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers == full.headers


@pytest.mark.parametrize("form", ["{}", '"other", {}', '{}, W/"x"', "strong"])
def test_what_the_browser_has_is_not_sent_again(web: Client, form: str) -> None:
    tag = get(web, static_url(CSS)).headers["ETag"]
    known = tag.removeprefix("W/") if form == "strong" else form.format(tag)
    answer = get(web, static_url(CSS), "gzip", **{"If-None-Match": known})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == tag
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Content-Length" not in answer.headers


@pytest.mark.parametrize("known", ["", '""', 'W/"0"', "W/", "*" * 9000])
def test_an_unknown_tag_gets_the_file(web: Client, known: str) -> None:
    assert get(web, static_url(CSS), **{"If-None-Match": known}).status_code == 200


def test_a_part_of_a_file_is_all_of_it(web: Client) -> None:
    for wanted in ("bytes=0-3", "bytes=-1", "bytes=9-1", "lines=1"):
        answer = get(web, static_url(CSS), Range=wanted)
        assert (answer.status_code, answer.data) == (200, (FOLDER / CSS).read_bytes())


def test_only_reading_is_allowed(web: Client) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        answer = web.open(static_url(CSS), method=method)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "address",
    [
        "/", "/static", "/static/", "/static/vendor", "/static/vendor/", "/static/homeroom.css",
        "/static/vendor/htmx.000000000000.js", "/static/../static_files.py", "/favicon.svg",
        "/static/vendor/../../pages.py", "/static/%2e%2e/pages.py", "/static/..%2fpages.py",
        "/static/..\\pages.py", "/static/%00", "/static/\xff", "//etc/passwd",
        "/static//etc/passwd", "/vendor/htmx.js", "/robots.txt/", "/ROBOTS.TXT",
    ],
)  # fmt: skip
def test_what_is_no_static_file_goes_to_the_application(web: Client, address: str) -> None:
    answer = web.get(address)
    assert (answer.status_code, answer.text) == (404, BEHIND)


def test_an_address_is_taken_as_it_was_given(web: Client) -> None:
    address = static_url(SCRIPT)
    for other in (f"{address}/", address.upper(), f"/x/..{address}", f"{address}\x00"):
        assert web.get(other).text == BEHIND
    assert web.get(f"{address}?v=1").status_code == 200


def test_files_at_the_root(web: Client) -> None:
    robots = web.get("/robots.txt")
    assert robots.text == "User-agent: *\nDisallow: /\n"
    icon = web.get("/favicon.ico")
    with Image.open(io.BytesIO(icon.data)) as image:
        assert image.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    for answer in (robots, icon):
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_application_serves_them_to_nobody(client: FlaskClient) -> None:
    assert client.get(static_url(CSS)).status_code == 200
    assert client.get("/robots.txt").status_code == 200
    missing = client.get("/static/missing.css")
    assert missing.status_code == 404
    assert missing.headers["Cache-Control"] == "no-store", "a missing file may be there tomorrow"


def test_a_trusted_proxy_is_still_listened_to(settings: Settings, database: Database) -> None:
    web = create_app(replace(settings, trusted_proxies=1), database).test_client()
    secure = {"X-Forwarded-Proto": "https"}
    assert web.get(static_url(CSS), headers=secure).status_code == 200
    assert "Strict-Transport-Security" in web.get("/static/missing.css", headers=secure).headers
    assert "Strict-Transport-Security" not in web.get("/static/missing.css").headers


def test_the_wheel_ships_them(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    (wheel,) = WheelBuilder(str(root)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        shipped = set(archive.namelist())
    web_files = [p for p in FOLDER.parent.rglob("*") if p.is_file() and p.suffix != ".pyc"]
    assert {p.relative_to(root).as_posix() for p in web_files} <= shipped
