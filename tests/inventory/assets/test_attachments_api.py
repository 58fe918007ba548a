"""/api/v1/assets/{id}/files over HTTP: what is sent, and what no browser does with it."""

import dataclasses
import io
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from inventory.assets.attachment_models import Attachment
from inventory.assets.file_store import FileStore
from inventory.db import Database
from inventory.http.unit import EXTENSION, Runtime
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.assets.conftest import District, Make
from tests.inventory.assets.crafted import (
    HTML,
    PDF,
    SVG,
    WORD,
    photo,
    picture,
    png_claiming,
    zipped,
)
from tests.inventory.conftest import Caller, MakeCaller

ANY = {"If-Match": "*"}


@pytest.fixture
def technician(api: MakeCaller, district: District) -> Caller:
    return api("technician", site=district.lincoln)


@pytest.fixture
def url(make: Make, district: District) -> str:
    return f"/api/v1/assets/{make(site_id=district.room_12).id}/files"


def send(
    caller: Caller, url: str, raw: bytes = PDF, name: str = "x.pdf", **fields: Any
) -> TestResponse:
    return caller.post(url, data={"file": (io.BytesIO(raw), name), **fields})


def send_large(caller: Caller, url: str, raw: bytes, before: str = "") -> TestResponse:
    """Written by hand: the test client leaves files of large bodies open."""
    head = f'{before}--x\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    body = head.encode() + raw + b"\r\n--x--\r\n"
    return caller.post(url, data=body, content_type="multipart/form-data; boundary=x")


def test_upload_list_open_change_remove(technician: Caller, url: str) -> None:
    answer = send(technician, url, photo(6, (800, 600)), "../../IMG 1.jpg", caption=" front ")
    file = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{url}/{file['id']}"
    told = {"name": "IMG 1.jpg", "media_type": "image/jpeg", "kind": "photo", "width": 600,
            "height": 800, "has_preview": True, "caption": "front", "version": 1}  # fmt: skip
    assert {name: file[name] for name in told} == told
    path = f"{url}/{file['id']}"
    read = technician.get(path)
    assert (read.get_json(), read.headers["ETag"]) == (file, answer.headers["ETag"])
    again = send(technician, url, photo(6, (800, 600)), "other.jpg")
    assert (again.status_code, again.get_json()) == (200, file)
    send(technician, url)
    page = technician.get(f"{url}?limit=1").get_json()
    rest = technician.get(f"{url}?limit=1&after={page['next']}").get_json()
    names = [f["name"] for f in page["items"] + rest["items"]]
    assert (names, rest["next"]) == (["x.pdf", "IMG 1.jpg"], None)

    assert technician.patch(path, json={"caption": "back"}).status_code == 428
    match = {"If-Match": read.headers["ETag"]}
    changed = technician.patch(path, json={"caption": "back", "name": "a/b.jpg"}, headers=match)
    assert changed.get_json()["name"] == "b.jpg"
    assert technician.patch(path, json={"caption": "x"}, headers=match).status_code == 412
    assert technician.delete(path, headers=match).status_code == 412
    assert technician.delete(path).status_code == 428
    match = {"If-Match": changed.headers["ETag"]}
    assert technician.delete(path, headers=match).status_code == 204
    for gone in ("", "/content", "/preview"):
        assert technician.get(path + gone).status_code == 404
    assert [f["name"] for f in technician.get(url).get_json()["items"]] == ["x.pdf"]
    assert technician.delete(path, headers=ANY).status_code == 404
    lost = technician.get(f"{url}?removed=true").get_json()["items"]
    assert [(f["id"], f["removed_at"] is not None) for f in lost] == [(file["id"], True)]
    assert technician.post(f"{path}/take-back").get_json()["removed_at"] is None
    assert technician.get(f"{path}/content").status_code == 200
    assert technician.post(f"{path}/take-back").status_code == 404


