"""The scan station in a real browser: no character lost, a lost connection, undo, the camera."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlmodel import Session, select

from inventory import installation
from inventory.access import Permission, Role, system_actor
from inventory.accounts import service as accounts, sessions
from inventory.accounts.guard import cookie_name
from inventory.accounts.sessions import Origin
from inventory.assets import service as assets
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.custody.models import Custody
from inventory.db import now
from inventory.labels.design import Content, Wanted, arrange
from inventory.labels.printing import Placing, pdf
from inventory.labels.stock import BUILT_IN
from inventory.people import service as people
from inventory.people.models import PersonRole
from inventory.people.service import PersonDraft
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from tests.browser import gates
from tests.browser.conftest import CHROMIUM, FLAGS, Watch, axe
from tests.browser.serving import Installation, install, running

ACTOR = system_actor("browser tests", Permission)
TAGS = [f"00{number:03}-A" for number in range(1, 41)]


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, str]]:
    """A school with forty laptops and a pupil; a coordinator's session."""
    made = install(tmp_path_factory.mktemp("scan"))
    installation.prepare(made.database)
    with made.database.unit() as db:
        secret = _fill(db, made, now())
    with running(made):
        yield made, secret


def _fill(db: Session, made: Installation, at: datetime) -> str:
    root = sites.ensure_district(db, ACTOR, "District", now=at).id
    school = sites.create(
        db, ACTOR, kind=SiteKind.SCHOOL, name="Lincoln", parent_id=root, now=at
    ).id
    for tag in TAGS:
        draft = AssetDraft(category=Category.LAPTOP, tag=tag, site_id=school)
        assets.create(db, ACTOR, draft, now=at)
    pupil = PersonDraft("0010001", PersonRole.STUDENT, "Ada", "Exampledottir", school)
    people.create(db, ACTOR, pupil, now=at)
    account, _ = accounts.create_account(
        db, ACTOR, user_name="boss", grants=[(Role.COORDINATOR, root)], now=at
    )
    account.must_change_password = False
    _, secret = sessions.start(db, account.id, Origin("127.0.0.1"), made.settings, now=at)
    return secret


@pytest.fixture
def page(chromium: Browser, station: tuple[Installation, str]) -> Iterator[Page]:
    made, secret = station
    context = chromium.new_context(base_url=made.url, reduced_motion="reduce")
    context.add_cookies([{"name": cookie_name(made.settings), "value": secret, "url": made.url}])
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    watch = Watch(opened)
    yield opened
    context.close()
    # What a lost connection looks like to the browser is no mistake of the page.
    lost = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    assert [each for each in watch.problems if not any(name in each for name in lost)] == []


def scan(page: Page, *codes: str, end: str = "\n") -> None:
    """Real key events, one after another without a pause, as a scanner sends them."""
    for code in codes:
        page.keyboard.type(code, delay=0)
        page.keyboard.press({"\n": "Enter", "\t": "Tab"}[end])


def count(page: Page, name: str, number: int) -> None:
    expect(page.locator(f"[data-count={name}]")).to_have_text(str(number), timeout=60_000)


def open_ones(made: Installation) -> list[Custody]:
    with made.database.unit(write=False) as db:
        return list(db.exec(select(Custody).where(Custody.returned_at == None)).all())  # noqa: E711


