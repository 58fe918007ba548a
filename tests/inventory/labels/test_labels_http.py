"""Labels over the API and in the browser."""

import pypdfium2
import pytest
import zxingcpp

from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR

LABELS = "/api/v1/labels"
ROLL = {"page_width": 60, "page_height": 30, "width": 60, "height": 30}


@pytest.fixture
def laptops(database: Database, district, clock: Clock):  # type: ignore[no-untyped-def]
    with database.unit() as db:
        for tag, site, name in (
            ("N-1", district.north, "<script>alert(1)</script>"),
            ("N-2", district.north, "LIB-02"),
            ("S-1", district.south, "GYM-01"),
        ):
            draft = AssetDraft(
                category=Category.LAPTOP, tag=tag, site_id=site, name=name, serial=f"SN{tag}"
            )
            assets.create(db, OPERATOR, draft, now=clock())


def read_pdf(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        pictures = [page.render(scale=300 / 72).to_pil().convert("L") for page in document]
        return [code.text for each in pictures for code in zxingcpp.read_barcodes(each)]
    finally:
        document.close()


def test_labels_of_ones_own_school_as_pdf(api, district, laptops) -> None:  # type: ignore[no-untyped-def]
    technician = api("technician", site=district.north)
    answer = technician.post(LABELS, json={"tags": ["N-2", "n-1"], "stock": "dymo-30252"})
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="labels.pdf"')
    codes = read_pdf(answer.data)
    assert {"N-2", "N-1"} <= set(codes)
    assert [each.rsplit("/", 1)[1] for each in codes if "/a/" in each] == ["N-2", "N-1"]


def test_a_tag_of_another_school_is_no_known_tag(api, district, laptops) -> None:  # type: ignore[no-untyped-def]
    technician = api("technician", site=district.north)
    told = [
        technician.post(LABELS, json={"tags": ["N-1", tag]}).get_json()["errors"]
        for tag in ("S-1", "X-1")
    ]
    assert [str(each).replace("S-1", "X-1") for each in told] == [str(told[1])] * 2


def test_zpl_for_a_roll(api, laptops) -> None:  # type: ignore[no-untyped-def]
    order = {"tags": ["N-1"], "stock": "zebra-2x1", "format": "zpl", "lines": ["name"], "dpi": 300}
    answer = api("coordinator").post(LABELS, json=order)
    assert answer.status_code == 200
    assert "_3Cscript_3E" in answer.text
    sheet = api("coordinator").post(LABELS, json={**order, "stock": "avery-5160"})
    assert sheet.status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"stock": "no such"},
        {"start": 31},
        {"dx": 99},
        {"dx": float("nan")},
        {"tags": []},
        {"tags": ["N-1"] * 2001},
        {"lines": ["password"]},
        {"dpi": 1},
    ],
)
def test_what_cannot_be_printed_is_told(api, laptops, wrong) -> None:  # type: ignore[no-untyped-def]
    answer = api("coordinator").post(LABELS, json={"tags": ["N-1"], **wrong})
    assert answer.status_code in {400, 422}


def test_own_stock_is_used_and_forgotten(api, laptops, events) -> None:  # type: ignore[no-untyped-def]
    coordinator = api("coordinator")
    made = coordinator.post("/api/v1/label-stock", json={"name": "Asset tape", **ROLL})
    assert made.status_code == 201
    key = f"own-{made.get_json()['id']}"
    listed = coordinator.get("/api/v1/label-stock").get_json()["items"]
    assert listed[0]["key"] == key
    printed = coordinator.post(LABELS, json={"tags": ["N-1"], "stock": key})
    assert "N-1" in read_pdf(printed.data)
    again = coordinator.post("/api/v1/label-stock", json={"name": "Asset tape", **ROLL})
    assert again.status_code == 409
    wide = coordinator.post("/api/v1/label-stock", json={"name": "x", **ROLL, "columns": 3})
    assert wide.status_code == 422
    assert (
        api("technician").post("/api/v1/label-stock", json={"name": "y", **ROLL}).status_code == 403
    )
    gone = coordinator.delete(f"/api/v1/label-stock/{made.get_json()['id']}")
    assert gone.status_code == 204
    assert coordinator.post(LABELS, json={"tags": ["N-1"], "stock": key}).status_code == 422
    assert len(events("label_stock.created")) == len(events("label_stock.deleted")) == 1


def test_the_designer_shows_what_will_be_printed(browser, district, laptops) -> None:  # type: ignore[no-untyped-def]
    technician = browser("technician", site=district.north)
    empty = technician.get("/labels")
    assert empty.status_code == 200
    assert "Label of ABC-00123" in empty.text
    shown = technician.get(
        "/labels?shown=true&tags=N-1,N-2&lines=name&codes=qr&stock=avery-5160&start=3"
    )
    assert "Label of N-1" in shown.text
    assert "PDF of 2 labels" in shown.text
    assert "<script>alert" not in shown.text
    assert shown.text.count('class="cell used"') == 2
    missing = technician.get("/labels?tags=S-1")
    assert "no asset bears S-1" in missing.text
    assert "PDF of" not in missing.text


def test_a_code_that_does_not_fit_is_told_before(browser, laptops) -> None:  # type: ignore[no-untyped-def]
    shown = browser("coordinator").get("/labels?shown=true&codes=bars&codes=qr&stock=avery-6576")
    assert "Bar code: does not fit on one label" in shown.text


def test_the_file_comes_from_the_form(browser, laptops) -> None:  # type: ignore[no-untyped-def]
    coordinator = browser("coordinator")
    form = {"tags": "N-1", "stock": "dymo-30252", "codes": ["qr", "bars"], "lines": ["name"]}
    assert "N-1" in read_pdf(coordinator.post("/labels/print", data={**form, "what": "pdf"}).data)
    zpl = coordinator.post("/labels/print", data={**form, "what": "zpl"})
    assert zpl.text.startswith("^XA")
    sheet = coordinator.post("/labels/print", data={**form, "what": "calibration", "tags": ""})
    assert sheet.content_type == "application/pdf"
    assert coordinator.post("/labels/print", data={**form, "tags": "S-9"}).status_code == 422


def test_a_printer_that_is_off_is_kept(browser, laptops) -> None:  # type: ignore[no-untyped-def]
    coordinator = browser("coordinator")
    made = coordinator.post("/labels/printers", data={"name": "Office", "dx": "1.5", "dy": "-0.5"})
    assert made.status_code == 303
    assert "1.5 mm to the right, -0.5 mm down" in coordinator.get("/labels/printers").text
    assert "Office" in coordinator.get("/labels").text
    far = coordinator.post("/labels/printers", data={"name": "Far", "dx": "40", "dy": "0"})
    assert far.status_code == 422


def test_ticked_assets_come_with_their_tags(browser, district, laptops) -> None:  # type: ignore[no-untyped-def]
    coordinator = browser("coordinator")
    shown = coordinator.get("/labels?id=1&id=3&back=category%3Dlaptop")
    assert "PDF of 2 labels" in shown.text
    assert 'href="/assets?category=laptop"' in shown.text
    own = browser("technician", site=district.north).get("/labels?id=1&id=3")
    assert "PDF of one label" in own.text
    assert "S-1" not in own.text
