"""Photos of a custody: kept for ever, without where they were taken, side by side on the pages."""

import io

import pytest
from PIL import Image

from inventory.assets.file_store import FileStore
from inventory.settings import Settings
from tests.inventory.assets.crafted import photo
from tests.inventory.conftest import MakeCaller
from tests.inventory.custody.conftest import Desk, Events


def photos_of(custody: int) -> str:
    return f"/custody/{custody}/photos"


def picture(colour: str = "red") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(kept, "PNG")
    return kept.getvalue()


def sent(raw: bytes, side: str, name: str = "a.png") -> dict[str, object]:
    return {"side": side, "file": (io.BytesIO(raw), name)}


def test_as_it_went_and_as_it_came(
    desk: Desk, api: MakeCaller, browser: MakeCaller, events: Events
) -> None:
    asset = desk.laptop("L-1")
    held = desk.out(asset, desk.pupil("a"))
    technician, hands = (
        api("technician", desk.district.north),
        browser("technician", desk.district.north),
    )
    there = f"/api/v1{photos_of(held.id)}"
    made = technician.post(there, data=sent(picture(), "out"))
    assert made.status_code == 201, made.text
    desk.back(held.id)
    late = technician.post(there, data=sent(picture("blue"), "out"))
    assert late.status_code == 409
    assert hands.post(photos_of(held.id), data=sent(picture("green"), "in")).status_code == 303
    assert [one["side"] for one in technician.get(there).json] == ["out", "in"]
    assert len(events("custody.photographed")) == 2
    tab = hands.get(f"/assets/{asset}/custody").text
    assert f"{photos_of(held.id)}" in tab
    shown = hands.get(photos_of(held.id)).text
    assert shown.count("/preview?size=thumb") == 2

    file = made.json["file_id"]
    removed = technician.delete(f"/api/v1/assets/{asset}/files/{file}", headers={"If-Match": "*"})
    assert removed.status_code == 409, "the history needs it"
    assert "kept" in removed.text

    desk.clock.forward(days=8)
    assert technician.post(there, data=sent(picture("pink"), "in")).status_code == 409
    foreign = api("technician", desk.district.south)
    assert foreign.get(there).status_code == 404
    assert foreign.post(there, data=sent(picture(), "in")).status_code == 404


def test_where_a_phone_took_it_is_not_stored(
    desk: Desk, api: MakeCaller, settings: Settings
) -> None:
    held = desk.out(desk.laptop("L-1"), desk.pupil("a"))
    raw = photo()
    assert b"Jane Doe" in raw
    technician = api("technician", desk.district.north)
    made = technician.post(f"/api/v1{photos_of(held.id)}", data=sent(raw, "out", "IMG_1.jpg"))
    assert made.status_code == 201, made.text
    asset, file = made.json["asset_id"], made.json["file_id"]
    stored = technician.get(f"/api/v1/assets/{asset}/files/{file}/content").data
    assert b"Jane Doe" not in stored
    with Image.open(io.BytesIO(stored)) as opened:
        assert dict(opened.getexif()) == {}
    kept = [path for path in FileStore.of(settings).folder.rglob("*") if path.is_file()]
    assert kept
    assert not any(b"Jane Doe" in path.read_bytes() for path in kept)


@pytest.mark.parametrize("raw", [b"%PDF-1.7 no picture", b"GIF89a", b"<svg/>"])
def test_what_is_no_picture(desk: Desk, api: MakeCaller, browser: MakeCaller, raw: bytes) -> None:
    held = desk.out(desk.laptop("L-1"), desk.pupil("a"))
    there = photos_of(held.id)
    technician = api("technician", desk.district.north)
    assert technician.post(f"/api/v1{there}", data=sent(raw, "out")).status_code == 422
    hands = browser("technician", desk.district.north)
    assert hands.post(there, data=sent(raw, "out")).status_code == 422
    assert hands.post(there, data={"side": "out"}).status_code == 422
