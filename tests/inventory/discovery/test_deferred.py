"""Doubt waits for the end of the sweep: who else was seen may answer it."""

from dataclasses import replace

from inventory.assets.kinds import Outcome
from inventory.discovery import networks
from inventory.discovery.models import SweepState
from inventory.discovery.network_rules import Limits, NetworkDraft
from inventory.discovery.observing import Seen
from inventory.discovery.reading_models import AssetAddress
from inventory.discovery.sweep_store import Store
from snmp_discovery.types import Finding, Identity, Kind, Version
from tests.inventory.discovery.conftest import ANYBODY, House, now


def printer(number: int, address: str) -> Finding:
    identity = Identity(Kind.PRINTER, "HP", "M404", f"CNB00000{number}")
    return Finding(
        address, 161, Version.V2C, identity, name=f"P{number}", macs=(f"00:1b:a9:00:00:0{number}",)
    )


def sweep(house: House, network: int, *batches: list[Finding]) -> list[int]:
    """Reconcile batches as one sweep; how many findings each batch left for the end."""
    store = Store(house.database, house.settings, house.request(network), now)
    assignment = store.begin()
    assert assignment is not None
    left: list[Seen] = []
    counts = []
    for batch in batches:
        tally = store.keep(assignment.ground, [Seen(found) for found in batch])
        left += tally.deferred
        counts.append(len(tally.deferred))
    store.keep(assignment.ground, left, last=True)
    store.end(SweepState.FINISHED)
    return counts


def network(house: House) -> int:
    draft = NetworkDraft(
        "N", ["10.9.9.0/24"], credentials=[house.credential()], auto_accept=["printer"]
    )
    with house.database.unit() as db:
        return networks.create(db, ANYBODY, draft, limits=Limits(), now=now()).id


def test_a_new_device_at_the_address_of_one_that_moved_is_new(house: House) -> None:
    where = network(house)
    sweep(house, where, [printer(1, "10.9.9.1")])
    # The newcomer is found first; only later does the one that stood there answer elsewhere.
    counts = sweep(house, where, [printer(2, "10.9.9.1")], [printer(1, "10.9.9.200")])
    assert counts == [1, 0]
    assert len(house.assets()) == 2
    assert house.findings(outcome=Outcome.CONFLICT) == []


def test_a_new_device_at_the_address_of_one_that_is_gone_is_a_conflict(house: House) -> None:
    where = network(house)
    sweep(house, where, [printer(1, "10.9.9.1")])
    counts = sweep(house, where, [printer(2, "10.9.9.1")], [printer(3, "10.9.9.200")])
    assert counts == [1, 0]
    (row,) = house.findings(outcome=Outcome.CONFLICT)
    assert row.serial == "CNB000002"
    assert len(house.assets()) == 2


def test_a_new_network_card_is_believed_when_the_old_one_is_not_seen(house: House) -> None:
    where = network(house)
    sweep(house, where, [printer(1, "10.9.9.1")])
    changed = replace(printer(1, "10.9.9.7"), macs=("00:1b:a9:00:00:99",))
    assert sweep(house, where, [changed]) == [1]
    (asset,) = house.assets()
    stays = house.all(AssetAddress, asset_id=asset.id)
    assert {stay.address for stay in stays} == {"10.9.9.1", "10.9.9.7"}
    assert house.findings(outcome=Outcome.CONFLICT) == []
