"""Facets: every number is the length of the list that its choice leads to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlmodel import Session, col

from inventory.access import Actor, Role
from inventory.assets import facets as counted
from inventory.assets.asking import narrowed
from inventory.assets.catalog_models import Manufacturer
from inventory.assets.facets import Facets, facets
from inventory.assets.filters import AssetFilter
from inventory.assets.kinds import Category, Source, Status
from inventory.assets.listing import list_assets
from inventory.assets.models import Asset, AssetSearch, AssetTag
from inventory.assets.search_doc import refresh
from inventory.assets.spans import DAYS, Seen
from inventory.db import Database
from inventory.errors import Forbidden
from inventory.sites.models import Site, SiteKind
from tests.house.world import copied_database
from tests.inventory.assets.conftest import EVERYTHING, District, Make

AT = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
AGES = (None, 0, 6, 7, 8, 29, 30, 31, 89, 90, 91, 400)
"""Days since last seen, around every border; a border itself belongs to the younger stretch."""


@pytest.fixture(scope="module")
def fleet(
    backend: str,
    template: str,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Database, District]]:
    """Assets of all kinds everywhere; read only."""
    folder = tmp_path_factory.mktemp("facets")
    with copied_database(backend, template, folder, request) as database:
        with database.unit() as db:
            places = _places(db)
            _fill(db, places)
        yield database, places


def _places(db: Session) -> District:
    def add(kind: SiteKind, name: str, parent: int | None) -> int:
        site = Site(kind=kind, name=name, parent_id=parent)
        db.add(site)
        db.flush()
        return site.id

    top = add(SiteKind.DISTRICT, "Westbrook", None)
    lincoln = add(SiteKind.SCHOOL, "Lincoln", top)
    building = add(SiteKind.BUILDING, "Annex", lincoln)
    room = add(SiteKind.ROOM, "12", building)
    adams = add(SiteKind.SCHOOL, "adams", top)
    add(SiteKind.SCHOOL, "Empty", top)
    add(SiteKind.BUILDING, "Warehouse", top)
    return District(top, lincoln, room, adams)


def _fill(db: Session, places: District) -> None:
    makers = [Manufacturer(name=f"Maker {n}", key=f"maker {n}") for n in range(15)]
    db.add_all(makers)
    db.flush()
    used = sa.select(col(Site.id)).where(col(Site.name) != "Empty").order_by(col(Site.id))
    sites = [None, *db.execute(used).scalars()]
    statuses, categories = list(Status), list(Category)[:4]
    for n in range(400):
        age = AGES[n * 7 % 12]
        # The makers are of very different sizes, and some assets have none.
        maker = makers[(n * n) % 15] if n % 5 else None
        asset = Asset(
            tag=f"T-{n}", tag_key=f"t-{n}", category=categories[n * 3 % 4],
            status=statuses[n % 9], site_id=sites[n * 5 % len(sites)], name=f"w{n % 3} thing",
            manufacturer_id=maker.id if maker else None, created_at=AT, updated_at=AT,
            last_seen_at=None if age is None else AT - timedelta(days=age),
            last_seen_source=None if age is None else Source.SWEEP, funding_source=f"f{n % 2}",
        )  # fmt: skip
        db.add(asset)
        db.flush()
        db.add(AssetTag(tag_key=asset.tag_key, tag=asset.tag, asset_id=asset.id, since=AT))
        db.add(AssetSearch(asset_id=asset.id, doc=""))
    db.flush()
    refresh(db, list(db.execute(sa.select(col(Asset.id))).scalars()))


def length(db: Session, actor: Actor, wanted: AssetFilter) -> int:
    return list_assets(db, actor, wanted, limit=1).count


def check(db: Session, actor: Actor, wanted: AssetFilter, found: Facets) -> None:
    """Every value's count, and everything else of the facet, against the list."""
    assert found.whole
    assert found.total == length(db, actor, wanted)
    for facet in found.facets.values():
        for value in facet.values:
            alone = narrowed(wanted, value.args, instead_of=facet.args)
            assert value.count == length(db, actor, alone), (facet.name, value)
        wide = narrowed(wanted, {}, instead_of=facet.args)
        all_of_it = sum(value.count for value in facet.values) + facet.others
        assert all_of_it == length(db, actor, wide), facet.name