def test_thirty_of_thirty_a_badge_undo_and_a_lost_connection(
    page: Page, station: tuple[Installation, str]
) -> None:
    made, _secret = station
    page.goto("/scan?mode=out&badges=true")
    expect(page.locator("#scan-code")).to_be_focused()
    scan(page, "0010001", *TAGS[:30])
    count(page, "good", 31)
    count(page, "bad", 0)
    expect(page.locator("#scan-title")).to_have_text("Ada Exampledottir")
    assert len(open_ones(made)) == 30

    # Twice the same, and one that nobody bears: refused, told in words and not in colour alone.
    scan(page, TAGS[0], "NOBODY-1", end="\t")
    count(page, "bad", 2)
    expect(page.get_by_role("status").filter(has_text="NOBODY-1")).to_be_visible()
    for theme in ("light", "dark"):
        gates.wear(page, theme)
        assert axe(page) == []
        assert gates.control_borders(page) == []
    page.get_by_role("button", name="Undo the last one").click()
    expect(page.locator("[data-undone=yes]")).to_have_count(1)
    count(page, "good", 30)
    assert len(open_ones(made)) == 29

    # Wherever the focus is, a scan comes into the field.
    page.locator("#main").click(position={"x": 5, "y": 5})
    page.goto("/scan?mode=in")
    page.evaluate("document.activeElement.blur()")
    scan(page, TAGS[0])
    count(page, "good", 1)

    page.context.set_offline(True)
    scan(page, *TAGS[1:6], TAGS[1])
    count(page, "waiting", 6)
    expect(page.locator("[data-scan-said]")).to_contain_text("No connection")
    # Back, but the server does not answer yet: what waits is still there after a reload.
    page.route("**/scan/one**", lambda route: route.abort())
    page.context.set_offline(False)
    page.reload()
    count(page, "waiting", 6)
    expect(page.locator(".is-waiting")).to_have_count(6)
    page.unroute("**/scan/one**")
    count(page, "waiting", 0)
    count(page, "good", 5)
    count(page, "bad", 1)
    kept = page.evaluate("JSON.stringify(Object.entries(localStorage))")
    assert "Ada" not in kept
    assert TAGS[1] not in kept
    assert len(open_ones(made)) == 23


STANDING = """() => {
  const key = Object.keys(localStorage).find((name) => name.startsWith("homeroom-scan:"));
  const done = (name) => Number(document.querySelector(`[data-count=${name}]`).textContent);
  return {
    good: done("good"), bad: done("bad"),
    waiting: JSON.parse(localStorage.getItem(key)).map((scan) => scan.code),
  };
}"""


def test_a_thousand_of_a_thousand(page: Page) -> None:
    """Typed while answers come in. Its time is that of the keys: what the server has not yet been
    asked when the last one is typed is looked at where it waits, and not waited for."""
    page.goto("/scan?mode=find")
    page.get_by_role("button", name="Sound").click()
    page.locator("#scan-code").focus()
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.post_data or "") if "/scan/one" in r.url else None)
    codes = [TAGS[number % len(TAGS)] for number in range(1000)]
    page.keyboard.type("".join(f"{code}\n" for code in codes), delay=0)
    standing = page.evaluate(STANDING)
    done = standing["good"]
    assert done > 50, "the network was busy all the while"
    assert standing["bad"] == 0
    assert [f"codes={code}" for code in codes[:done]] == asked[:done]
    assert standing["waiting"] == codes[done:]
    page.evaluate("localStorage.clear()")


def test_where_there_is_no_camera_it_says_so(page: Page) -> None:
    page.goto("/scan?mode=find")
    page.get_by_role("button", name="Camera").click()
    expect(page.locator("[data-scan-said]")).to_contain_text(re.compile("camera", re.IGNORECASE))
    page.evaluate(
        "Object.defineProperty(window, 'isSecureContext', {value: false, configurable: true})"
    )
    page.get_by_role("button", name="Camera").click()
    expect(page.locator("[data-scan-said]")).to_contain_text("https")


CAMERA = (640, 480)


