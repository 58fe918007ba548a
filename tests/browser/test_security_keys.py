"""A security key from its making to its end, with Chromium's own virtual key behind the browser.

The pages on the way have something to show only then, so that they pass the gates here.
"""

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from inventory.access import Permission, Role, system_actor
from inventory.accounts import service as accounts
from inventory.accounts.factor_models import StepUp
from inventory.db import now
from tests.browser import gates
from tests.browser.conftest import OpenTab, axe
from tests.browser.district import Made
from tests.browser.serving import Installation

PASSWORD = "violet heron at dusk"
CONFIRM = f"/confirm?binding={'ab' * 32}&next=/me/preferences"
KEY = {
    "protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
USE = "Use a security key"


@pytest.fixture
def holder(served: tuple[Installation, Made]) -> Iterator[tuple[Installation, str, int]]:
    """An account of its own for each test: the name, and its number."""
    installation, _ = served
    actor = system_actor("browser tests", Permission)
    with installation.database.unit() as db:
        account, _ = accounts.create_account(
            db, actor, user_name=f"holder.{now():%H%M%S%f}", password=PASSWORD,
            grants=[(Role.COORDINATOR, None)], now=now(),
        )  # fmt: skip
    yield installation, account.user_name, account.id
    with installation.database.unit() as db:
        accounts.disable(db, actor, account.id, reason="the test is over", now=now())


def local(installation: Installation) -> str:
    """Security keys know no IP address."""
    return installation.url.replace("127.0.0.1", "localhost")


def plug_in(page: Page) -> None:
    """A key that its person touches at once."""
    remote = page.context.new_cdp_session(page)
    remote.send("WebAuthn.enable")
    remote.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in?next=/me/security")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def fine(page: Page) -> None:
    """The page passes the gates as it stands."""
    size = page.viewport_size
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []
        assert gates.control_borders(page) == []
    assert gates.tab_through(page) == []
    assert gates.too_wide(page) == 0
    assert page.locator("h1").count() == 1
    if size is not None:
        page.set_viewport_size(size)


def add_key(page: Page) -> None:
    page.goto("/me/security/keys/new")
    page.get_by_label("Name of the key").fill("blue key")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Register the key")).to_be_visible()
    fine(page)
    page.get_by_role("button", name="Register the key").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator("main .mono li")).to_have_count(10)


def test_a_key_from_its_making_to_its_end(
    tab: OpenTab, holder: tuple[Installation, str, int]
) -> None:
    installation, name, number = holder
    page = tab(None, base_url=local(installation))
    plug_in(page)
    sign_in(page, name)
    page.wait_for_url("/me/security")
    add_key(page)
    fine(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("rowheader", name="blue key")).to_be_visible()
    fine(page)

    page.locator(".account-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("/sign-in?left=1")
    sign_in(page, name)
    page.wait_for_url(re.compile("/sign-in/code"))
    expect(page.get_by_role("button", name=USE)).to_be_focused()
    fine(page)
    page.get_by_role("button", name=USE).click()
    page.wait_for_url("/me/security")

    page.goto(CONFIRM)
    expect(page.get_by_role("button", name=USE)).to_be_focused()
    fine(page)
    page.get_by_role("button", name=USE).press("Enter")
    page.wait_for_url("/me/preferences")
    with installation.database.unit(write=False) as db:
        given = db.exec(select(StepUp).where(col(StepUp.account_id) == number)).one()
        assert given.method.value == "webauthn"

    page.goto("/me/security")
    page.get_by_role("link", name="Remove blue key").click()
    expect(page.get_by_role("button", name=USE)).to_be_visible()
    fine(page)
    # The password must be there before the key is asked.
    page.get_by_role("button", name=USE).click()
    expect(page.get_by_label("Your password")).to_be_focused()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name=USE).click()
    expect(page.get_by_text("The security key is removed.")).to_be_visible()


def test_a_browser_without_the_key_says_so_and_a_code_still_opens(
    tab: OpenTab, holder: tuple[Installation, str, int]
) -> None:
    installation, name, _ = holder
    page = tab(None, base_url=local(installation))
    plug_in(page)
    sign_in(page, name)
    page.wait_for_url("/me/security")
    add_key(page)
    code = page.locator("main .mono li").first.inner_text()
    other = tab(None, base_url=local(installation))
    remote = other.context.new_cdp_session(other)
    remote.send("WebAuthn.enable")
    remote.send("WebAuthn.addVirtualAuthenticator", {"options": {**KEY, "isUserVerified": False}})
    sign_in(other, name)
    other.wait_for_url(re.compile("/sign-in/code"))
    other.get_by_role("button", name=USE).click()
    expect(other.get_by_text("The security key was not used.")).to_be_visible()
    fine(other)
    other.get_by_label("Code").fill(code)
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("/me/security")
    expect(other.get_by_text("9 codes are left")).to_be_visible()


def test_an_app_is_set_up_and_used_without_script(
    tab: OpenTab, holder: tuple[Installation, str, int]
) -> None:
    installation, name, _ = holder
    page = tab(None, base_url=local(installation))
    sign_in(page, name)
    page.wait_for_url("/me/security")
    page.goto("/me/security/app")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    picture = page.locator("img.qr")
    expect(picture).to_be_visible()
    assert picture.evaluate("node => node.naturalWidth > 100")
    fine(page)
    app = pyotp.TOTP(page.locator("#secret").inner_text().replace(" ", "").upper())
    page.get_by_label("Code that the app shows").fill(app.now())
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    fine(page)
    spare = page.locator("main .mono li").first.inner_text()

    bare = tab(None, base_url=local(installation), java_script_enabled=False)
    sign_in(bare, name)
    bare.wait_for_url(re.compile("/sign-in/code"))
    bare.get_by_label("Code").fill(spare)
    bare.get_by_role("button", name="Sign in").click()
    bare.wait_for_url("/me/security")
    bare.goto(CONFIRM)
    expect(bare.get_by_label("Code of your authenticator app")).to_be_visible()
    bare.goto("/me/security/keys/new")
    expect(bare.get_by_text("Security keys need JavaScript")).to_be_visible()
    page.goto(CONFIRM)
    expect(page.get_by_label("Code of your authenticator app")).to_be_visible()
    fine(page)
