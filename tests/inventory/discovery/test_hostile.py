"""What devices say is text, is bounded, and never more than that."""

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from inventory.audit import service as audit
from inventory.discovery import facts, networks
from inventory.discovery.models import SweepState
from inventory.discovery.network_rules import Limits, NetworkDraft
from inventory.discovery.observing import Seen
from inventory.discovery.place_rules import MAX_ENTRIES, UPLINK_MACS, Hearsay, locate
from inventory.discovery.sweep_store import Store
from snmp_discovery.types import (
    BridgeEntry,
    Evidence,
    Finding,
    Identity,
    Interface,
    Kind,
    Neighbor,
    Supply,
    SupplyState,
    Version,
)
from tests.inventory.discovery.conftest import ANYBODY, House, now
from tests.simnet.hostile import HostileAgent

NASTY = "<script>alert(1)</script>\x00\x1b[31m =cmd|' /C calc'!A0 \u202e\ud800" + "A" * 60_000


def finding(address: str = "10.9.9.9", **more: Any) -> Finding:
    identity = more.pop("identity", Identity(Kind.PRINTER, "HP", "M404", "CNB1234567"))
    return Finding(address, 161, Version.V2C, identity, **more)


def keep(house: House, *found: Finding) -> list[Any]:
    """Keep findings as a sweep does, with a rule that accepts every kind."""
    draft = NetworkDraft(
        "N", ["10.9.9.0/24"], credentials=[house.credential()],
        auto_accept=[kind.value for kind in Kind],
    )  # fmt: skip
    with house.database.unit() as db:
        network = networks.create(db, ANYBODY, draft, limits=Limits(), now=now()).id
    store = Store(house.database, house.settings, house.request(network), now)
    assignment = store.begin()
    assert assignment is not None
    tally = store.keep(assignment.ground, [Seen(each) for each in found])
    store.keep(assignment.ground, tally.deferred, last=True)
    store.end(SweepState.FINISHED, notes=tally.remarks)
    return house.findings()


def test_hostile_words_are_kept_as_harmless_text(house: House) -> None:
    evil = finding(
        identity=Identity(
            Kind.PRINTER, NASTY, NASTY, NASTY, NASTY, (Evidence("vendor", NASTY, NASTY, NASTY),)
        ),
        name=NASTY,
        location=NASTY,
        contact=NASTY,
        credential_label=NASTY,
        macs=("00:1b:a9:00:00:01",),
        addresses=(NASTY,),
        page_counters={NASTY: 5},
        supplies=(Supply(NASTY, NASTY, NASTY, 50, SupplyState.OK, NASTY),),
        sys_descr=NASTY,
        engine_id=NASTY,
        warnings=(NASTY,) * 500,
    )
    (row,) = keep(
        house,
        evil,
    )
    for text in (row.name, row.vendor, row.model, row.serial, row.location, str(row.facts)):
        assert "\x00" not in text
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert row.name.startswith("<script>alert(1)</script>"), "kept, to be escaped where shown"
    assert facts.size(row.facts) <= facts.MAX_BYTES
    (asset,) = house.assets()
    assert asset.name == row.name
    with house.database.unit(write=False) as db:
        assert audit.verify(db).broken_at is None


def test_names_without_a_letter_do_not_stop_a_rule(house: House) -> None:
    vendors = ["", "???", "***", "\u200b", "—", "HP"]
    names = [(vendor, model) for vendor in vendors for model in ("", "!!!", "M404")]
    found = [
        finding(
            f"10.9.9.{place}",
            identity=Identity(Kind.PRINTER, vendor, model, f"CNB12345{place:02d}"),
            macs=(f"00:1b:a9:00:00:{place:02x}",),
        )
        for place, (vendor, model) in enumerate(names, 1)
    ]
    keep(house, *found)
    assert len(house.assets()) == len(names)


def test_a_device_without_any_mark_is_not_accepted_by_a_rule(house: House) -> None:
    (row,) = keep(house, finding(identity=Identity(Kind.PRINTER, "HP", "M404"), name="x"))
    assert row.outcome == "new"
    assert row.decision is None
    assert house.assets() == []


def test_a_chatty_device_is_cut_to_size(house: House) -> None:
    port = Interface(1, "p" * 500, 6, "00:1b:a9:00:00:01", True, 1000, "a" * 500)
    chatty = finding(
        interfaces=(port,) * 5000,
        software=("s" * 500,) * 5000,
        neighbors=(Neighbor("lldp", "1", "c" * 500),) * 5000,
        page_counters={f"{n:0200d}": n for n in range(5000)},
        covers={f"{n:0200d}": "open" for n in range(5000)},
        sys_descr="d" * 100_000,
        macs=tuple(f"00:1b:a9:00:{n // 256:02x}:{n % 256:02x}" for n in range(5000)),
    )
    stored = facts.stored(chatty)
    assert facts.size(stored) <= facts.MAX_BYTES + 500
    assert {"software", "interfaces"} <= set(stored["cut"])
    (row,) = keep(house, chatty)
    assert len(row.macs) == 64


