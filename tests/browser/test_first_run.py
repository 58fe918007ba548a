"""From an empty installation to the first sweep: the walk of whoever installs Homeroom."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import gates
from tests.browser.conftest import OpenTab, Watch, axe
from tests.browser.serving import Installation, install, running
from tests.inventory.discovery.conftest import PRINTERS, district_of
from tests.simnet import Simnet

PASSWORD = "violet heron at dusk"


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = install(tmp_path_factory.mktemp("empty"), worker=True)
    with running(made, empty=True):
        yield made


def fine(page: Page) -> None:
    """The page passes the gates as it stands, in both themes."""
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []
        assert gates.control_borders(page) == []


def test_from_nothing_to_the_first_sweep(chromium: Browser, empty: Installation) -> None:
    context = chromium.new_context(base_url=empty.url, reduced_motion="reduce")
    page = context.new_page()
    watch = Watch(page)
    with Simnet.start(PRINTERS, district=district_of(PRINTERS)) as net:
        _make_the_first_account(page, empty)
        _school_credential_network(page, net)
        _sweep(page, len(PRINTERS))
    assert watch.problems == []
    context.close()


def _make_the_first_account(page: Page, empty: Installation) -> None:
    page.goto("/")
    page.wait_for_url(re.compile("/setup"))
    fine(page)
    # The part behind # alone would not make the browser load the page again.
    page.goto("about:blank")
    page.goto(empty.link)
    page.get_by_label("User name").fill("coordinator")
    page.get_by_label("Your name").fill("Dana Reyes")
    page.get_by_label("Password", exact=False).nth(0).fill("short")
    page.get_by_label("The password once more").fill("short")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("alert")).to_be_visible()
    fine(page)
    page.goto("about:blank")
    page.goto(empty.link)
    page.get_by_label("User name").fill("coordinator")
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.wait_for_url(re.compile("/welcome"))


def _school_credential_network(page: Page, net: Simnet) -> None:
    fine(page)
    page.get_by_label("Name of the school").fill("Lincoln Elementary")
    page.get_by_label("Code").fill("LES")
    page.get_by_role("button", name="Add the school").click()
    expect(page.get_by_label("Label")).to_be_visible()
    fine(page)
    page.get_by_label("Label").fill("public")
    page.get_by_label("Community").fill("public")
    page.get_by_role("button", name="Add the credential").click()
    expect(page.get_by_label("Targets")).to_be_visible()
    fine(page)
    page.get_by_label("Targets").fill("\n".join(device.address for device in net.devices))
    page.get_by_role("button", name="Add the network").click()
    expect(page.get_by_role("button", name="Start the sweep")).to_be_visible()
    fine(page)
    # The simulated devices do not answer on SNMP's own port, which is not everybody's to use.
    page.goto("/networks")
    page.get_by_role("link", name="Lincoln Elementary").first.click()
    page.get_by_role("link", name="Change").first.click()
    page.locator("summary").filter(has_text="Advanced").click()
    page.get_by_label("UDP port").fill(str(net.port))
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile(r"/networks/\d+$"))


def _sweep(page: Page, count: int) -> None:
    page.goto("/welcome?step=sweep")
    page.get_by_role("button", name="Start the sweep").click()
    page.wait_for_url(re.compile(r"/sweeps/\d+"))
    expect(page.get_by_text("Finished").first).to_be_visible(timeout=60_000)
    fine(page)
    page.goto("/assets")
    expect(page.locator("tbody tr")).to_have_count(count)
    page.goto("/")
    expect(page.get_by_text(re.compile(rf"{count} devices"))).to_be_visible()
    fine(page)


def test_a_link_works_once(chromium: Browser, empty: Installation, tab: OpenTab) -> None:
    page = chromium.new_context(base_url=empty.url).new_page()
    page.goto("/setup")
    page.locator("#secret").fill("x" * 43)
    page.get_by_label("User name").fill("thief")
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("alert")).to_contain_text("set-up link")
    page.context.close()