@pytest.mark.parametrize(
    ("raw", "name", "media_type", "called"),
    [
        (PDF, "a.pdf", "application/pdf", "a.pdf"),
        (HTML, "photo.jpg", "application/octet-stream", "photo.jpg"),
        (HTML, "x.html", "application/octet-stream", "x.html.bin"),
        (SVG, "logo.svg", "application/octet-stream", "logo.svg.bin"),
        (HTML + PDF, "x.pdf", "application/octet-stream", "x.pdf"),
        (picture("GIF") + zipped({"A.class": b""}), "x.jar", "image/gif", "x.jar.gif"),
        (picture("JPEG") + HTML, "x.html", "image/jpeg", "x.html.jpg"),
        (b"=cmd()\n@echo off", "x.bat", "text/plain; charset=utf-8", "x.bat.txt"),
        (PDF, 'a"\r\nSet-Cookie: x', "application/pdf", "a.pdf"),
        (PDF, "a\u202efdp.exe", "application/pdf", "afdp.exe.pdf"),
        (PDF, "x" * 300, "application/pdf", "x" * 200 + ".pdf"),
        (PDF, "プリンタ; filename=x.exe", "application/pdf", "プリンタ; filename=x.exe.pdf"),
    ],
    ids=range(12),
)
def test_an_upload_is_only_ever_saved(
    technician: Caller, url: str, raw: bytes, name: str, media_type: str, called: str
) -> None:
    sent = send(technician, url, raw, name)
    assert sent.status_code == 201, sent.text
    answer = technician.get(f"{url}/{sent.get_json()['id']}/content")
    assert (answer.status_code, answer.data, answer.content_type) == (200, raw, media_type)
    headers = answer.headers
    assert "Set-Cookie" not in headers
    kind, told = parse_options_header(headers["Content-Disposition"])
    assert (kind, told["filename"]) == ("attachment", called)
    assert_harmless(answer)


def assert_harmless(answer: TestResponse) -> None:
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "private, no-cache"
    assert "Last-Modified" not in headers


def test_previews_stand_in_a_page_and_are_asked_for_once(technician: Caller, url: str) -> None:
    file = send(technician, url, photo(1, (800, 600)), "a.jpg").get_json()
    path = f"{url}/{file['id']}"
    for query, tag in (("", "thumb"), ("?size=thumb", "thumb"), ("?size=view", "view")):
        small = technician.get(f"{path}/preview{query}")
        assert (small.status_code, small.content_type) == (200, "image/webp")
        assert small.headers["Content-Disposition"].startswith('inline; filename="a.jpg.webp"')
        assert small.headers["ETag"] == f'"{file["sha256"]}-{tag}"'
        assert b"Jane" not in small.data
        assert_harmless(small)
    for part in ("content", "preview"):
        first = technician.get(f"{path}/{part}")
        asked = {"If-None-Match": first.headers["ETag"]}
        same = technician.get(f"{path}/{part}", headers=asked)
        assert (same.status_code, same.data) == (304, b"")
        assert technician.get(f"{path}/{part}", headers={"If-None-Match": '"x"'}).data == first.data
    assert technician.get(f"{path}/preview?size=huge").status_code == 422
    document = send(technician, url).get_json()
    assert technician.get(f"{url}/{document['id']}/preview").status_code == 404


@pytest.mark.parametrize(
    ("raw", "says"),
    [(b"", "empty"), (png_claiming(60_000, 60_000), "60000 x 60000"), (photo()[:-30], "damaged")],
    ids=range(3),
)
def test_what_is_refused(technician: Caller, url: str, raw: bytes, says: str) -> None:
    answer = send(technician, url, raw)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert says in answer.get_json()["errors"]["file"][0]
    assert technician.get(url).get_json()["items"] == []


def test_a_bomb_of_a_document_is_kept_unopened(technician: Caller, url: str) -> None:
    raw = zipped({**WORD, "word/x.xml": b"\0" * 50_000_000})
    assert send(technician, url, raw, "x.docx").get_json()["media_type"].endswith("document")


def test_bodies_that_are_no_upload(technician: Caller, url: str) -> None:
    part = {"file": (io.BytesIO(b"x"), "x")}
    for options in (
        {"data": {}}, {"data": {"caption": "x"}}, {"json": {"file": "x"}}, {"data": b"x"},
        {"data": {"file": "text"}}, {"data": {"file": "text", "caption": "x"}},
        {"data": {**part, "caption": "x" * 501}},
        {"data": b"--x\r\n\r\nnonsense", "content_type": "multipart/form-data; boundary=x"},
        {"data": b"x", "content_type": "multipart/form-data"},
        {"data": b"x" * 100, "content_type": "multipart/form-data; boundary=" + "y" * 300},
    ):  # fmt: skip
        answer = technician.post(url, **options)
        assert answer.status_code in {400, 422}, (options, answer.text)
    for odd in ("uid", "sha256", "media_type", "kind", "x"):
        answer = send(technician, url, **{odd: "1"})
        assert (answer.status_code, odd in answer.text) == (422, True)
    two = [(io.BytesIO(b"x"), "x"), (io.BytesIO(b"y"), "y")]
    assert "twice" in technician.post(url, data={"file": two}).text
    assert (
        technician.post(f"{url}?caption=x", data={"file": (io.BytesIO(b"x"), "x")}).status_code
        == 422
    )
    assert technician.get(url).get_json()["items"] == []


