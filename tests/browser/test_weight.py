"""What a page weighs over the wire: 120 KB for the first one, 30 KB for each further one."""

from typing import Any

from playwright.sync_api import Page

from tests.browser import addresses
from tests.browser.conftest import OpenTab
from tests.browser.district import Made

COLD, WARM = 120_000, 30_000


class Scale:
    """Counts the bytes that come over the wire, headers included, by the browser's own count."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0
        self.largest: list[tuple[int, str]] = []
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        urls: dict[str, str] = {}
        session.on(
            "Network.responseReceived",
            lambda event: urls.update({event["requestId"]: event["response"]["url"]}),
        )
        session.on("Network.loadingFinished", lambda event: self._finished(event, urls))

    def _finished(self, event: dict[str, Any], urls: dict[str, str]) -> None:
        self.bytes += int(event["encodedDataLength"])
        self.largest.append((int(event["encodedDataLength"]), urls.get(event["requestId"], "")))

    def weigh(self, page: Page, address: str) -> int:
        self.bytes, self.largest = 0, []
        page.goto(address, wait_until="load")
        page.wait_for_timeout(60)
        return self.bytes


def test_the_first_page_is_light(tab: OpenTab) -> None:
    page = tab()
    scale = Scale(page)
    assert scale.weigh(page, "/") <= COLD, sorted(scale.largest, reverse=True)[:6]


def test_a_further_page_is_lighter(tab: OpenTab, made: Made) -> None:
    page = tab()
    scale = Scale(page)
    scale.weigh(page, "/")
    listed = [each.format(**vars(made)) for some in addresses.ADDRESSES.values() for each in some]
    heavy = {
        address: (weight, sorted(scale.largest, reverse=True)[:3])
        for address in listed
        if (weight := scale.weigh(page, address)) > WARM
    }
    assert heavy == {}
