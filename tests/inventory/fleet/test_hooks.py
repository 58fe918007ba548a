"""What NanoMDM tells by webhook: believed once, with the right signature, of the right device."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from inventory.fleet import opening
from inventory.fleet.hook_models import MdmMemory
from inventory.fleet.models import MdmConnection
from mdm.connector import Connector
from mdm.types import Action, Command, Device, OutcomeState as State, Platform, Receipt
from tests.inventory.fleet.conftest import Fleet, Start
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
    assert nano.fake.post(body, nano.fake.signed(body)) == 204
    nano.fake.answered(receipt.device.vendor_id, "0" * 36, "Acknowledged")
    assert nano.state(receipt) is State.PENDING
    assert "event|wrong-device" in {key for key, _ in nano.kept()}
    assert not any(key.startswith("result|") for key, _ in nano.kept())


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


def test_a_huge_call_is_refused_before_it_is_read(nano: Nano) -> None:
    told = nano.client.post(nano.path, data=b"x" * 1_000_001)
    assert told.status_code == 413
