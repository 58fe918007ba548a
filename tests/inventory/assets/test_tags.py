"""Tags: allocated in the insert's transaction, never twice, and every old one still resolves."""

import threading
from collections.abc import Callable

import pytest
from sqlmodel import select

from inventory.access import Role
from inventory.assets import service, tags
from inventory.assets.kinds import Category
from inventory.assets.models import Asset, AssetTag
from inventory.assets.service import AssetDraft
from inventory.audit import service as audit
from inventory.db import Database
from inventory.errors import Conflict, Duplicate, Forbidden, InvalidInput
from tests.conftest import Clock
from tests.inventory.assets.conftest import EVERYTHING, District, Make
from tests.inventory.conftest import MakeCaller


def in_parallel(count: int, work: Callable[[int], object]) -> list[object]:
    """Run `work(n)` in `count` threads at once; results or exceptions, in order."""
    done: list[object] = [None] * count
    gate = threading.Barrier(count)

    def run(n: int) -> None:
        gate.wait()
        try:
            done[n] = work(n)
        except Exception as error:
            done[n] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def test_fifty_at_once_get_fifty_tags(database: Database, clock: Clock) -> None:
    def work(n: int) -> str:
        with database.unit() as db:
            draft = AssetDraft(
                category=Category.TABLET, manufacturer="Apple", model=f"iPad {n % 3}"
            )
            return service.create(db, EVERYTHING, draft, now=clock()).tag

    done = in_parallel(50, work)
    assert sorted(map(str, done)) == [f"HR-{n:06d}" for n in range(1, 51)]
    with database.unit(write=False) as db:
        assert audit.verify(db).broken_at is None


def test_the_same_tag_and_serial_at_once_are_given_once(database: Database, clock: Clock) -> None:
    def work(n: int) -> Asset:
        with database.unit() as db:
            more = {"tag": "ONE"} if n % 2 else {"serial": "SAME1234"}
            draft = AssetDraft(category=Category.TABLET, **more)  # type: ignore[arg-type]
            return service.create(db, EVERYTHING, draft, now=clock())

    done = in_parallel(8, work)
    assert sum(isinstance(one, Asset) for one in done) == 2
    assert all(isinstance(one, (Asset, Duplicate)) for one in done), done


def test_the_same_request_sent_twice_at_once_is_done_once(
    database: Database, api: MakeCaller, district: District
) -> None:
    script = api("integration", site=district.lincoln)
    draft = {"category": "laptop", "site_id": district.lincoln}

    def work(_: int) -> tuple[int, int]:
        sender = script.client.application.test_client()
        headers = {**script.headers, "Idempotency-Key": "k"}
        answer = sender.post("/api/v1/assets", json=draft, headers=headers)
        return answer.status_code, answer.get_json()["id"]

    done = in_parallel(6, work)
    assert set(done) == {(201, 1)}
    with database.unit(write=False) as db:
        assert len(db.exec(select(Asset.id)).all()) == 1


def test_an_old_tag_resolves_and_is_never_given_again(
    database: Database, clock: Clock, make: Make
) -> None:
    asset, other = make(), make()
    with database.unit() as db:
        service.change(db, EVERYTHING, asset.id, {"tag": "NEW"}, now=clock())
        service.change(db, EVERYTHING, asset.id, {"tag": "NEWER"}, now=clock())
    with database.unit(write=False) as db:
        for tag in ("HR-000001", "new", "NEWER"):
            assert service.by_tag(db, EVERYTHING, tag).id == asset.id
    with pytest.raises(Duplicate, match="was borne by what is now NEWER"):
        make(tag="hr-000001")
    with pytest.raises(Duplicate), database.unit() as db:
        service.change(db, EVERYTHING, other.id, {"tag": "NEW"}, now=clock())
    with database.unit() as db:
        back = service.change(db, EVERYTHING, asset.id, {"tag": "Hr-000001"}, now=clock())
        assert back.tag == "Hr-000001"
        current = db.exec(select(AssetTag.tag_key).where(AssetTag.current, AssetTag.asset_id == 1))
        assert current.all() == ["hr-000001"]


def test_the_counter_steps_over_what_is_taken(make: Make) -> None:
    for n in (2, 3, 5):
        make(tag=f"HR-{n:06d}")
    assert [make().tag for _ in range(3)] == ["HR-000001", "HR-000004", "HR-000006"]


def test_a_gap_after_a_failure_is_no_harm(database: Database, clock: Clock, make: Make) -> None:
    make()
    with pytest.raises(RuntimeError), database.unit() as db:
        service.create(db, EVERYTHING, AssetDraft(category=Category.UPS), now=clock())
        raise RuntimeError
    assert make().tag == "HR-000002"


def test_rolls_are_reserved(
    database: Database, clock: Clock, make: Make, district: District
) -> None:
    make()
    with database.unit() as db:
        _, first, last = tags.reserve(db, EVERYTHING, 10, now=clock(), purpose="roll 1")
        assert (first, last) == ("HR-000002", "HR-000011")
        tags.reserve(db, EVERYTHING, 5, now=clock(), first=12)
        tags.reserve(db, EVERYTHING, 100, now=clock(), first=14 + 5)
    assert make().tag == "HR-000017"
    assert make(tag="HR-000005").tag == "HR-000005"
    assert [make().tag for _ in range(2)] == ["HR-000018", "HR-000119"]
    with database.unit() as db:
        for first_number in (1, 5, 11, 16, 100, 118, 119):
            with pytest.raises(Conflict):
                tags.reserve(db, EVERYTHING, 2, now=clock(), first=first_number)
        for count in (0, -1, 10_001):
            with pytest.raises(InvalidInput):
                tags.reserve(db, EVERYTHING, count, now=clock())
        _, first, _ = tags.reserve(db, EVERYTHING, 3, now=clock())
        assert first == "HR-000120"
        with pytest.raises(Forbidden):
            tags.reserve(db, district.at(Role.HELPDESK, 1), 1, now=clock())


def test_several_series(database: Database, clock: Clock, make: Make, district: District) -> None:
    with database.unit() as db:
        tags.create_counter(db, EVERYTHING, "IT ", width=4, is_default=False, now=clock())
        for prefix in ("it", "IT", "\uff29\uff34"):
            with pytest.raises(Duplicate):
                tags.create_counter(db, EVERYTHING, prefix, width=4, is_default=True, now=clock())
        for prefix, width in (("A1", 4), ("A\n", 4), ("x" * 41, 4), ("A", 0), ("A", 13)):
            with pytest.raises(InvalidInput):
                tags.create_counter(
                    db, EVERYTHING, prefix, width=width, is_default=False, now=clock()
                )
        technician = district.at(Role.TECHNICIAN, district.lincoln)
        with pytest.raises(Forbidden):
            tags.create_counter(db, technician, "T", width=4, is_default=False, now=clock())
    assert [make(prefix="it").tag, make(prefix="IT").tag] == ["IT 0001", "IT 0002"]
    assert make().tag == "HR-000001"
    with database.unit() as db:
        tags.create_counter(db, EVERYTHING, "", width=8, is_default=True, now=clock())
    assert make().tag == "00000001"
