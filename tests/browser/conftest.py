"""A real Chromium on a real server. Skipped with a reason where no browser is installed; where the
environment says CI, that is a failure."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from inventory.accounts import sessions
from inventory.accounts.guard import cookie_name
from inventory.accounts.sessions import Origin
from inventory.db import now
from tests.browser.district import Made, fill
from tests.browser.serving import Installation, install, running

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Ends with this package: Playwright runs an event loop in this thread, and others need one."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no browser is installed; .ci/run installs Debian's chromium")
        pytest.skip("no browser is installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Made]]:
    """A small, full district, and what is in it."""
    installation = install(tmp_path_factory.mktemp("served"))
    made = fill(installation)
    with running(installation):
        yield installation, made


@contextmanager
def page_of(chromium: Browser, installation: Installation, account_id: int) -> Iterator[Page]:
    """A page of a running installation, signed in as this account; nothing may go wrong in it."""
    with installation.database.unit() as db:
        _, secret = sessions.start(
            db, account_id, Origin("127.0.0.1"), installation.settings, now=now()
        )
    context = chromium.new_context(
        base_url=installation.url, reduced_motion="reduce", timezone_id="America/New_York"
    )
    name = cookie_name(installation.settings)
    context.add_cookies([{"name": name, "value": secret, "url": installation.url}])
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    watch = Watch(opened)
    yield opened
    context.close()
    assert watch.problems == []


@pytest.fixture(scope="session")
def made(served: tuple[Installation, Made]) -> Made:
    return served[1]


class Watch:
    """Fails where the page logs an error, throws one, or opens a dialog of the browser's own:
    that is what a string that was run would do."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("dialog", self._dialog)

    def _console(self, message: Any) -> None:
        # An answer of 4xx is logged by the browser as an error; forms with mistakes have one.
        if message.type == "error" and "status of 4" not in message.text:
            self.problems.append(f"console: {message.text}")

    def _dialog(self, dialog: Any) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@contextmanager
def coordinator_page(chromium: Browser, installation: Installation, made: Made) -> Iterator[Page]:
    """A page of a district that a story has for itself, signed in as its coordinator."""
    with page_of(chromium, installation, made.accounts["coordinator"]) as opened:
        yield opened


OpenTab = Callable[..., Page]


@pytest.fixture
def tab(chromium: Browser, served: tuple[Installation, Made]) -> Iterator[OpenTab]:
    """`tab(who="coordinator", **of new_context)`: a page signed in as somebody; None: nobody."""
    installation, made = served
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []
    secrets: list[str] = []

    def start(who: str | None = "coordinator", **options: Any) -> Page:
        # Colours are measured at once: transitions would be caught half-way.
        options = {
            "timezone_id": "America/New_York", "base_url": installation.url,
            "reduced_motion": "reduce", **options,
        }  # fmt: skip
        context = chromium.new_context(**options)
        contexts.append(context)
        if who is not None:
            with installation.database.unit() as db:
                _, secret = sessions.start(
                    db, made.accounts[who], Origin("127.0.0.1"), installation.settings, now=now()
                )
            secrets.append(secret)
            name = cookie_name(installation.settings)
            context.add_cookies([{"name": name, "value": secret, "url": installation.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        watches.append(Watch(page))
        return page

    yield start
    for context in contexts:
        context.close()
    # Of too many sessions the oldest ends, and some pages are about one.
    with installation.database.unit() as db:
        for secret in secrets:
            sessions.end_by_secret(db, secret)
    assert [problem for watch in watches for problem in watch.problems] == []


def axe(page: Page) -> list[str]:
    """Violations of WCAG 2.1 A and AA on the page as it stands."""
    page.evaluate(AXE)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{each['id']}: {node['html'][:200]} ({node['failureSummary'][:300]})"
        for each in found["violations"]
        for node in each["nodes"]
    ]
