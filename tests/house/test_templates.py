"""Templates keep the house rules: nothing inline, nothing evaluated, real icons, CSRF fields."""

import re
from pathlib import Path

import pytest
from jinja2 import nodes

from inventory.access import Permission, Role
from inventory.assets.kinds import Category, FieldKind, Outcome, Source, Status
from inventory.discovery.finding_models import Decision
from inventory.discovery.models import CredentialKind, SweepState
from inventory.sites.models import SiteKind
from inventory.web.labels import ICONS, LABELS
from inventory.web.navigation import MENU
from snmp_discovery.types import SupplyState
from tests.house.world import APP

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "inventory/web/templates"
STATIC = ROOT / "inventory/web/static"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
SPRITE = set(re.findall(r'id="([a-z0-9-]+)"', (STATIC / "vendor/icons.svg").read_text("utf-8")))
WITHOUT_SESSION = {
    "accounts/sign_in.html",
    "accounts/sign_in_code.html",
    "accounts/setup.html",
}


def name(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


FORBIDDEN = {
    "an inline style": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style[\s>]",
    "an inline script": r"<script(?![^>]*\ssrc=)",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=",
    "an evaluated htmx attribute": r"hx-on|hx-live|['\"]\s*js:",
    "a trigger filter": r"hx-trigger=\"[^\"]*\[",
    "a javascript: address": r"javascript:",
    "autoescaping switched off": r"\|\s*safe\b|autoescape\s+false",
    "htmx's other prefix": r"data-hx-",
    "a foreign address": r"(?:src|href|action)=\"https?://",
}


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_nothing_forbidden_stands_in_a_template(path: Path) -> None:
    text = path.read_text("utf-8")
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_compiles(path: Path) -> None:
    APP.jinja_env.get_template(name(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_form_that_changes_something_has_its_token(path: Path) -> None:
    if name(path) in WITHOUT_SESSION:
        return
    text = path.read_text("utf-8")
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, re.DOTALL):
        assert "csrf()" in form, form[:200]


def _icons(path: Path) -> set[str]:
    """Names given as literals to `icon(...)` and to macros' pictures."""
    tree = APP.jinja_env.parse(path.read_text("utf-8"))
    found = set()
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "icon" and call.args:
            found |= {c.value for c in call.args[:1] if isinstance(c, nodes.Const)}
        for keyword in call.kwargs:
            if keyword.key == "picture" and isinstance(keyword.value, nodes.Const):
                found.add(keyword.value.value)
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_icon_is_in_the_sprite(path: Path) -> None:
    assert {each for each in _icons(path) if each} - SPRITE == set()


def test_icons_named_in_code_are_in_the_sprite() -> None:
    named = set(ICONS.values()) | {e.icon for group in MENU for e in group.entries}
    assert named - SPRITE == set()


def test_every_menu_entry_has_its_page() -> None:
    for group in MENU:
        for entry in group.entries:
            assert entry.endpoint in APP.view_functions, entry.endpoint
            assert entry.permission in set(Permission)


def test_every_member_of_a_list_has_its_word() -> None:
    lists = {
        "category": Category, "status": Status, "source": Source, "outcome": Outcome,
        "decision": Decision, "sweep_state": SweepState, "credential_kind": CredentialKind,
        "site_kind": SiteKind, "role": Role, "field_kind": FieldKind, "supply_state": SupplyState,
    }  # fmt: skip
    for kind, members in lists.items():
        assert set(LABELS[kind]) == {member.value for member in members}, kind
    assert set(ICONS) <= {member.value for member in Category}


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda p: p.name)
def test_scripts_put_no_text_into_html(path: Path) -> None:
    text = path.read_text("utf-8")
    ways = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(")
    assert [way for way in ways if way in text] == []