def filters(places: District) -> st.SearchStrategy[AssetFilter]:
    some: Any = st.none()
    site_ids = [places.district, places.lincoln, places.room_12, places.adams, 999]
    return st.builds(
        AssetFilter,
        category=st.sets(st.sampled_from(list(Category)[:5]), max_size=3).map(tuple),
        status=st.sets(st.sampled_from(list(Status)), max_size=4).map(tuple),
        seen=st.sets(st.sampled_from(list(Seen)), max_size=3).map(tuple),
        manufacturer_id=some | st.integers(1, 17),
        manufacturer=st.sampled_from(["", "", "", "maker 4", "nobody"]),
        has_manufacturer=some | st.booleans(),
        site_id=some | st.sampled_from(site_ids),
        outside_schools=some | st.booleans(),
        funding_source=st.sampled_from(["", "", "f1"]),
        unseen_days=some | st.integers(0, 100),
        q=st.sampled_from(["", "", "w1", "thing", "t-33", "w2 thing"]),
        at=st.just(AT),
    )


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_count_is_the_length_of_the_list_behind_it(
    fleet: tuple[Database, District], data: st.DataObject
) -> None:
    database, places = fleet
    actor = data.draw(
        st.sampled_from(
            [EVERYTHING, places.at(Role.HELPDESK, places.adams, places.room_12)]
        )
    )  # fmt: skip
    wanted = data.draw(filters(places))
    with database.unit(write=False) as db:
        check(db, actor, wanted, facets(db, actor, wanted, now=AT))


def test_values_are_named_ordered_and_told_when_unknown(
    fleet: tuple[Database, District],
) -> None:
    database, places = fleet
    with database.unit(write=False) as db:
        wanted = AssetFilter(status=(Status.LOST,), site_id=places.adams, at=AT)
        found = facets(db, EVERYTHING, wanted, now=AT).facets
    assert list(found) == ["category", "status", "manufacturer", "school", "seen"]
    assert [v.label for v in found["school"].values] == ["adams", "Lincoln", ""]
    assert [v.chosen for v in found["school"].values] == [True, False, False]
    assert found["school"].values[-1].args == {"outside_schools": "true"}
    assert [v.value for v in found["status"].values if v.chosen] == ["lost"]
    assert [v.value for v in found["seen"].values] == list(Seen)
    assert found["manufacturer"].values[-1].value is None
    counts = [v.count for v in found["category"].values]
    assert counts == sorted(counts, reverse=True)


def test_beyond_the_twelve_largest_makers_there_are_others(
    fleet: tuple[Database, District],
) -> None:
    database, _ = fleet
    with database.unit(write=False) as db:
        makers = list(db.execute(sa.select(col(Manufacturer.id))).scalars())
        sizes = {m: length(db, EVERYTHING, AssetFilter(manufacturer_id=m)) for m in makers}
        smallest = min(sizes, key=lambda m: sizes[m])
        found = facets(db, EVERYTHING, AssetFilter(manufacturer_id=smallest), now=AT)
    facet = found.facets["manufacturer"]
    assert [v.value for v in facet.values if v.chosen] == [smallest]
    assert len([v for v in facet.values if v.value is not None]) <= 13
    assert found.total == sizes[smallest]


@pytest.mark.parametrize("seen", Seen)
def test_a_border_belongs_to_the_younger_stretch(
    fleet: tuple[Database, District], seen: Seen
) -> None:
    database, _ = fleet
    with database.unit(write=False) as db:
        page = list_assets(db, EVERYTHING, AssetFilter(seen=(seen,), at=AT), limit=500)
    ages = {None if r.last_seen_at is None else (AT - r.last_seen_at).days for r in page.rows}
    order = list(DAYS)
    if seen is Seen.NEVER:
        assert ages == {None}
    elif seen is Seen.LONGER:
        assert ages == {91, 400}
    else:
        place = order.index(seen)
        least = DAYS[order[place - 1]] if place else -1
        assert ages == {a for a in AGES if a is not None and least < a <= DAYS[seen]}


def test_numbers_of_many_are_kept_for_a_while(
    make: Make, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted, "FEW", 2)

    def total(wanted: AssetFilter, after: float) -> tuple[int | None, bool, float]:
        with database.unit(write=False) as db:
            found = facets(db, EVERYTHING, wanted, now=AT + timedelta(seconds=after))
        return found.total, found.whole, (found.counted_at - AT).total_seconds()

    for n in range(3):
        make(tag=f"A{n}", name="projector")
    assert total(AssetFilter(), 0) == (3, True, 0)
    make(tag="A3", name="projector")
    printers = AssetFilter(category=(Category.PRINTER,))
    assert total(AssetFilter(), 29) == total(printers, 29) == (3, True, 0)
    assert total(AssetFilter(), 30) == total(printers, 30) == (4, True, 30)
    assert total(AssetFilter(q="projector"), 31) == (None, False, 30)
    assert total(AssetFilter(q="A3"), 31) == (1, True, 31)
    make(tag="A3X")
    assert total(AssetFilter(q="A3"), 32) == (2, True, 32)
    # Another person's fleet is another number.
    with database.unit(write=False) as db:
        nowhere = replace(EVERYTHING, grants=())
        with pytest.raises(Forbidden):
            facets(db, nowhere, AssetFilter(), now=AT)
