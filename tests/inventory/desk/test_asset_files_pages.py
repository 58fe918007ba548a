"""An asset's photos and documents: added, shown, described, removed, only ever saved."""

import io
import re
from collections.abc import Callable
from typing import Any

from PIL import Image

from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.conftest import District
from tests.inventory.desk import asset_world as world

Browser = Callable[..., Any]


def picture(color: str = "red", size: tuple[int, int] = (40, 30)) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, color).save(kept, "PNG")
    return kept.getvalue()


def send(caller: Any, kept: int, *files: tuple[str, bytes], **form: str) -> Any:
    parts = [(io.BytesIO(raw), name) for name, raw in files]
    return caller.post(f"/assets/{kept}/files", data={"file": parts, **form})


def first_file(caller: Any, kept: int) -> str:
    found = re.search(
        rf'href="(/assets/{kept}/files/\d+)"', caller.get(f"/assets/{kept}/files").text
    )
    assert found
    return found.group(1)


def test_files_are_added_shown_and_saved(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    caller = browser("technician", site=district.north)
    sent = send(caller, kept, ("a.png", picture()), ("b.txt", b"an invoice"), caption="<i>here")
    assert sent.status_code == 303
    page = caller.get(f"/assets/{kept}/files").text
    assert "2 files added." in page
    assert "&lt;i&gt;here" in page
    url = first_file(caller, kept)
    shown = caller.get(f"{url}/preview")
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    saved = caller.get(f"{url}/content")
    assert saved.data == picture()
    assert saved.headers["Content-Disposition"].startswith("attachment")
    again = caller.get(f"{url}/preview", headers={"If-None-Match": shown.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    # The newest photo is the device's picture on every tab, and the tab tells how many there are.
    head = caller.get(f"/assets/{kept}").text
    assert f'src="{url}/preview"' in head
    assert re.search(r'Documents and photos\s*<span class="badge tone-secondary">2<', head)


def test_who_may_only_look_sees_and_saves(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    send(browser("technician", site=district.north), kept, ("a.png", picture()), caption="door")
    looks = browser("helpdesk", site=district.north)
    page = looks.get(f"/assets/{kept}/files").text
    url = first_file(looks, kept)
    assert "<input" not in page[page.index('class="asset-head"') :].split("<dialog")[0]
    assert looks.get(f"{url}/content").status_code == 200
    alone = looks.get(url).text
    assert "door" in alone
    assert "/remove" not in alone
    assert looks.post(url, data={"name": "x", "version": 1}).status_code == 403
    assert looks.post(f"{url}/remove").status_code == 403
    elsewhere = browser("technician", site=district.south)
    for tail in ("", "/preview", "/content", "/remove"):
        assert elsewhere.get(url + tail).status_code == 404, tail


def test_what_is_refused_is_said_and_what_came_before_is_kept(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    caller = browser("technician", site=district.north)
    none = caller.post(f"/assets/{kept}/files", data={"caption": "typed before"})
    assert none.status_code == 422
    assert "Choose a file first." in none.text
    assert "typed before" in none.text
    damaged = send(caller, kept, ("good.png", picture()), ("bad.png", picture()[:60]), caption="c")
    assert damaged.status_code == 422
    assert "1 file before it was kept." in damaged.text
    assert "good.png" not in damaged.text  # it is told by its caption
    assert damaged.text.count("/preview") >= 1
    assert send(caller, kept, ("empty.txt", b"")).status_code == 422


def test_the_same_file_twice_is_one(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    caller = browser("technician", site=district.north)
    for said in ("1 file added.", "The device has these very files already."):
        assert send(caller, kept, ("a.txt", b"the same")).status_code == 303
        page = caller.get(f"/assets/{kept}/files").text
        assert said in page
        assert page.count("/content") == 1


def test_a_file_is_described_and_renamed(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    caller = browser("technician", site=district.north)
    send(caller, kept, ("a.png", picture()))
    url = first_file(caller, kept)
    blank = caller.post(url, data={"name": " ", "caption": "kept typing", "version": 1})
    assert blank.status_code == 422
    assert "kept typing" in blank.text
    good = caller.post(url, data={"name": "plate.png", "caption": "the plate", "version": 1})
    assert good.status_code == 303
    late = caller.post(url, data={"name": "other.png", "caption": "x", "version": 1})
    assert late.status_code == 412
    assert "Now it is: plate.png the plate" in late.text
    assert "the plate" in caller.get(f"/assets/{kept}/files").text


def test_a_file_is_removed_after_a_question(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    caller = browser("technician", site=district.north)
    send(caller, kept, ("a.png", picture()))
    url = first_file(caller, kept)
    asked = caller.get(
        f"{url}/remove", headers={"HX-Request": "true", "HX-Target": "div#dialog-body"}
    )
    assert "deleted for good after 30 days" in asked.text
    assert "<html" not in asked.text
    assert caller.post(f"{url}/remove").status_code == 303
    assert caller.get(url).status_code == 404
    assert "No photos or documents yet" in caller.get(f"/assets/{kept}/files").text


def test_an_active_document_never_runs_here(
    browser: Browser, district: District, database: Database, clock: Clock
) -> None:
    kept = world.made(database, clock, district.north_room)
    caller = browser("technician", site=district.north)
    evil = b"<html><script>alert(1)</script></html>"
    send(caller, kept, ('x"><script>alert(1)</script>.html', evil))
    page = caller.get(f"/assets/{kept}/files").text
    assert "<script>alert" not in page
    answer = caller.get(f"{first_file(caller, kept)}/content")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert caller.get(f"{first_file(caller, kept)}/preview").status_code == 404
