"""What NanoMDM tells by webhook: believed once, with the right signature, of the right device."""

import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from inventory import jobs
from inventory.accounts.throttle import Buckets
from inventory.audit.models import AuditEvent
from inventory.db import now
from inventory.fleet import forgetting, opening
from inventory.fleet.hook_api import Pace
from inventory.fleet.hook_models import MdmMemory
from inventory.fleet.models import MdmConnection
from mdm.connector import Connector
from mdm.types import Action, Command, Device, OutcomeState as State, Platform, Receipt
from tests.inventory.conftest import MakeCaller
from tests.inventory.fleet.conftest import Fleet, Start
from tests.mdm.fakes.intune import FakeIntune
from tests.mdm.fakes.nanomdm import FakeNanoMdm
from tests.mdm.hook import Hook


class ToUs(Hook):
    """The fake's calls, handed to the application's own address."""

    def __init__(self, client: FlaskClient, path: str) -> None:
        super().__init__(lambda: None)
        self.client, self.path = client, path

    def take(self, headers: dict[str, str], body: bytes) -> int:
        return self.client.post(self.path, data=body, headers=headers).status_code


class Nano:
    """A server with devices, its connection, and the way to it."""

    def __init__(self, fleet: Fleet, fake: FakeNanoMdm, client: FlaskClient) -> None:
        self.fleet, self.fake, self.client = fleet, fake, client
        self.id = fleet.connect(fake, act_config=fake.config())
        self.path = f"/api/v1/mdm/hooks/{fleet.connection(self.id).uid}"
        fake.hook = ToUs(client, self.path).start()
        fake.seed(6)

    def opened(self, *, act: bool = False) -> Connector:
        with self.fleet.database.unit(write=False) as db:
            db.info[opening.ACTS] = act
            row = db.get(MdmConnection, self.id)
            assert row is not None
            return (opening.open_actor if act else opening.open_reader)(db, row)

    def devices(self) -> list[Device]:
        return [device for page in self.opened().devices() for device in page.devices]

    def lock(self) -> Receipt:
        ref = next(d.ref for d in self.devices() if d.platform is Platform.IPADOS)
        return self.opened(act=True).send(Command(Action.LOCK, ref, key="k"))

    def state(self, receipt: Receipt) -> State:
        return self.opened().outcome(receipt).state

    def kept(self) -> list[tuple[str, str]]:
        return [(row.key, row.sealed_value) for row in self.fleet.all(MdmMemory)]


@pytest.fixture
def nano(fleet: Fleet, start: Start, client: FlaskClient) -> Nano:
    return Nano(fleet, start(FakeNanoMdm), client)


def answer(nano: Nano, receipt: Receipt, id: str = "", **more: Any) -> bytes:
    told = {"CommandUUID": receipt.command_id, "Status": "Acknowledged"}
    return nano.fake.body_of("Connect", id or receipt.device.vendor_id, told, **more)


def test_devices_are_known_by_the_webhook_and_synced(nano: Nano) -> None:
    assert sorted(device.vendor_id for device in nano.devices()) == nano.fake.ids()
    nano.fleet.sync(nano.id)
    assert sorted(row.vendor_id for row in nano.fleet.devices()) == nano.fake.ids()
    assert not any(nano.fake.ids()[0] in value for _, value in nano.kept())


def test_people_are_told_where_the_server_must_call(
    nano: Nano, intune: FakeIntune, api: MakeCaller, browser: MakeCaller
) -> None:
    address = f"http://127.0.0.1:8000{nano.path}"
    assert f"<code>{address}</code>" in browser("coordinator").get(f"/connections/{nano.id}").text
    silent = nano.fleet.connect(intune)
    rows = api("coordinator").get("/api/v1/mdm-connections").json["items"]
    assert {row["id"]: row["hook_url"] for row in rows} == {nano.id: address, silent: ""}
    assert "<code>http" not in browser("coordinator").get(f"/connections/{silent}").text


def test_a_command_goes_from_pending_to_done(nano: Nano) -> None:
    receipt = nano.lock()
    assert nano.state(receipt) is State.PENDING
    nano.fake.answered(receipt.device.vendor_id, str(receipt.command_id), "Acknowledged")
    assert nano.state(receipt) is State.VERIFIED


def test_a_call_that_comes_twice_changes_nothing(nano: Nano) -> None:
    receipt = nano.lock()
    body = answer(nano, receipt, event_id="one")
    assert nano.fake.post(body, nano.fake.signed(body)) == 204
    before = nano.kept()
    assert nano.fake.post(body, nano.fake.signed(body)) == 204
    assert nano.kept() == before


def test_a_call_that_comes_many_times_at_once_counts_once(nano: Nano) -> None:
    receipt = nano.lock()
    bodies = [answer(nano, receipt, event_id=f"e{number}") for number in (1, 2)]
    app = nano.client.application

    def post(number: int) -> int:
        body = bodies[number % 2]
        told = app.test_client().post(nano.path, data=body, headers=nano.fake.signed(body))
        return told.status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(post, range(12))) == {204}
    kept = [key for key, _ in nano.kept()]
    told = sorted(key for key in kept if key in {"event|e1", "event|e2"})
    assert told == ["event|e1", "event|e2"]
    assert nano.state(receipt) is State.VERIFIED


def test_an_answer_before_the_command_was_accepted_is_not_lost(nano: Nano) -> None:
    """The device is quicker than NanoMDM's own answer to us."""
    pushed = nano.fake._pushed

    def told_first(id: str, command_id: str, kind: str) -> Any:
        nano.fake.answered(id, command_id, "Acknowledged")
        return pushed(id, command_id, kind)

    nano.fake._pushed = told_first  # type: ignore[method-assign]
    assert nano.state(nano.lock()) is State.VERIFIED


