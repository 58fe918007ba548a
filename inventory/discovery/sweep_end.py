"""The end of a sweep: silent devices, switch ports, moved addresses, who else was heard."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Protocol, TypeVar

from inventory.discovery import addresses, place_rules, places
from inventory.discovery.observing import LLDP, Seen
from inventory.discovery.place_rules import Hearsay, Spot
from inventory.discovery.sweep_store import Assignment, Store

BATCH = 50
CHUNK = 500
T = TypeVar("T")


class Answering(Protocol):
    """What answered by itself in the sweep."""

    macs: set[str]
    serials: set[str]
    addresses: set[str]


def finish(
    store: Store, assignment: Assignment, heard: Hearsay, known: Answering, notes: list[str]
) -> None:
    """Everything that can only be told once all devices were asked. Each step commits by itself."""
    if heard.cut:
        notes.append("the switches' tables were too large to be kept whole")
    _silent_devices(store, assignment, heard, known, notes)
    _ports(store, assignment, heard, known, notes)

    def moved() -> None:
        with store.database.unit() as db:
            addresses.end_moved(db, assignment.ground.network_id, since=assignment.started_at)

    store.patiently(moved)


def _silent_devices(
    store: Store, assignment: Assignment, heard: Hearsay, known: Answering, notes: list[str]
) -> None:
    silent = place_rules.silent_devices(
        heard, macs=known.macs, serials=known.serials, addresses=known.addresses
    )
    batch = [Seen(finding, LLDP, via) for via, finding in silent]
    for start in range(0, len(batch), BATCH):
        tally = store.keep(assignment.ground, batch[start : start + BATCH], last=True)
        notes += tally.remarks


def _ports(
    store: Store, assignment: Assignment, heard: Hearsay, known: Answering, notes: list[str]
) -> None:
    if not heard.names:
        return
    network_id, database = assignment.ground.network_id, store.database

    def learn() -> None:
        with database.unit() as db:
            addresses.learn_macs(db, network_id, heard.arp)

    store.patiently(learn)
    spots = place_rules.locate(heard)
    with database.unit(write=False) as db:
        owners = places.owners_of(db, spots)
        switches = places.assets_at(db, heard.names)
    for part in _parts(places.nearest(spots, owners).items()):
        store.patiently(partial(_store_ports, store, dict(part), switches))
    unknown = {m: s for m, s in spots.items() if m not in owners and m not in known.macs}
    told = {mac: address for address, mac in heard.arp.items()}
    missed = 0
    for few in _parts(unknown.items()):
        missed += store.patiently(
            partial(_store_heard, store, network_id, dict(few), told, switches)
        )
    if missed:
        notes.append(f"{missed} more unknown MACs were heard than are remembered")

    def forget() -> None:
        with database.unit() as db:
            places.forget_heard(db, network_id, [*owners, *known.macs], now=store.clock())

    store.patiently(forget)


def _store_ports(store: Store, spots: Mapping[int, Spot], switches: Mapping[str, int]) -> None:
    with store.database.unit() as db:
        places.store_ports(db, spots, switches, now=store.clock())


def _store_heard(
    store: Store,
    network_id: int,
    spots: Mapping[str, Spot],
    told: Mapping[str, str],
    switches: Mapping[str, int],
) -> int:
    with store.database.unit() as db:
        return places.store_heard(db, network_id, spots, told, switches, now=store.clock())


def _parts(items: Iterable[T]) -> Iterator[Sequence[T]]:
    rest = iter(items)
    while part := list(islice(rest, CHUNK)):
        yield part
