"""The scan station over HTTP: with and without JavaScript, sent twice, undone, refused."""

from inventory.custody import service
from inventory.custody.scan_pages import CAMERA_POLICY
from tests.inventory.conftest import MakeCaller
from tests.inventory.custody.conftest import Desk, Events

EVIL = '"><script>alert(1)</script>'


def test_one_scan_a_time_and_sent_again(desk: Desk, browser: MakeCaller, events: Events) -> None:
    asset, ada = desk.laptop("L-1"), desk.pupil("10001")
    technician = browser("technician", desk.district.north)
    at = f"/scan/one?mode=out&person_id={ada}"
    sent = {"data": {"codes": "]C1l-1"}, "headers": {"Idempotency-Key": "k1"}}
    first = technician.post(at, **sent)
    assert first.status_code == 200, first.text
    assert 'data-scan-line="out"' in first.text
    assert "Example-10001" not in first.text, "what is kept to be given twice holds no name"
    again = technician.post(at, **sent)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.text == first.text
    assert len(events("custody.given")) == 1
    refused = technician.post(at, data={"codes": "L-1"}, headers={"Idempotency-Key": "k2"})
    assert refused.status_code == 409
    assert 'data-scan-line="refused"' in refused.text
    unknown = technician.post(at, data={"codes": EVIL})
    assert unknown.status_code == 404
    assert "<script>alert" not in unknown.text
    found = technician.post("/scan/one?mode=find", data={"codes": "L-1"})
    assert "Ada Example-10001" in found.text
    assert events("custody.viewed")[-1].subject_id == str(ada)

    undone = technician.post(
        "/scan/undo?mode=out", data={"custody_id": 1},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    assert 'data-undone="yes"' in undone.text
    with desk.database.unit(write=False) as db:
        assert service.open_custody(db, asset) is None


def test_badge_then_devices_without_javascript(desk: Desk, browser: MakeCaller) -> None:
    desk.laptop("L-1"), desk.laptop("L-2")
    desk.pupil("10001"), desk.pupil("10002")
    technician = browser("technician", desk.district.north)
    body = {"codes": "10001\r\nL-1\r\n\r\n10002\r\nl-2\r\nL-9"}
    shown = technician.post("/scan/many?mode=out&badges=true", data=body)
    assert shown.status_code == 200
    assert shown.text.count('data-scan-line="out"') == 2
    assert shown.text.count('data-scan-line="person"') == 2
    assert shown.text.count('data-scan-line="refused"') == 1
    assert (
        "with <bdi>Ada Example-10002"
        in technician.post("/scan/one?mode=find", data={"codes": "L-2"}).text
    )
    back = technician.post("/scan/many?mode=in&condition=broken", data={"codes": "L-1"})
    assert "repair shop" in back.text
    too_many = {"codes": "\n".join(f"T-{n}" for n in range(300))}
    assert technician.post("/scan/many?mode=in", data=too_many).status_code == 422


def test_the_page_asks_first_and_allows_its_reader(desk: Desk, browser: MakeCaller) -> None:
    ada = desk.pupil("10001")
    technician = browser("technician", desk.district.north)
    asks = technician.get("/scan")
    assert "scan-code" not in asks.text
    assert asks.headers["Content-Security-Policy"] == CAMERA_POLICY
    assert "wasm-unsafe-eval" not in technician.get("/custody").headers["Content-Security-Policy"]
    found = technician.post("/scan/person?mode=out", data={"q": "exam"})
    assert f"person_id={ada}" in found.text
    ready = technician.get(f"/scan?mode=out&person_id={ada}")
    assert "Hand out to <bdi>Ada" in ready.text or "Ada Example-10001" in ready.text
    assert "scan-code" in ready.text
    assert technician.get("/scan?mode=in").status_code == 200
    foreign = browser("technician", desk.district.south)
    assert "Ada" not in foreign.get(f"/scan?mode=out&person_id={ada}").text
    assert browser("helpdesk", desk.district.north).get("/scan").status_code == 403
