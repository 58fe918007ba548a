"""Saved views: kept in one form, one's own unseen by others, the district's changed by few."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from sqlmodel import Session, select

from inventory.access import ROLE_PERMISSIONS, Actor, Grant, Permission, Role, system_actor
from inventory.assets import custom_fields
from inventory.assets.custom_fields import FieldDraft
from inventory.assets.kinds import FieldKind
from inventory.db import Database
from inventory.desk import saved_views
from inventory.desk.models import SavedView, ViewPage
from inventory.desk.saved_views import ViewDraft, delete, get, list_for, move, rename, save, share
from inventory.discovery.asking import ARGS, QueueState, asked, pairs_of
from inventory.discovery.finding_schemas import FindingListArgs
from inventory.discovery.review_queue import Wanted
from inventory.errors import (
    Conflict,
    Duplicate,
    Forbidden,
    HomeroomError,
    InvalidInput,
    NotFound,
    VersionMismatch,
)
from tests.conftest import Clock
from tests.inventory.conftest import District

ASSETS, DISCOVERIES = ViewPage.ASSETS, ViewPage.DISCOVERIES


@pytest.fixture
def people(district: District) -> dict[Role, Actor]:
    """An account for each role; coordinators reach the district, the others North School."""

    def actor(role: Role) -> Actor:
        site_ids = None if role is Role.COORDINATOR else frozenset({district.north})
        grant = Grant(ROLE_PERMISSIONS[role], site_ids)
        return Actor("account", district.accounts[role], role.value, (grant,))

    return {role: actor(role) for role in Role}


@pytest.fixture
def tech(people: dict[Role, Actor]) -> Actor:
    return people[Role.TECHNICIAN]


@pytest.fixture
def chief(people: dict[Role, Actor]) -> Actor:
    return people[Role.COORDINATOR]


def names(db: Session, actor: Actor, page: ViewPage | None = ASSETS) -> list[str]:
    return [view.name for view in list_for(db, actor, page)]


@pytest.mark.parametrize(
    ("page", "given", "kept"),
    [
        (ASSETS, "", ""),
        (ASSETS, "?category=tablet&category=fax&q=+hp++", "q=hp&category=fax&category=tablet"),
        (ASSETS, "category=&status=lost&after=xyz&limit=500&before=q", "status=lost"),
        (ASSETS, "sort=-name&columns=site&columns=tag&columns=site&seen=never",
         "seen=never&sort=-name&columns=site&columns=tag"),
        (ASSETS, "sort=tag&sort=&unseen_days=045", "unseen_days=45"),
        (ASSETS, "seen_before=2026-09-01T08:00:00-04:00",
         "seen_before=2026-09-01T12%3A00%3A00%2B00%3A00"),
        (ASSETS, "custom=room_no:7&columns=custom.room_no",
         "custom=room_no%3A7&columns=custom.room_no"),
        (ASSETS, "funding_source=Title%20I%26%3D", "funding_source=Title+I%26%3D"),
        (DISCOVERIES, "outcome=new&state=open&limit=5", "outcome=new"),
        (DISCOVERIES, "kind=printer&default_community=yes&state=all",
         "state=all&kind=printer&default_community=true"),
    ],
)  # fmt: skip
def test_a_query_is_kept_in_its_normal_form(
    database: Database, clock: Clock, tech: Actor, page: ViewPage, given: str, kept: str
) -> None:
    with database.unit() as db:
        draft = FieldDraft(key="room_no", label="Room", kind=FieldKind.NUMBER)
        custom_fields.create_field(db, system_actor("x", Permission), draft, now=clock())
        view = save(db, tech, ViewDraft(page, "V", given), now=clock())
        assert view.query == kept
        again = save(db, tech, ViewDraft(page, "W", view.query), now=clock())
        assert again.query == kept


@pytest.mark.parametrize(
    ("page", "query"),
    [
        (ASSETS, "stauts=lost"), (ASSETS, "status=missing"), (ASSETS, "sort=colour"),
        (ASSETS, "columns=nope"), (ASSETS, "custom=nope:1"), (ASSETS, "site_id=x"),
        (ASSETS, "q=%FF"), (ASSETS, "q=a%00b"), (ASSETS, "q=a+b+c+d+e+f+g+h+i"),
        (ASSETS, "x" * 2001),
        (ASSETS, "q&seen=x"), (ASSETS, "javascript:alert(1)"), (ASSETS, "outcome=new"),
        (DISCOVERIES, "category=printer"), (DISCOVERIES, "state=odd"), (DISCOVERIES, "kind=spoon"),
        (DISCOVERIES, "sort=tag"),
        (ASSETS, "&".join(f"{n}=" + "ü" * 120 for n in ("q", "funding_source", "manufacturer"))),
    ],
)  # fmt: skip
def test_what_the_list_would_refuse_is_refused(
    database: Database, clock: Clock, tech: Actor, page: ViewPage, query: str
) -> None:
    with database.unit() as db:
        with pytest.raises(InvalidInput):
            save(db, tech, ViewDraft(page, "V", query), now=clock())
        assert list_for(db, tech) == []


def test_discoveries_take_the_same_as_text_and_by_their_schema() -> None:
    assert set(ARGS) == set(FindingListArgs().fields) - {"after", "limit"}
    for state in QueueState:
        wanted = Wanted(state=state.value, network_id=3, default_community=False)
        assert asked(pairs_of(wanted)) == wanted
        assert FindingListArgs().load(dict(pairs_of(wanted))).items() >= {"network_id": 3}.items()
    assert pairs_of(Wanted()) == []


def test_nobody_sees_or_changes_what_is_mine(
    database: Database, clock: Clock, people: dict[Role, Actor], tech: Actor
) -> None:
    with database.unit() as db:
        mine = save(db, tech, ViewDraft(ASSETS, "Mine"), now=clock()).id
    strangers = [actor for role, actor in people.items() if role is not Role.TECHNICIAN]
    without_self = replace(tech, grants=(Grant(frozenset({Permission.ASSET_READ}), None),))
    strangers += [system_actor("job", Permission), without_self]
    doings: list[Callable[[Session, Actor], object]] = [
        lambda db, who: get(db, who, mine),
        lambda db, who: rename(db, who, mine, "Yours", now=clock()),
        lambda db, who: saved_views.replace_query(db, who, mine, "", now=clock()),
        lambda db, who: move(db, who, mine, 0, now=clock()),
        lambda db, who: share(db, who, mine, now=clock()),
        lambda db, who: delete(db, who, mine, now=clock()),
    ]
    with database.unit() as db:
        for who in strangers:
            assert list_for(db, who) == []
            for doing in doings:
                with pytest.raises(NotFound):
                    doing(db, who)
        assert names(db, tech) == ["Mine"]
        assert get(db, tech, mine).version == 1
        for who in strangers[-2:]:
            with pytest.raises(Forbidden):
                save(db, who, ViewDraft(ASSETS, "X"), now=clock())


def test_the_districts_views(
    database: Database, clock: Clock, people: dict[Role, Actor], tech: Actor, chief: Actor,
    events: Callable[[str], list[Any]],
) -> None:  # fmt: skip
    with database.unit() as db:
        mine = save(db, tech, ViewDraft(ASSETS, "Lost", "status=lost"), now=clock())
        with pytest.raises(Forbidden):
            share(db, tech, mine.id, now=clock())
        theirs = save(db, chief, ViewDraft(ASSETS, "lost"), now=clock())
        shared = share(db, chief, theirs.id, now=clock(), version=1)
        assert (shared.account_id, shared.version, shared.created_by) == (
            None, 2, "coordinator",
        )  # fmt: skip
        found = save(db, chief, ViewDraft(DISCOVERIES, "New", "outcome=new"), now=clock())
        share(db, chief, found.id, now=clock())
        assert share(db, chief, found.id, now=clock()).version == 2
        again = save(db, chief, ViewDraft(ASSETS, "LOST "), now=clock())
        with pytest.raises(Duplicate):
            share(db, chief, again.id, now=clock())
        assert names(db, tech, None) == ["Lost", "lost", "New"]
        assert names(db, chief, None) == ["LOST", "lost", "New"]
        assert names(db, people[Role.SCHOOL_ADMINISTRATOR], None) == ["lost"]
        assert names(db, people[Role.STAFF], None) == []
        assert names(db, system_actor("job", Permission), None) == ["lost", "New"]
        for doing in (
            lambda: rename(db, tech, shared.id, "X", now=clock()),
            lambda: move(db, tech, shared.id, 0, now=clock()),
            lambda: delete(db, tech, shared.id, now=clock()),
        ):
            with pytest.raises(Forbidden):
                doing()
        with pytest.raises(NotFound):
            get(db, people[Role.SCHOOL_ADMINISTRATOR], found.id)
        rename(db, chief, shared.id, "Missing", now=clock(), version=2)
        rename(db, chief, shared.id, "Missing", now=clock(), version=3)
        saved_views.replace_query(db, chief, shared.id, "status=stolen", now=clock())
        move(db, chief, shared.id, 0, now=clock())
        delete(db, chief, shared.id, now=clock(), version=4)
        delete(db, tech, mine.id, now=clock())
        assert names(db, tech, None) == ["New"]
    changed = [(json.loads(e.before), json.loads(e.after)) for e in events("view.changed")]
    assert changed == [
        ({"name": "lost"}, {"name": "Missing"}), ({"query": ""}, {"query": "status=stolen"}),
    ]  # fmt: skip
    told = {"page": "assets", "name": "Missing", "query": "status=stolen"}
    assert [json.loads(e.before) for e in events("view.deleted")] == [told]
    assert [e.actor_name for e in events("view.shared")] == ["coordinator"] * 2
    assert len(events("view.moved")) == 1


def test_a_district_wide_hand_is_needed_to_share(
    database: Database, clock: Clock, district: District, chief: Actor
) -> None:
    bulk = frozenset({Permission.ASSET_BULK, Permission.ASSET_READ, Permission.SELF})
    here = replace(chief, grants=(Grant(bulk, frozenset({district.north, district.south})),))
    with database.unit() as db:
        view = save(db, here, ViewDraft(ASSETS, "V"), now=clock())
        with pytest.raises(Forbidden):
            share(db, here, view.id, now=clock())
        assert share(db, chief, view.id, now=clock()).account_id is None


def test_names_are_unique_within_owner_and_page(
    database: Database, clock: Clock, tech: Actor, chief: Actor
) -> None:
    with database.unit() as db:
        one = save(db, tech, ViewDraft(ASSETS, "  My   view "), now=clock())
        assert one.name == "My view"
        with pytest.raises(Duplicate):
            save(db, tech, ViewDraft(ASSETS, "my VIEW"), now=clock())
        save(db, tech, ViewDraft(DISCOVERIES, "my view"), now=clock())
        save(db, chief, ViewDraft(ASSETS, "my view"), now=clock())
        other = save(db, tech, ViewDraft(ASSETS, "Other"), now=clock())
        with pytest.raises(Duplicate):
            rename(db, tech, other.id, "MY VIEW", now=clock())
        assert rename(db, tech, one.id, "MY view", now=clock()).name == "MY view"
        for bad in ("", "   ", "x" * 81, "a\x00b", "a\nb"):
            with pytest.raises(InvalidInput):
                rename(db, tech, one.id, bad, now=clock())
        with pytest.raises(VersionMismatch):
            rename(db, tech, one.id, "Z", now=clock(), version=1)


def test_views_stand_in_their_order(database: Database, clock: Clock, tech: Actor) -> None:
    with database.unit() as db:
        ids = [save(db, tech, ViewDraft(ASSETS, n), now=clock()).id for n in "abcd"]
        assert names(db, tech) == list("abcd")
        for which, place, order in (
            (3, 0, "dabc"),
            (0, 3, "dbca"),
            (1, 49, "dcab"),
            (2, 1, "dcab"),
        ):
            move(db, tech, ids[which], place, now=clock())
            assert names(db, tech) == list(order)
        for place in (-1, 50):
            with pytest.raises(InvalidInput):
                move(db, tech, ids[0], place, now=clock())


def test_there_is_room_for_so_many(
    monkeypatch: pytest.MonkeyPatch, database: Database, clock: Clock, tech: Actor, chief: Actor
) -> None:
    monkeypatch.setattr(saved_views, "MOST", 2)
    with database.unit() as db:
        save(db, tech, ViewDraft(ASSETS, "a"), now=clock())
        save(db, tech, ViewDraft(DISCOVERIES, "b"), now=clock())
        with pytest.raises(Conflict):
            save(db, tech, ViewDraft(ASSETS, "c"), now=clock())
        for name in ("c", "d"):
            view = save(db, chief, ViewDraft(ASSETS, name), now=clock())
            share(db, chief, view.id, now=clock())
        view = save(db, chief, ViewDraft(ASSETS, "e"), now=clock())
        with pytest.raises(Conflict):
            share(db, chief, view.id, now=clock())


def test_the_database_itself_keeps_names_apart(
    database: Database, clock: Clock, tech: Actor
) -> None:
    row = {"page": ASSETS, "name": "a", "name_key": "a", "query": "", "created_at": clock()}
    for owner in (tech.id, None):
        with pytest.raises(HomeroomError), database.unit() as db:
            db.add(SavedView(account_id=owner, **row))
            db.add(SavedView(account_id=owner, **row))
    with database.unit(write=False) as db:
        assert db.exec(select(SavedView)).all() == []


def test_a_stored_query_is_what_the_list_takes(
    api: Callable[..., Any], database: Database, clock: Clock, tech: Actor
) -> None:
    with database.unit() as db:
        query = "category=printer&seen=never&seen=week&warranty_days=60&supplies=low&sort=-name"
        view = save(db, tech, ViewDraft(ASSETS, "V", query), now=clock())
    assert len(parse_qsl(view.query)) == 6
    assert api("coordinator").get(f"/api/v1/assets?{view.query}").status_code == 200
