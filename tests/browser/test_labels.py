"""Labels in the browser: picked in the list, seen as they are designed, printed."""

import re
from pathlib import Path

import pypdfium2
import zxingcpp
from playwright.sync_api import expect

from tests.browser import gates
from tests.browser.conftest import OpenTab, axe


def test_from_the_list_to_the_printed_sheet(tab: OpenTab, tmp_path: Path) -> None:
    page = tab()
    page.goto("/assets?category=printer")
    page.locator("tbody input[name=id]").nth(0).check()
    page.locator("tbody input[name=id]").nth(1).check()
    page.get_by_role("button", name="Labels …").click()
    page.wait_for_url(re.compile("/labels"))
    preview = page.locator("#preview")
    expect(preview.get_by_role("button", name="PDF of 2 labels")).to_be_visible()
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []

    page.get_by_label("Label stock").select_option(label="Avery 5163, 8163")
    expect(preview.locator(".sheet-picture .cell")).to_have_count(10)
    page.get_by_label("First free label on the sheet").fill("4")
    expect(preview.locator(".sheet-picture .used")).to_have_count(3)
    page.get_by_label("Tags").fill("NOBODY-1")
    expect(preview).to_contain_text("no asset bears NOBODY-1")
    expect(preview.get_by_role("button", name=re.compile("PDF"))).to_have_count(0)

    page.go_back()
    page.wait_for_url(re.compile("/assets"))
    page.goto("/labels?id=3&shown=true&codes=qr&codes=bars&stock=dymo-30252")
    with page.expect_download() as started:
        page.get_by_role("button", name="PDF of one label").click()
    started.value.save_as(tmp_path / "labels.pdf")
    document = pypdfium2.PdfDocument(tmp_path / "labels.pdf")
    picture = document[0].render(scale=300 / 72).to_pil()
    document.close()
    texts = {code.text for code in zxingcpp.read_barcodes(picture)}
    assert len(texts) == 2
    (tag,) = [text for text in texts if "/a/" not in text]
    assert any(text.endswith(f"/a/{tag}") for text in texts)
