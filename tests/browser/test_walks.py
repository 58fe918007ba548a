"""Whole stories in the browser, on a district of their own: what people do, from door to result."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import gates
from tests.browser.conftest import axe, coordinator_page
from tests.browser.district import Made, fill
from tests.browser.serving import Installation, install, running


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Made]]:
    """Stories change what they touch: they get their own district."""
    installation = install(tmp_path_factory.mktemp("walks"))
    made = fill(installation)
    with running(installation):
        yield installation, made


@pytest.fixture
def page(chromium: Browser, own: tuple[Installation, Made]) -> Iterator[Page]:
    """Signed in as the coordinator."""
    with coordinator_page(chromium, *own) as opened:
        yield opened


@pytest.fixture
def made(own: tuple[Installation, Made]) -> Made:
    return own[1]


def fine(page: Page) -> None:
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []


def test_a_conflict_is_resolved(page: Page, made: Made) -> None:
    page.goto("/")
    page.locator("main a[href='/discoveries?outcome=conflict']").click()
    page.locator("tbody a").first.click()
    page.wait_for_url(re.compile(rf"/discoveries/{made.finding_conflict}"))
    expect(page.get_by_role("heading", name="What is true?")).to_be_visible()
    page.get_by_role("link", name="It is the same device").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    fine(page)
    dialog.get_by_role("button", name="It is the same").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    fine(page)
    dialog.get_by_label("Its hardware was replaced, or its record was wrong").check()
    dialog.get_by_role("button", name="It is the same").click()
    expect(page.locator("main [role=status]").first).to_contain_text(re.compile(r"\w"))
    page.goto("/discoveries?outcome=conflict")
    expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()


def test_many_assets_are_changed_at_once(page: Page, made: Made) -> None:
    page.goto("/assets?category=printer")
    boxes = page.locator("tbody input[type=checkbox]")
    count = boxes.count()
    assert count > 2
    page.get_by_label("Select all on this page").check()
    expect(page.locator("[data-checked]")).to_have_text(str(count))
    fine(page)
    page.get_by_role("button", name="Change …").click()
    page.get_by_label("Change: Funding source").check()
    page.get_by_label("Funding source", exact=True).fill("Title I")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("h1")).to_have_text("Preview of the change")
    expect(page.get_by_text("Title I").first).to_be_visible()
    fine(page)
    page.locator("main form button.btn-primary").click()
    expect(page.locator("h1")).to_have_text("Changed")
    fine(page)
    page.goto("/assets?funding_source=Title+I")
    expect(page.locator("tbody tr")).to_have_count(count)


def test_a_printers_supplies_are_read(page: Page, made: Made) -> None:
    page.goto(f"/assets/{made.printer}")
    page.get_by_role("navigation").get_by_role("link", name=re.compile("Supplies")).click()
    expect(page.get_by_role("heading", name="Supplies now")).to_be_visible()
    pictures = page.locator("main svg[role=img]")
    assert pictures.count() >= 1
    table = page.get_by_text("Show as table").first
    table.click()
    expect(page.get_by_role("table").first).to_be_visible()
    fine(page)


def test_a_view_is_saved_and_comes_back_with_one_click(page: Page, made: Made) -> None:
    page.goto("/assets")
    page.locator("#facets input[value=network_device]").check()
    page.wait_for_url(re.compile("category=network_device"))
    fine(page)
    page.get_by_role("link", name="Save view").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Name").fill("All switches")
    dialog.get_by_role("button", name=re.compile("Save")).click()
    expect(page.locator("main [role=status]").first).to_contain_text(re.compile(r"\w"))
    page.goto("/assets")
    page.get_by_role("link", name="All switches").first.click()
    page.wait_for_url(re.compile("category=network_device"))


def test_back_restores_the_list(page: Page, made: Made) -> None:
    page.goto("/assets")
    page.locator("#facets input[value=printer]").check()
    page.wait_for_url(re.compile("category=printer"))
    rows = page.locator("tbody tr").count()
    page.locator("tbody a").first.click()
    page.wait_for_url(re.compile(r"/assets/\d+"))
    page.go_back()
    page.wait_for_url(re.compile("category=printer"))
    expect(page.locator("tbody tr")).to_have_count(rows)
    expect(page.locator("#facets input[value=printer]")).to_be_checked()


def test_a_photo_is_added_and_removed(page: Page, made: Made) -> None:
    page.goto(f"/assets/{made.asset}/files")
    picture = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(picture, "PNG")
    page.locator("input[type=file]").set_input_files(
        {"name": "front.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("1 file added.")).to_be_visible()
    # Among the photos, and in place of the kind's icon at the head.
    expect(page.locator("main img")).to_have_count(2)
    fine(page)


def test_a_device_is_recorded_by_hand(page: Page, made: Made) -> None:
    page.goto("/assets/new")
    page.get_by_label("Kind").select_option("chromebook")
    page.get_by_label("Serial number", exact=True).fill("5CD1234XYZ")
    page.locator("main").get_by_role(
        "button", name=re.compile("Save|Record|Add|Make")
    ).first.click()
    page.wait_for_url(re.compile(r"/assets/\d+"))
    expect(page.get_by_text("5CD1234XYZ").first).to_be_visible()