@pytest.fixture
def small(app: Flask, settings: Settings, database: Database, clock: Clock) -> Settings:
    """Settings with small limits, in force."""
    limits = dataclasses.replace(settings, upload_max_bytes=50_000, asset_files_most=2)
    app.extensions[EXTENSION] = Runtime(limits, database, clock)
    return limits


def test_only_an_upload_may_be_large(
    technician: Caller, url: str, settings: Settings, database: Database
) -> None:
    large = b"x" * (settings.max_body_bytes + 1_000_000)
    sent = send_large(technician, url, large)
    assert (sent.status_code, sent.get_json()["size_bytes"]) == (201, len(large))
    json = {"data": b"{" + large, "content_type": "application/json"}
    assert technician.post(url, **json).status_code == 413
    path = f"{url}/{sent.get_json()['id']}"
    assert technician.patch(path, headers=ANY, **json).status_code == 413
    assert send_large(technician, url.replace("/files", "/notes"), large).status_code == 413
    caption = '--x\r\nContent-Disposition: form-data; name="caption"\r\n\r\n' + large.decode()
    assert send_large(technician, url, b"x", f"{caption}\r\n").status_code == 413


def test_limits(technician: Caller, url: str, small: Settings) -> None:
    assert send(technician, url, b"x" * 50_000).status_code == 201
    over = send(technician, url, b"x" * 50_001)
    assert (over.status_code, "50000" in over.get_json()["detail"]) == (413, True)
    far_over = send_large(technician, url, b"x" * (small.max_body_bytes + 60_000))
    assert far_over.status_code == 413
    assert send(technician, url).status_code == 201
    assert send(technician, url, b"a third").status_code == 409


def test_another_school(
    api: MakeCaller, technician: Caller, url: str, district: District, database: Database
) -> None:
    file = send(technician, url, picture()).get_json()
    path = f"{url}/{file['id']}"
    stranger = api("technician", site=district.adams)
    for answer in (
        stranger.get(url), stranger.get(path), stranger.get(f"{path}/content"),
        stranger.get(f"{path}/preview"), stranger.patch(path, json={}, headers=ANY),
        stranger.delete(path, headers=ANY), send(stranger, url, b"new"),
        stranger.get(f"{path}/content", headers={"If-None-Match": f'"{file["sha256"]}"'}),
    ):  # fmt: skip
        assert answer.status_code == 404
    reader = api("helpdesk", site=district.lincoln)
    assert reader.get(f"{path}/content").status_code == 200
    for answer in (
        reader.patch(path, json={}, headers=ANY), reader.delete(path, headers=ANY),
        send(reader, url, b"new"),
    ):  # fmt: skip
        assert answer.status_code == 403
    with database.unit(write=False) as db:
        assert len(db.exec(select(Attachment)).all()) == 1


def test_a_file_belongs_to_its_asset(
    technician: Caller, url: str, make: Make, district: District
) -> None:
    file = send(technician, url).get_json()
    other = f"/api/v1/assets/{make(site_id=district.lincoln).id}/files/{file['id']}"
    for answer in (
        technician.get(other), technician.get(f"{other}/content"),
        technician.patch(other, json={"name": "y"}, headers=ANY),
        technician.delete(other, headers=ANY),
    ):  # fmt: skip
        assert answer.status_code == 404


def test_a_browser_needs_its_csrf_token(browser: MakeCaller, url: str, district: District) -> None:
    jane = browser("technician", site=district.lincoln)
    assert send(jane, url).status_code == 201
    jane.headers = {}
    assert send(jane, url, b"other").status_code == 403


def test_bytes_that_are_gone_are_an_error_of_the_house(
    technician: Caller, url: str, settings: Settings
) -> None:
    file = send(technician, url).get_json()
    sha256 = file["sha256"]
    stored = FileStore.of(settings).path(sha256)
    assert stored.read_bytes() == PDF
    stored.unlink()
    answer = technician.get(f"{url}/{file['id']}/content")
    assert (answer.status_code, "missing" in answer.get_json()["detail"]) == (503, True)
    assert technician.get(f"{url}/{file['id']}").status_code == 200
    assert send(technician, url).status_code == 200
    assert technician.get(f"{url}/{file['id']}/content").data == PDF, "sent again, it is mended"
