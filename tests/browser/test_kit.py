"""The kit's parts in the browser: dialog, menus, palette, scanner, toasts, without script."""

import re

from playwright.sync_api import expect

from tests.browser import gates
from tests.browser.conftest import OpenTab, axe
from tests.browser.district import Made


def test_a_dialog_opens_tells_its_mistakes_and_gives_the_focus_back(tab: OpenTab) -> None:
    page = tab()
    page.goto("/components")
    opener = page.get_by_role("link", name="Open a dialog")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    assert axe(page) == []
    page.evaluate(
        "() => document.querySelectorAll('#dialog [required]').forEach(n => n.required = false)"
    )
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(opener).to_be_focused()


def test_a_saved_dialog_says_so_on_the_page(tab: OpenTab) -> None:
    page = tab()
    page.goto("/components")
    page.get_by_role("link", name="Open a dialog").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Name").fill("x")
    dialog.get_by_label("Kind").select_option("printer")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("main [role=status]").get_by_text("Saved.")).to_be_visible()
    page.reload()
    assert page.locator("main > [role=status]").inner_text().strip() == ""


def test_forms_and_dialogs_work_without_script(tab: OpenTab) -> None:
    page = tab(java_script_enabled=False)
    page.goto("/components")
    page.get_by_role("link", name="Open a dialog").click()
    page.wait_for_url(re.compile("/components/dialog"))
    page.locator("main").get_by_label("Name").fill("x")
    page.locator("main").get_by_label("Kind").select_option("printer")
    page.locator("main").get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile("/components$"))


def test_the_menu_on_a_telephone(tab: OpenTab) -> None:
    page = tab(viewport={"width": 360, "height": 700})
    page.goto("/components")
    menu = page.get_by_role("navigation", name="Main")
    expect(menu).not_to_be_visible()
    page.get_by_role("link", name="Menu", exact=True).click()
    expect(menu).to_be_visible()
    assert axe(page) == []
    menu.get_by_role("link", name="Home").click()
    page.wait_for_url(re.compile("/$"))


def test_the_skip_link_is_the_first_stop(tab: OpenTab) -> None:
    page = tab()
    page.goto("/components")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_signing_in_by_hand_and_out_again(tab: OpenTab, made: Made) -> None:
    page = tab(None)
    page.goto("/components")
    page.wait_for_url(re.compile(r"/sign-in\?next=/components"))
    page.get_by_label("User name").fill("nobody")
    page.get_by_label("Password").fill("wrong wrong wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    assert page.get_by_label("User name").input_value() == "nobody"
    assert page.get_by_label("Password").input_value() == ""
    assert axe(page) == []
    inside = tab()
    inside.goto("/")
    inside.locator(".account-menu > summary").click()
    assert axe(inside) == []
    inside.get_by_role("button", name="Sign out").click()
    expect(inside.get_by_text("You are signed out.")).to_be_visible()
