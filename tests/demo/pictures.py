"""`make pictures`: the demo district photographed for the documentation, in docs/pictures.

The same sweeps as `make demo`, then a real browser (Debian's chromium) over a real server. Pictures
are reduced to 256 colours: they are read, not admired.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from sqlmodel import col, select

from inventory import installation
from inventory.accounts import sessions
from inventory.accounts.guard import cookie_name
from inventory.accounts.models import Account
from inventory.accounts.sessions import Origin
from inventory.assets.kinds import Outcome
from inventory.assets.models import Asset
from inventory.db import now
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.models import Sweep
from inventory.discovery.network_rules import Limits
from inventory.discovery.reading_models import SupplyReading
from inventory.fleet.models import MdmDevice
from inventory.server import make_engine
from mdm.types import Platform
from tests.browser.serving import Installation, install, running
from tests.demo.__main__ import (
    SNMP_PORT,
    connect_all,
    say,
    simulated_network,
    sweep_all,
    sync_all,
)
from tests.demo.seed import seed
from tests.demo.vendors import Vendors, simulated_vendors
from tests.simnet.district import load_district

FOLDER = Path(__file__).parents[2] / "docs/pictures"
WIDE, TELEPHONE = (1360, 850), (390, 844)
PICTURES: dict[str, tuple[str, str, tuple[int, int]]] = {
    "home": ("/", "light", WIDE),
    "home-dark": ("/", "dark", WIDE),
    "assets": ("/assets", "light", WIDE),
    "asset": ("/assets/{printer}", "light", WIDE),
    "asset-telephone": ("/assets/{printer}", "light", TELEPHONE),
    "supplies": ("/assets/{printer}/supplies", "light", WIDE),
    "sweep": ("/sweeps/{sweep}", "light", WIDE),
    "review": ("/discoveries/{conflict}", "light", WIDE),
    "map": ("/map", "light", WIDE),
    "managed": ("/managed", "light", WIDE),
    "management": ("/assets/{managed}/mdm", "light", WIDE),
    "wipe": ("/assets/{managed}/commands/new?action=wipe", "light", WIDE),
    "labels": (
        "/labels?shown=true&id={printer}&codes=qr&codes=bars&lines=district&start=5",
        "light",
        WIDE,
    ),
    "audit": ("/audit", "light", WIDE),
}
"""Name → address, theme, size. Names in braces are looked up in the district."""


def main() -> int:
    """0; 1 where no browser is installed."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        say.print("No browser: apt-get install chromium")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made = install(
            folder, HOMEROOM_DISTRICT="Demo School District", HOMEROOM_MDM_SIMULATED="true"
        )
        stack.enter_context(simulated_network())
        names = fill(made, stack.enter_context(simulated_vendors()))
        stack.enter_context(running(made))
        with photographer(made, chromium) as take:
            for name, (address, theme, size) in PICTURES.items():
                take(name, address.format(**names), theme, size)
    return 0


def fill(made: Installation, vendors: Vendors) -> dict[str, int]:
    """The demo district, swept and synced; the ids that the addresses need."""
    database = made.database
    installation.prepare(database)
    district = load_district()
    with database.unit() as db:
        limits = Limits.of(made.settings)
        told = seed(db, district, district.devices(), SNMP_PORT, limits, now=now())
    connect_all(made.settings, database, vendors, told)
    with make_engine(made.settings, database).running():
        sweep_all(database, told)
        sync_all(database, told)
    with database.unit(write=False) as db:
        supplied = select(SupplyReading.asset_id).where(
            col(SupplyReading.current), col(SupplyReading.color) == "cyan"
        )
        conflict = select(DiscoveryFinding.id).where(
            DiscoveryFinding.outcome == Outcome.CONFLICT, col(DiscoveryFinding.decision).is_(None)
        )
        books = select(MdmDevice.asset_id).where(
            MdmDevice.platform == Platform.CHROMEOS, col(MdmDevice.asset_id).is_not(None)
        )
        return {
            "printer": db.exec(supplied.limit(1)).first() or db.exec(select(Asset.id)).first() or 1,
            "sweep": db.exec(select(Sweep.id).order_by(col(Sweep.id).desc())).first() or 1,
            "managed": db.exec(books.limit(1)).one() or 1,
            "conflict": db.exec(conflict.limit(1)).first() or 1,
        }


@contextmanager
def photographer(made: Installation, chromium: str) -> Iterator["Take"]:
    """A signed-in browser that takes pictures."""
    with made.database.unit() as db:
        who = db.exec(select(Account).where(Account.user_name == "coordinator")).one()
        who.must_change_password = False
        db.add(who)
        _, secret = sessions.start(db, who.id, Origin("127.0.0.1"), made.settings, now=now())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        context = browser.new_context(
            base_url=made.url, timezone_id="America/New_York", reduced_motion="reduce"
        )
        cookie = {"name": cookie_name(made.settings), "value": secret, "url": made.url}
        context.add_cookies([cookie])  # type: ignore[list-item]
        yield Take(context.new_page())
        browser.close()


class Take:
    """Takes one picture and keeps it small."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def __call__(self, name: str, address: str, theme: str, size: tuple[int, int]) -> None:
        page, target = self.page, FOLDER / f"{name}.png"
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": size[0], "height": size[1]})
        answer = page.goto(address, wait_until="networkidle")
        if answer is None or answer.status != 200:
            raise SystemExit(f"{address} answered {answer and answer.status}")
        page.screenshot(path=target)
        with Image.open(target) as picture:
            picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
                target, optimize=True
            )
        say.print(f"  {target.name}: {target.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    sys.exit(main())
