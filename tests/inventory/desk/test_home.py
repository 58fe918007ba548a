"""The first page: what waits, how pressing it is, and that every number leads to its list."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from inventory.access import ROLE_PERMISSIONS, Actor, Grant, Permission, Role, system_actor
from inventory.assets.asking import asked
from inventory.assets.kinds import Category, Outcome, Source, Status
from inventory.assets.listing import list_assets
from inventory.assets.models import Asset
from inventory.assets.spans import Seen
from inventory.db import Database
from inventory.desk import home
from inventory.desk.home import Bar, figures, pairs, queues
from inventory.desk.queues import Queue, Severity
from inventory.discovery import review_queue, sweeps
from inventory.discovery.asking import asked as asked_findings
from inventory.discovery.finding_models import Decision, DiscoveryFinding
from inventory.discovery.models import Network, Sweep, SweepState
from inventory.discovery.reading_models import SupplyReading
from inventory.errors import Forbidden
from snmp_discovery.types import Kind, SupplyState
from tests.conftest import Clock
from tests.inventory.conftest import District

CHIEF = system_actor("test", Permission)
NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
_NUMBERS = count(1)


def at(role: Role, *site_ids: int) -> Actor:
    return Actor("account", 7, role.value, (Grant(ROLE_PERMISSIONS[role], frozenset(site_ids)),))


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def asset(db: Session, **more: Any) -> int:
    number = next(_NUMBERS)
    row = Asset(
        **{
            "tag": f"T{number}", "tag_key": f"t{number}", "category": Category.PRINTER,
            "status": Status.DEPLOYED, "created_at": ago(1), "updated_at": ago(1), **more,
        }
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row.id


def network(db: Session, site_id: int | None) -> int:
    row = Network(name=f"n{next(_NUMBERS)}", site_id=site_id, created_at=NOW, updated_at=NOW)
    db.add(row)
    db.flush()
    return row.id


def sweep(db: Session, network_id: int, state: SweepState, days: float) -> int:
    row = Sweep(
        network_id=network_id, state=state, requested_by="x", requested_at=ago(days),
        finished_at=ago(days),
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row.id


def finding(db: Session, outcome: Outcome, days: float, site_id: int | None, **more: Any) -> None:
    net = network(db, site_id)
    run = sweep(db, net, SweepState.FINISHED, days)
    row = DiscoveryFinding(
        sweep_id=run, network_id=net, site_id=site_id, seen_key="k", kind=Kind.PRINTER,
        outcome=outcome, fingerprint="f", first_at=ago(days), last_at=NOW, **more,
    )  # fmt: skip
    db.add(row)


@pytest.fixture
def fleet(database: Database, district: District) -> Iterator[Database]:
    north, south, top = district.north_room, district.south_room, district.district
    with database.unit() as db:
        swept = {"last_seen_source": Source.SWEEP}
        for days in (44.9, 45, 45.1, 100):
            asset(db, site_id=north, last_seen_at=ago(days), **swept)
        asset(db, site_id=south, last_seen_at=ago(300), **swept)
        asset(db, site_id=north, last_seen_at=ago(200), status=Status.IN_STOCK, **swept)
        asset(db, site_id=north, last_seen_at=ago(200), last_seen_source=Source.VENDOR)
        asset(db, site_id=None, category=Category.TABLET, purchase_date=date(2019, 1, 1))
        asset(db, site_id=top, category=Category.LAPTOP, created_at=ago(3000))
        for days in (-1, 0, 60, 61):
            ends = NOW.date() + timedelta(days=days)
            asset(db, site_id=south, warranty_until=ends, purchase_date=date(2026, 1, 1))
            asset(db, site_id=south, warranty_until=ends, status=Status.DISPOSED)
        for n, (state, current) in enumerate(
            [(SupplyState.LOW, True), (SupplyState.EMPTY, True), (SupplyState.EMPTY, False),
             (SupplyState.OK, True)]
        ):  # fmt: skip
            reading = {"supply_index": str(n), "state": state, "current": current}
            for site, status in ((north, Status.DEPLOYED), (north, Status.RETIRED)):
                row = asset(db, site_id=site, status=status)
                db.add(SupplyReading(asset_id=row, at=ago(n), **reading))
        for outcome in Outcome:
            finding(db, outcome, 9, None, decision=Decision.IGNORED)
            finding(db, outcome, 5, south)
            finding(db, outcome, 3, north)
        finding(db, Outcome.NEW, 2, None)
        _sweeps(db, north, south)
    yield database


def _sweeps(db: Session, north: int, south: int) -> None:
    ok, failed, lost = SweepState.FINISHED, SweepState.FAILED, SweepState.INTERRUPTED
    stories = {
        (ok, failed): north, (failed, lost): south, (failed, ok): north, (ok,): north,
        (failed, SweepState.CANCELLED): north, (lost, SweepState.RUNNING): None,
    }  # fmt: skip
    for states, site in stories.items():
        net = network(db, site)
        for n, state in enumerate(states):
            sweep(db, net, state, 10 - n)


def behind(db: Session, actor: Actor, queue: Queue | Bar, page: str, now: datetime) -> int:
    """The length of the list that a number leads to."""
    args = pairs(queue.args)
    if page == "assets":
        return list_assets(db, actor, asked(args, at=now)).count
    if page == "discoveries":
        return len(review_queue.visible(db, actor, asked_findings(args), limit=1000))
    assert args == [("troubled", "true")]
    return len(sweeps.recent(db, actor, troubled=True, limit=1000))


ACTORS: dict[str, Callable[[District], Actor]] = {
    "everything": lambda d: CHIEF,
    "north": lambda d: at(Role.TECHNICIAN, d.north, d.north_room),
    "south": lambda d: at(Role.HELPDESK, d.south, d.south_room),
    "principal": lambda d: at(Role.SCHOOL_ADMINISTRATOR, d.north, d.north_room),
}


@pytest.mark.parametrize("who", ACTORS)
def test_a_number_is_the_length_of_its_list(fleet: Database, district: District, who: str) -> None:
    actor = ACTORS[who](district)
    now = NOW.astimezone(ZoneInfo("America/New_York"))
    with fleet.unit(write=False) as db:
        waiting = queues(db, actor, now=now)
        for queue in waiting:
            assert queue.count == behind(db, actor, queue, queue.page, now), queue.key
            assert (queue.severity is Severity.CLEAR) == (queue.count == 0) == (not queue.oldest)
        told = figures(db, actor, now=now)
        for chart in told.charts.values():
            for bar in chart:
                assert bar.count == behind(db, actor, bar, "assets", now), bar
        every = list_assets(db, actor, asked([], at=now)).count
        assert sum(bar.count for bar in told.charts["status"]) == every
        for name in ("category", "school", "age", "seen"):
            assert sum(bar.count for bar in told.charts[name]) == told.total, name


def test_what_waits_for_whom(fleet: Database, district: District) -> None:
    def waiting(actor: Actor) -> dict[str, tuple[int, datetime | None, str]]:
        with fleet.unit(write=False) as db:
            found = queues(db, actor, now=NOW)
        assert not any(queue.capped for queue in found)
        return {q.key: (q.count, q.oldest, q.severity.value) for q in found}

    midnight = datetime(2026, 9, 1, tzinfo=UTC)
    assert waiting(CHIEF) == {
        "conflicts": (2, ago(5), "warning"),
        "new": (3, ago(5), "notice"),
        "sweeps": (4, ago(10), "urgent"),
        "unseen": (3, ago(300), "warning"),
        "supplies_empty": (1, ago(1), "warning"),
        "supplies_low": (1, ago(0), "notice"),
        "warranty": (2, midnight, "notice"),
    }
    north = waiting(ACTORS["north"](district))
    assert {key: number for key, (number, _, _) in north.items()} == {
        "conflicts": 1, "new": 1, "sweeps": 2, "unseen": 2, "supplies_empty": 1,
        "supplies_low": 1, "warranty": 0,
    }  # fmt: skip
    assert north["warranty"] == (0, None, "clear")
    assert (north["new"][1], north["sweeps"][1], north["unseen"][1]) == (ago(3), ago(10), ago(100))
    assert set(waiting(ACTORS["principal"](district))) == {
        "unseen", "supplies_empty", "supplies_low", "warranty",
    }  # fmt: skip
    assert waiting(at(Role.STAFF, district.north)) == {}


def test_the_charts(fleet: Database, district: District) -> None:
    with fleet.unit(write=False) as db:
        told = figures(db, CHIEF, now=NOW)
        with pytest.raises(Forbidden):
            figures(db, at(Role.STAFF, district.north), now=NOW)
    shown = {name: {bar.label: bar.count for bar in chart} for name, chart in told.charts.items()}
    assert list(shown) == ["category", "school", "age", "seen", "status"]
    assert shown["category"] == {"printer": 15, "tablet": 1, "laptop": 1}
    assert list(shown["category"]) == ["printer", "tablet", "laptop"]
    assert shown["school"] == {"North School": 10, "South School": 5, "": 2}
    assert shown["age"] == {
        "…2018": 1, "2019": 1, "2020": 0, "2021": 0, "2022": 0, "2023": 0, "2024": 0, "2025": 0,
        "2026": 15,
    }  # fmt: skip
    assert list(shown["seen"]) == list(Seen)
    assert shown["seen"] == {"week": 0, "month": 0, "quarter": 3, "longer": 4, "never": 10}
    assert shown["status"] == {"in_stock": 1, "deployed": 16, "retired": 4, "disposed": 4}
    assert told.total == 17


def test_figures_are_kept_for_a_minute_and_queues_are_not(fleet: Database) -> None:
    def total(seconds: float) -> tuple[int, int]:
        now = NOW + timedelta(seconds=seconds)
        with fleet.unit(write=False) as db:
            waiting = {queue.key: queue.count for queue in queues(db, CHIEF, now=now)}
            return figures(db, CHIEF, now=now).total, waiting["warranty"]

    assert total(0) == (17, 2)
    with fleet.unit() as db:
        asset(db, warranty_until=NOW.date())
    assert total(59) == (17, 3)
    assert total(60) == (18, 3)


def test_a_count_is_capped_like_the_lists(monkeypatch: pytest.MonkeyPatch, fleet: Database) -> None:
    for module in ("assets.listing", "discovery.review_queue", "discovery.troubled"):
        monkeypatch.setattr(f"inventory.{module}.COUNTED", 1)
    with fleet.unit(write=False) as db:
        found = {queue.key: (queue.count, queue.capped) for queue in queues(db, CHIEF, now=NOW)}
    assert found["new"] == found["sweeps"] == found["unseen"] == found["warranty"] == (1, True)
    assert found["supplies_low"] == (1, False)


def test_the_api_lists_what_the_numbers_promise(
    api: Callable[..., Any], fleet: Database, clock: Clock
) -> None:
    caller = api("coordinator")
    now = clock().astimezone(ZoneInfo("America/New_York"))
    with fleet.unit(write=False) as db:
        numbers = queues(db, CHIEF, now=now)
        bars = [bar for chart in figures(db, CHIEF, now=now).charts.values() for bar in chart]
    asked_for = [(q.page, q.args, q.count) for q in numbers]
    asked_for += [("assets", bar.args, bar.count) for bar in bars]
    for page, args, number in asked_for:
        answer = caller.get(f"/api/v1/{page}?{urlencode(args, doseq=True)}")
        assert answer.status_code == 200, (page, args)
        body = answer.get_json()
        assert body.get("count", len(body["items"])) == number, (page, args)
    rest = caller.get("/api/v1/sweeps?troubled=false").get_json()["items"]
    everything = caller.get("/api/v1/sweeps?limit=500").get_json()["items"]
    assert len(everything) == len(rest) + 4


def test_an_actor_without_anything_sees_nothing(fleet: Database) -> None:
    with fleet.unit(write=False) as db:
        assert queues(db, replace(CHIEF, grants=()), now=NOW) == []
    assert set(home.HELD) | {"retired", "disposed"} == {status.value for status in Status}
