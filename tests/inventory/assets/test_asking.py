"""What the list can be asked, as text: read, refused, written back; and what it then finds."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, strategies as st

from inventory.access import Role
from inventory.assets.asking import ARGS, asked, filter_of, narrowed, pairs_of
from inventory.assets.filters import AssetFilter, Shortage
from inventory.assets.held import Holding
from inventory.assets.kinds import Category, Source, Status
from inventory.assets.list_schemas import AssetExportArgs, AssetFilterArgs, AssetListArgs
from inventory.assets.listing import list_assets
from inventory.assets.matching import match
from inventory.assets.observation import Observation
from inventory.assets.sightings import sight
from inventory.assets.spans import Seen
from inventory.db import Database
from inventory.discovery.reading_models import SupplyReading
from inventory.errors import InvalidInput
from snmp_discovery.types import SupplyState
from tests.conftest import Clock
from tests.inventory.assets.conftest import EVERYTHING, District, Make

AT = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)

EXAMPLES = {
    "q": "hp 12", "tag": "T-1", "category": "printer", "status": "deployed", "site_id": "7",
    "outside_schools": "true", "manufacturer": "HP", "manufacturer_id": "3",
    "has_manufacturer": "false", "model_id": "2147483647", "seen": "never", "unseen_days": "45",
    "seen_before": "2026-09-01T12:00:00+00:00", "seen_after": "2025-01-01T00:00:00+00:00",
    "seen_by": "sweep", "acquired_from": "2019", "acquired_to": "2026", "warranty_days": "0",
    "supplies": "low", "holder": "overdue", "has_serial": "true", "funding_source": "Title I",
    "federal_funds": "false", "custom": "room:a:b",
}  # fmt: skip
"""Every argument in its normal form."""

REFUSED = [
    ("q", "x" * 201), ("q", "a\x00b"), ("tag", "x" * 65), ("category", "spaceship"),
    ("category", "Printer"), ("status", "in stock"), ("site_id", "0"), ("site_id", "-1"),
    ("site_id", "2147483648"), ("site_id", "1e3"), ("site_id", "٣"), ("outside_schools", "maybe"),
    ("manufacturer", "x" * 121), ("manufacturer_id", "x"), ("has_manufacturer", "2"),
    ("seen", "yesterday"), ("unseen_days", "-1"), ("unseen_days", "36501"),
    ("seen_before", "2026-09-01"), ("seen_before", "2026-09-01T12:00:00"), ("seen_after", "now"),
    ("seen_before", "0001-01-01T00:00:00+23:00"), ("seen_by", "rumour"),
    ("acquired_from", "1969"), ("acquired_to", "2201"), ("warranty_days", "x"),
    ("supplies", "ok"), ("holder", "Ada"), ("has_serial", "None"), ("custom", "nocolon"),
    ("custom", "x" * 1200),
    ("stauts", "lost"), ("after", "abc"), ("sort", "tag"), ("at", "2026"),
]  # fmt: skip


def test_text_and_schema_and_filter_take_the_same() -> None:
    assert set(ARGS) == set(EXAMPLES) == {f.name for f in fields(AssetFilter)} - {"at"}
    assert set(AssetFilterArgs().fields) == {*ARGS, "sort"}
    assert set(AssetListArgs().fields) == {*ARGS, "sort", "after", "before", "limit"}
    assert set(AssetExportArgs().fields) == {*ARGS, "sort", "columns"}
    listed = {n: [v] if ARGS[n].many else v for n, v in EXAMPLES.items()}
    loaded = filter_of(AssetListArgs().load(listed), at=AT)
    assert loaded == asked(EXAMPLES.items(), at=AT)
    assert pairs_of(loaded) == list(EXAMPLES.items())


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_what_is_refused_is_named(name: str, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        asked([("q", "x"), (name, text)], at=AT)
    assert list(refused.value.fields) == [name]


@pytest.mark.parametrize(
    ("name", "text"),
    [(n, t) for n, t in REFUSED if n not in {"after", "sort", "q"} and t.isascii()],
)
def test_the_api_refuses_the_same(
    api: Callable[..., Any], database: Database, name: str, text: str
) -> None:
    answer = api("coordinator").get(f"/api/v1/assets?{urlencode({name: text})}")
    assert answer.status_code == 422, answer.get_json()


@pytest.mark.parametrize("name", [n for n in EXAMPLES if n != "custom"])
def test_the_api_takes_every_argument(
    api: Callable[..., Any], database: Database, name: str
) -> None:
    answer = api("coordinator").get(f"/api/v1/assets?{urlencode({name: EXAMPLES[name]})}")
    assert answer.status_code == 200, answer.get_json()


def test_blank_and_repeated_arguments() -> None:
    pairs = [("q", " "), ("category", "tablet"), ("category", ""), ("category", "fax"),
             ("category", "tablet"), ("site_id", "1"), ("site_id", "2")]  # fmt: skip
    wanted = asked(pairs, at=AT)
    assert wanted.category == (Category.TABLET, Category.FAX)
    assert pairs_of(wanted) == [("category", "fax"), ("category", "tablet"), ("site_id", "2")]
    with pytest.raises(InvalidInput):
        asked([("custom", f"k:{n}") for n in range(51)], at=AT)
    with pytest.raises(InvalidInput):
        narrowed(wanted, {"site": "1"})
    assert narrowed(wanted, {"site_id": "9"}, instead_of=["category"]).category == ()


WORDS = st.text(st.characters(exclude_categories=["C"]), max_size=20).map(str.strip)
FILTERS = st.builds(
    AssetFilter,
    at=st.just(AT),
    q=WORDS,
    category=st.sets(st.sampled_from(list(Category))).map(lambda s: tuple(sorted(s))),
    seen=st.sets(st.sampled_from(list(Seen))).map(lambda s: tuple(sorted(s))),
    supplies=st.sets(st.sampled_from(list(Shortage))).map(lambda s: tuple(sorted(s))),
    holder=st.sets(st.sampled_from(list(Holding))).map(lambda s: tuple(sorted(s))),
    site_id=st.none() | st.integers(1, 2**31 - 1),
    has_serial=st.none() | st.booleans(),
    unseen_days=st.none() | st.integers(0, 36_500),
    seen_before=st.none() | st.datetimes(timezones=st.just(UTC)),
    custom=st.lists(st.tuples(st.from_regex("[a-z]{1,9}", fullmatch=True), WORDS), max_size=1).map(
        tuple
    ),
)


@given(wanted=FILTERS)
def test_a_filter_survives_being_written(wanted: AssetFilter) -> None:
    pairs = pairs_of(wanted)
    assert asked(pairs, at=AT) == wanted
    assert pairs_of(asked(reversed(pairs), at=AT)) == pairs


def test_what_the_new_filters_find(
    database: Database, clock: Clock, make: Make, district: District
) -> None:
    now = clock()
    old = make(tag="OLD", serial="SER-OLD-1", purchase_date=date(2019, 12, 31))
    new = make(
        tag="NEW", serial="SER-NEW-1", purchase_date=date(2020, 1, 1), manufacturer="HP",
        site_id=district.room_12, warranty_until=now.date() + timedelta(days=30),
    )  # fmt: skip
    make(tag="ENDS", site_id=district.district, warranty_until=now.date())
    make(tag="OVER", warranty_until=now.date() - timedelta(days=1))
    with database.unit() as db:
        for source, serial in ((Source.SWEEP, "SER-OLD-1"), (Source.VENDOR, "SER-NEW-1")):
            seen = Observation(source=source, source_ref=serial, at=now, serial=serial)
            sight(db, EVERYTHING, seen, match(db, seen), now=now)
        later = Observation(
            source=Source.VENDOR, source_ref="v", at=now + timedelta(days=1), serial="SER-OLD-1"
        )
        sight(db, EVERYTHING, later, match(db, later), now=now)
        for asset, state, current in ((old, SupplyState.LOW, True), (new, SupplyState.LOW, False),
                                      (new, SupplyState.EMPTY, True)):  # fmt: skip
            reading = SupplyReading(
                asset_id=asset.id, supply_index=state.value, state=state, at=now, current=current
            )
            db.add(reading)

    def find(days: float = 0, **wanted: Any) -> list[str]:
        with database.unit(write=False) as db:
            asked_for = AssetFilter(at=now + timedelta(days=days), **wanted)
            return [row.tag for row in list_assets(db, EVERYTHING, asked_for).rows]

    assert find(seen_by=Source.SWEEP) == ["OLD"]
    assert find(seen_by=Source.VENDOR) == ["NEW", "OLD"]
    assert find(unseen_days=1, seen_by=Source.VENDOR) == []
    assert find(days=1.5, unseen_days=1, seen_by=Source.VENDOR) == ["NEW"]
    assert find(days=1.5, unseen_days=1) == ["ENDS", "NEW", "OVER"]
    assert find(supplies=(Shortage.LOW,)) == ["OLD"]
    assert find(supplies=(Shortage.LOW, Shortage.EMPTY)) == ["NEW", "OLD"]
    assert find(warranty_days=0) == ["ENDS"]
    assert find(warranty_days=29) == ["ENDS"]
    assert find(warranty_days=30) == ["ENDS", "NEW"]
    assert find(acquired_to=2019) == ["OLD"]
    assert find(acquired_from=2020, acquired_to=2020) == ["NEW"]
    assert find(acquired_from=2026) == ["ENDS", "OVER"]
    assert find(acquired_from=2027) == []
    assert find(has_manufacturer=True) == ["NEW"]
    assert find(has_manufacturer=False) == ["ENDS", "OLD", "OVER"]
    assert find(outside_schools=True) == ["ENDS", "OLD", "OVER"]
    assert find(outside_schools=False) == ["NEW"]
    with database.unit(write=False) as db:
        reader = district.at(Role.HELPDESK, district.lincoln)
        page = list_assets(db, reader, AssetFilter(outside_schools=True))
        assert page.count == 0
        with pytest.raises(ValueError, match="`at`"):
            list_assets(db, EVERYTHING, AssetFilter(unseen_days=1))
        wanted = AssetFilter(status=(Status.LOST,))
        assert list_assets(db, EVERYTHING, replace(wanted, seen=(Seen.NEVER,), at=now)).count == 0