def test_hostile_agents_do_not_stop_a_sweep(house: House) -> None:
    habits = ["html", "formula", "control-characters", "invalid-utf8", "wrong-types"]
    with ExitStack() as stack:
        port = 0
        for place, habit in enumerate(habits):
            agent = stack.enter_context(HostileAgent(habit, f"127.0.0.{77 + place}", port))
            port = agent.port
        draft = NetworkDraft(
            "N", ["127.0.0.77-81"], port=port, timeout=0.3, credentials=[house.credential()]
        )
        with house.database.unit() as db:
            network = networks.create(db, ANYBODY, draft, limits=Limits(), now=now()).id
        sweep = house.sweep(network)
    assert sweep.state is SweepState.FINISHED
    rows = [row for row in house.findings() if row.source == "snmp"]
    seen = {address for row in rows for address in (row.address, *row.also_at)}
    assert seen == {f"127.0.0.{77 + place}" for place in range(len(habits))}
    assert all(row.name.isprintable() for row in rows)


def switch(address: str, ports: dict[str, int], **more: Any) -> Finding:
    """A switch with so many learnt MACs on each port; MACs are numbered through."""
    entries = []
    for place, (port, count) in enumerate(ports.items()):
        for n in range(count):
            entries.append(BridgeEntry(f"00:1b:a9:{place:02x}:00:{n:02x}", port))
    return finding(address, bridge=tuple(entries), name=address, **more)


def test_a_port_with_many_macs_is_an_uplink() -> None:
    heard = Hearsay()
    heard.add(switch("10.0.0.1", {"edge": 1, "desk": UPLINK_MACS, "up": UPLINK_MACS + 1}))
    spots = locate(heard)
    assert {spot.port for spot in spots.values()} == {"edge", "desk"}


def test_the_port_with_fewer_macs_is_nearer() -> None:
    heard = Hearsay()
    near, mac = "10.0.0.2", "00:1b:a9:00:00:00"
    heard.add(
        finding(
            "10.0.0.1",
            bridge=(BridgeEntry(mac, "far"), BridgeEntry("00:1b:a9:00:00:09", "far")),
            name="one",
        )
    )
    heard.add(finding(near, bridge=(BridgeEntry(mac, "near"),), name="two"))
    assert locate(heard)[mac].switch == near


def test_a_neighbour_that_bridges_makes_an_uplink_but_a_telephone_does_not() -> None:
    heard = Hearsay()
    phone = Neighbor("lldp", "2", "00:1b:a9:00:00:02", capabilities=("bridge", "telephone"))
    other = Neighbor("lldp", "1", "00:1b:a9:00:00:01", capabilities=("bridge", "router"))
    entries = (BridgeEntry("00:1b:a9:00:01:01", "1"), BridgeEntry("00:1b:a9:00:01:02", "2"))
    heard.add(finding("10.0.0.1", bridge=entries, neighbors=(other, phone)))
    spots = locate(heard)
    assert "00:1b:a9:00:01:01" not in spots
    assert spots["00:1b:a9:00:01:02"].port == "2"
    assert spots["00:1b:a9:00:00:02"].source == "lldp"


def test_the_tables_of_switches_are_bounded() -> None:
    heard = Hearsay()
    entry = BridgeEntry("00:1b:a9:00:00:01", "1")
    big = finding("10.0.0.1", bridge=(entry,) * (MAX_ENTRIES + 10))
    heard.add(big)
    assert heard.entries == MAX_ENTRIES
    assert heard.cut
    heard.add(big)
    assert heard.entries == MAX_ENTRIES, "the same switch again changes nothing"


def test_macs_that_belong_to_nobody_are_not_placed() -> None:
    heard = Hearsay()
    shared = ["ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:fb", "00:00:5e:00:01:05", "02:11:22:33:44:55"]
    heard.add(finding("10.0.0.1", bridge=tuple(BridgeEntry(mac, "1") for mac in shared)))
    assert locate(heard) == {}


def test_the_same_finding_twice_in_a_batch_is_one(house: House) -> None:
    found = finding(macs=("00:1b:a9:00:00:01",))
    rows = keep(house, found, replace(found), replace(found, address="10.9.9.10"))
    assert len(rows) == 1
    assert rows[0].also_at == ["10.9.9.10"]
    assert len(house.assets()) == 1