def test_an_answer_of_another_device_or_to_no_command_of_ours_counts_for_nothing(
    nano: Nano,
) -> None:
    receipt = nano.lock()
    other = next(id for id in nano.fake.ids() if id != receipt.device.vendor_id)
    body = answer(nano, receipt, other, event_id="wrong-device")
    assert nano.fake.post(body, nano.fake.signed(body)) == 409
    assert nano.fake.post(body, nano.fake.signed(body)) == 204  # known already
    nano.fake.answered(receipt.device.vendor_id, "0" * 36, "Acknowledged")
    assert nano.state(receipt) is State.PENDING
    assert "event|wrong-device" in {key for key, _ in nano.kept()}
    assert not any(key.startswith("result|") for key, _ in nano.kept())
    (told,) = nano.fleet.all(AuditEvent, action="mdm_hook.refused")
    assert (told.subject_id, told.origin) == (str(nano.id), "127.0.0.1")
    after = json.loads(told.after)
    assert set(after) == {"connection", "event", "why"}
    assert (after["event"], other in after["why"]) == ("wrong-device", True)


def test_a_stranger_cannot_tell_a_wrong_signature_from_no_connection(nano: Nano) -> None:
    receipt, before = nano.lock(), nano.kept()
    body = answer(nano, receipt)
    signed = nano.fake.signed(body)
    forged = {"X-Hmac-Signature": signed["X-Hmac-Signature"][::-1]}
    elsewhere = "/api/v1/mdm/hooks/" + "0" * 32
    answers = [
        nano.client.post(nano.path, data=body, headers=forged),
        nano.client.post(nano.path, data=body),
        nano.client.post(elsewhere, data=body, headers=signed),
    ]
    assert {told.status_code for told in answers} == {404}
    assert len({told.get_json()["detail"] for told in answers}) == 1
    assert nano.state(receipt) is State.PENDING
    assert nano.kept() == before


class Unread(io.BytesIO):
    """A body that nobody may read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("it was read")

    readline = read1 = read


@pytest.mark.parametrize(
    "said", [{"CONTENT_LENGTH": "1000001"}, {"HTTP_TRANSFER_ENCODING": "chunked"}]
)
def test_a_huge_or_endless_call_is_refused_before_it_is_read(
    nano: Nano, said: dict[str, str]
) -> None:
    told = nano.client.post(nano.path, input_stream=Unread(), environ_overrides=said)
    assert told.status_code == 413


def test_a_forged_call_waits_for_no_writer_and_holds_up_none(nano: Nano) -> None:
    body = answer(nano, nano.lock())
    with nano.fleet.database.unit() as db:
        db.connection()  # the one right to write of SQLite is taken
        started = time.monotonic()
        told = nano.client.post(nano.path, data=body, headers={"X-Hmac-Signature": "AAAA"})
        assert time.monotonic() - started < 1
    assert told.status_code == 404


def test_strangers_are_slowed_down_by_address_and_do_not_silence_a_vendor(nano: Nano) -> None:
    body = answer(nano, nano.lock())
    signed = nano.fake.signed(body)
    elsewhere = "/api/v1/mdm/hooks/" + "0" * 32
    pace = Pace()
    pace.strange = Buckets(burst=3, per_minute=1)
    nano.fleet.database.info["mdm_hook_pace"] = pace
    told = [nano.client.post(elsewhere, data=body, headers=signed) for _ in range(4)]
    assert [one.status_code for one in told] == [404, 404, 404, 429]
    assert int(told[-1].headers["Retry-After"]) > 1
    for _ in range(5):  # of the same address, and believed
        assert nano.client.post(nano.path, data=body, headers=signed).status_code == 204
    pace.strange_in_all = Buckets(burst=1, per_minute=1)
    for path, status in ((elsewhere[:-1] + "1", 404), (elsewhere[:-1] + "2", 429)):
        assert nano.client.post(path, data=body).status_code == status


def test_a_connection_has_its_own_measure_wherever_its_calls_come_from(nano: Nano) -> None:
    body = answer(nano, nano.lock())
    pace = Pace()
    pace.told = Buckets(burst=2, per_minute=1)
    nano.fleet.database.info["mdm_hook_pace"] = pace
    statuses = [
        nano.client.post(
            nano.path, data=body, headers=nano.fake.signed(body),
            environ_overrides={"REMOTE_ADDR": f"10.0.0.{number}"},
        ).status_code
        for number in range(3)
    ]  # fmt: skip
    assert statuses == [204, 204, 429]


def test_what_was_told_long_ago_is_forgotten_a_bounded_number_at_a_time(nano: Nano) -> None:
    receipt = nano.lock()
    nano.fake.answered(receipt.device.vendor_id, str(receipt.command_id), "Acknowledged")
    events = [key for key, _ in nano.kept() if key.startswith("event|")]
    assert len(events) > 6
    at = now()
    assert forgetting.purge(nano.fleet.database, now=at) == 0
    week = at + timedelta(days=8)
    assert forgetting.purge(nano.fleet.database, now=week, most=4) == 4
    assert forgetting.purge(nano.fleet.database, now=week) == len(events) - 4
    assert nano.state(receipt) is State.VERIFIED
    forgetting.purge(nano.fleet.database, now=at + timedelta(days=401))
    assert {key.partition("|")[0] for key, _ in nano.kept()} == {"device"}
    assert len(nano.devices()) == 6
    assert "mdm.forget" in {schedule.kind for schedule in jobs.SCHEDULES}
