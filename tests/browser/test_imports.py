"""An import in the browser: the file, its columns, a typing error, the plan, and back."""

import re

from playwright.sync_api import expect

from tests.browser import gates
from tests.browser.conftest import OpenTab, axe


def test_a_file_is_imported_and_taken_back(tab: OpenTab) -> None:
    page = tab()
    page.goto("/imports")
    page.get_by_role("link", name="Import a file").click()
    page.wait_for_url(re.compile("/imports/new"))
    text = (
        "Asset Tag,Device Type,Brand,Model,X\n"
        "WALK-1,Laptop,Acmee,Book 1,\nWALK-2,Laptop,Acme,Book 1,\n"
    )
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "walk.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Upload").click()
    page.wait_for_url(re.compile(r"/imports/\d+/columns"))
    expect(page.get_by_label("Asset Tag")).to_have_value("tag")
    expect(page.get_by_label("Brand")).to_have_value("manufacturer")
    page.get_by_role("button", name="Plan it").click()
    page.wait_for_url(re.compile(r"/imports/\d+$"))
    expect(page.get_by_text("rows name something unknown")).to_be_visible()
    expect(page.get_by_role("button", name="Approve and apply")).to_have_count(0)
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []

    page.get_by_label("Acmee").select_option(label="Acme")
    page.get_by_role("button", name="Plan with these answers").click()
    expect(page.get_by_role("button", name="Approve and apply")).to_be_visible()
    page.get_by_role("button", name="Approve and apply").click()
    expect(page.get_by_role("button", name="Undo the import")).to_be_visible()
    page.get_by_role("link", name="WALK-1", exact=True).click()
    page.wait_for_url(re.compile(r"/assets/\d+"))
    expect(page.get_by_role("main")).to_contain_text("WALK-1")

    page.go_back()
    page.wait_for_url(re.compile(r"/imports/\d+$"))
    page.get_by_label("Why it is taken back").fill("only a walk")
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("There is nothing left to decide.")).to_be_visible()
