"""Every page, in light and dark, on a wide and a narrow screen: accessible, and nothing run."""

import pytest
from playwright.sync_api import Page

from tests.browser import addresses, gates
from tests.browser.conftest import OpenTab, axe
from tests.browser.district import Made
from tests.house.test_route_matrix import ALL

LISTED = [(route, address) for route, found in addresses.ADDRESSES.items() for address in found]


def test_every_page_is_looked_at() -> None:
    pages = {r.rule.rule for r in ALL if r.method == "GET" and not r.rule.rule.startswith("/api/")}
    assert pages - set(addresses.ADDRESSES) - set(addresses.NOT_PAGES) == set()
    assert (set(addresses.ADDRESSES) | set(addresses.NOT_PAGES)) - pages == set()


@pytest.fixture(scope="module")
def where(made: Made) -> dict[str, object]:
    return vars(made)


def look(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    problems = []
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        problems += [f"{theme}: {each}" for each in axe(page)]
        problems += [f"{theme} border: {each}" for each in gates.control_borders(page)]
    assert problems == []
    assert gates.tab_through(page) == []
    assert gates.too_wide(page) == 0, "the page scrolls sideways at 320 px"
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize(("route", "address"), LISTED, ids=[address for _, address in LISTED])
def test_a_page_passes(tab: OpenTab, where: dict[str, object], route: str, address: str) -> None:
    look(tab(), address.format(**where))


@pytest.mark.parametrize("address", addresses.AT_THE_DOOR)
def test_a_page_before_signing_in_passes(tab: OpenTab, address: str) -> None:
    look(tab(None), address)


def test_an_error_page_passes(tab: OpenTab) -> None:
    for address, status in (("/nowhere", 404), ("/me/password?x=1", 422)):
        page = tab()
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status
        for theme in ("light", "dark"):
            gates.wear(page, theme)
            assert axe(page) == []
