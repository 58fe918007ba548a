"""What pages of accounts say in words: browsers, zones, places, roles and permissions."""

import zoneinfo

import pytest
from sqlmodel import Session

from inventory.access import Actor, Grant, Permission, Role
from inventory.accounts.browsers import browser_of
from inventory.accounts.preferences import DENSITIES, THEMES
from inventory.accounts.states import AccountState
from inventory.accounts.token_pages import GROUPS
from inventory.accounts.tokens import TokenState
from inventory.accounts.zones import HOME, by_region, city
from inventory.db import Database
from inventory.sites import naming, service as sites
from inventory.sites.models import SiteKind
from inventory.web.labels import LABELS
from tests.inventory.conftest import OPERATOR, District


def reader_at(db: Session, site: int) -> Actor:
    """Somebody who may see the places in one school, and nothing else."""
    grant = Grant(frozenset({Permission.SITE_READ}), sites.subtree(db, site))
    return Actor("account", 1, "reader", (grant,))


def way(*names: str) -> str:
    return naming.BETWEEN.join(names)


CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        (CHROME, ("Chrome", "Windows")),
        (f"{CHROME} Edg/150.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (Macintosh) Version/19.0 Safari/605.1.15", ("Safari", "macOS")),
        ("Mozilla/5.0 (iPad; CPU OS 19) CriOS/150 Mobile Safari/604.1", ("Chrome", "iPad")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko Firefox/150.0", ("Firefox", "Linux")),
        ("Mozilla/5.0 (Linux; Android 17) Chrome/150 Mobile Safari/537.36", ("Chrome", "Android")),
        ("curl/8.9.1", ("curl", "")),
        ("", ("", "")),
        ("<script>", ("", "")),
    ],
)
def test_a_browser_in_two_words(user_agent: str, told: tuple[str, str]) -> None:
    assert browser_of(user_agent) == told


def test_zones_stand_once_and_exist() -> None:
    listed = [*HOME, *(zone for zones in by_region().values() for zone in zones)]
    assert len(listed) == len(set(listed)) > 300
    assert set(listed) <= zoneinfo.available_timezones()
    assert set(LABELS["zone"]) == set(HOME)
    assert set(LABELS["region"]) == set(by_region())
    assert city("America/Indiana/Knox") == "Indiana, Knox"
    assert city("America/New_York") == "New York"
    assert city("UTC") == "UTC"


def test_every_member_has_its_word() -> None:
    for kind, members in (
        ("permission", Permission), ("role_about", Role), ("account_state", AccountState),
        ("token_state", TokenState),
    ):  # fmt: skip
        assert set(LABELS[kind]) == {member.value for member in members}, kind
    assert set(LABELS["theme"]) == set(THEMES)
    assert set(LABELS["density"]) == set(DENSITIES)
    assert set(LABELS["permission_group"]) == {*GROUPS.values(), "district"}


def test_places_are_told_within_the_readers_reach(database: Database, district: District) -> None:
    wanted = [district.north_room, district.north, district.south, district.district, None, 4711]
    with database.unit(write=False) as db:
        found = naming.spots(db, OPERATOR, wanted)
        near = naming.spots(db, reader_at(db, district.north), wanted)
    assert found[district.north_room].label == "Room 12, Main Building, North School"
    assert found[district.north_room].way == way("North School", "Main Building", "Room 12")
    assert found[district.district].label == "Maple Valley Public Schools"
    assert set(found) == {district.north_room, district.north, district.south, district.district}
    assert set(near) == {district.north_room, district.north}


def test_choices_are_places_where_one_holds_the_permission(
    database: Database, district: District
) -> None:
    with database.unit(write=False) as db:
        whole = naming.choices(db, OPERATOR, Permission.ACCOUNT_WRITE)
        local = reader_at(db, district.north)
        assert naming.choices(db, local, Permission.ACCOUNT_WRITE) == []
        rooms = naming.choices(db, local, Permission.SITE_READ, rooms=True)
    assert [spot.kind for spot in whole] == [
        SiteKind.DISTRICT, SiteKind.SCHOOL, SiteKind.BUILDING, SiteKind.SCHOOL,
    ]  # fmt: skip
    assert [spot.way for spot in rooms] == [
        "North School", way("North School", "Main Building"),
        way("North School", "Main Building", "Computer Lab"),
        way("North School", "Main Building", "Room 12"),
    ]  # fmt: skip