def film(file: Path, url: str, tag: str) -> Path:
    """What a camera sees that is held before one of our labels: two frames in YUV4MPEG2."""
    stock = BUILT_IN["avery-5163"]
    label = arrange(stock.width, stock.height, Content(tag, url), Wanted(bars=False))
    document = pypdfium2.PdfDocument(pdf(stock, [label], Placing(), title="Label"))
    sheet = document[0].render(scale=250 / 72).to_pil().convert("L")
    document.close()
    left, top = stock.corner(0)
    box = (left, top, left + stock.width, top + stock.height)
    picture = sheet.crop(tuple(round(each * 250 / 25.4) for each in box))
    picture.thumbnail((CAMERA[0] - 60, CAMERA[1] - 60))
    seen = Image.new("L", CAMERA, 235)
    seen.paste(picture, ((CAMERA[0] - picture.width) // 2, (CAMERA[1] - picture.height) // 2))
    grey = bytes([128]) * (CAMERA[0] * CAMERA[1] // 2)
    frame = b"FRAME\n" + seen.tobytes() + grey
    head = f"YUV4MPEG2 W{CAMERA[0]} H{CAMERA[1]} F10:1 Ip A1:1 C420jpeg\n".encode()
    file.write_bytes(head + frame * 2)
    return file


def test_the_camera_reads_one_of_our_labels(
    chromium: Browser, station: tuple[Installation, str], tmp_path: Path
) -> None:
    made, secret = station
    seen = film(tmp_path / "label.y4m", f"{made.url}/a/{TAGS[35]}", TAGS[35])
    flags = [
        *FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={seen}",
    ]  # fmt: skip
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=flags)
    context = browser.new_context(base_url=made.url, permissions=["camera"])
    context.add_cookies([{"name": cookie_name(made.settings), "value": secret, "url": made.url}])
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    watch = Watch(opened)
    fetched: list[str] = []
    opened.on("request", lambda request: fetched.append(request.url))
    opened.goto("/scan?mode=find")
    expect(opened.locator("#scan-code")).to_be_focused()
    assert not [url for url in fetched if "zxing" in url], "only when the camera is asked for"
    opened.get_by_role("button", name="Camera").click()
    line = opened.locator("[data-scan-line=found]")
    expect(line.first).to_contain_text(TAGS[35])
    expect(opened.locator("[data-scan-video]")).to_be_visible()
    assert len([url for url in fetched if "zxing" in url]) == 2
    assert all(url.startswith(made.url) for url in fetched)
    opened.get_by_role("button", name="Camera").click()
    expect(opened.locator("[data-scan-video]")).to_be_hidden()
    # One code that stays before the camera is one scan.
    expect(line).to_have_count(1)
    context.close()
    browser.close()
    assert watch.problems == []


def test_a_cart_is_filled_given_and_looked_at(
    page: Page, station: tuple[Installation, str]
) -> None:
    made, _secret = station
    page.goto("/carts/new")
    page.get_by_label("Name").fill("Cart 7")
    page.get_by_label("Where it stands").select_option(index=1)
    page.locator("#main").get_by_role("button", name="Add a cart").click()
    page.wait_for_url(re.compile(r"/carts/[0-9]+$"))
    cart = page.url
    page.get_by_role("link", name="Scan devices into it").first.click()
    page.wait_for_url(re.compile(r"/scan\?mode=cart"))
    scan(page, *(f"{made.url}/a/{tag}" for tag in TAGS[36:39]))
    count(page, "good", 3)
    for address in (cart, f"{cart}/give"):
        page.goto(address)
        for theme in ("light", "dark"):
            gates.wear(page, theme)
            assert axe(page) == []
            assert gates.control_borders(page) == []
        size = page.viewport_size
        assert gates.too_wide(page) == 0
        assert size is not None
        page.set_viewport_size(size)
    page.get_by_label("Or to this place").select_option(index=1)
    page.get_by_role("button", name="Hand out").click()
    expect(page.get_by_text("0 in it, 3 out, 0 elsewhere")).to_be_visible()
    page.get_by_role("link", name="Take it back").click()
    page.locator("input[name=ids]").first.uncheck()
    gates.wear(page, "dark")
    assert axe(page) == []
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("2 in it, 1 out, 0 elsewhere")).to_be_visible()
