"""What people choose for themselves: checked, theirs alone, and harmless where it is damaged."""

from dataclasses import asdict
from typing import Any

import pytest
from sqlmodel import select

from inventory.access import Actor, Grant, Permission, Role, system_actor
from inventory.accounts import preferences
from inventory.accounts.preference_models import Preference, PreferenceName
from inventory.accounts.preferences import Preferences, choose, of_account, own
from inventory.db import Database
from inventory.errors import Forbidden, InvalidInput
from tests.inventory.conftest import District

SELF = (Grant(frozenset({Permission.SELF}), frozenset()),)


@pytest.fixture
def me(district: District) -> Actor:
    return Actor("account", district.accounts[Role.HELPDESK], "me", SELF)


@pytest.fixture
def other(district: District) -> Actor:
    return Actor("account", district.accounts[Role.STAFF], "other", SELF)


ALL: dict[str, Any] = {
    "language": "es",
    "timezone": "America/Los_Angeles",
    "theme": "dark",
    "density": "comfortable",
    "asset_columns": ("tag", "custom.room_no", "site"),
    "scan_gap_ms": 80,
}


def test_every_name_has_a_default_and_a_check() -> None:
    assert list(asdict(Preferences())) == [name.value for name in PreferenceName]
    assert set(ALL) == set(preferences._CHECKS)


def test_what_is_chosen_is_kept_and_can_be_taken_back(
    database: Database, me: Actor, other: Actor
) -> None:
    with database.unit() as db:
        assert own(db, me) == Preferences()
        assert choose(db, me, ALL) == Preferences(**ALL)
    with database.unit() as db:
        assert own(db, me) == Preferences(**ALL)
        assert own(db, other) == Preferences()
        changed = choose(db, me, {"theme": "light", "scan_gap_ms": None, "asset_columns": []})
        assert (changed.theme, changed.scan_gap_ms, changed.asset_columns) == ("light", 50, ())
        assert choose(db, me, {}) == changed
    with database.unit() as db:
        assert own(db, me) == changed
        assert len(db.exec(select(Preference)).all()) == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "fr"), ("language", 1), ("language", ["en"]), ("language", "EN"),
        ("timezone", "../../etc/passwd"), ("timezone", "Mars/Base"), ("timezone", ["UTC"]),
        ("timezone", 5), ("theme", ""), ("theme", "Dark"), ("density", "airy"),
        ("asset_columns", "tag"), ("asset_columns", ["Tag"]), ("asset_columns", [1]),
        ("asset_columns", ["x" * 61]), ("asset_columns", ["c"] * 61), ("asset_columns", [["a"]]),
        ("asset_columns", ["a b"]), ("scan_gap_ms", 9), ("scan_gap_ms", 501),
        ("scan_gap_ms", True), ("scan_gap_ms", "50"), ("scan_gap_ms", 50.0), ("secret", "x"),
        ("account_id", 1),
    ],
)  # fmt: skip
def test_anything_else_is_refused_and_nothing_is_kept(
    database: Database, me: Actor, name: str, value: object
) -> None:
    with database.unit() as db:
        with pytest.raises(InvalidInput) as refused:
            choose(db, me, {"theme": "dark", name: value} if name != "theme" else {name: value})
        assert list(refused.value.fields) == [name]
        assert own(db, me) == Preferences()


def test_columns_are_kept_in_order_without_repeats(database: Database, me: Actor) -> None:
    with database.unit() as db:
        kept = choose(db, me, {"asset_columns": ["site", "tag", "site"], "language": ""})
        assert kept.asset_columns == ("site", "tag")


def test_programs_and_strangers_have_none(database: Database, me: Actor) -> None:
    machine = system_actor("job", Permission)
    barred = Actor("token", me.id, "t", (Grant(frozenset({Permission.ASSET_READ}), None),))
    with database.unit() as db:
        for actor in (machine, barred):
            with pytest.raises(Forbidden):
                own(db, actor)
            with pytest.raises(Forbidden):
                choose(db, actor, {"theme": "dark"})


def test_a_damaged_value_counts_as_not_chosen(database: Database, me: Actor) -> None:
    assert me.id is not None
    with database.unit() as db:
        for name, value in (("theme", "purple"), ("scan_gap_ms", {"a": 1}), ("timezone", [1])):
            db.add(Preference(account_id=me.id, name=PreferenceName(name), value=value))
        db.add(Preference(account_id=me.id, name=PreferenceName.LANGUAGE, value="es"))
    with database.unit(write=False) as db:
        assert of_account(db, me.id) == Preferences(language="es")
