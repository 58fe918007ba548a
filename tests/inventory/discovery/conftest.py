"""A small district whose networks are real SNMP agents on loopback addresses."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from inventory import db as database_module
from inventory.access import Permission, system_actor
from inventory.assets.models import Asset
from inventory.db import Database
from inventory.discovery import credentials, networks, sweep_run, sweeps
from inventory.discovery.credential_rules import CredentialDraft
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.models import CredentialKind, Sweep
from inventory.discovery.network_rules import Limits, NetworkDraft
from inventory.engine import JobContext
from inventory.settings import Settings
from inventory.sites.models import Site, SiteKind
from snmp_discovery.types import CommunityCredential, Credential, UsmCredential, Version
from tests.conftest import Clock
from tests.inventory.discovery.page_world import World
from tests.simnet import District, Simnet, load_district

ANYBODY = system_actor("test", Permission)
PRINTERS = ["LES-PRN-OFFICE", "LES-PRN-102", "LES-PRN-LAB"]


def now() -> Any:
    return database_module.now()


def job(database: Database, settings: Settings, sweep_id: int, **more: Any) -> JobContext:
    """What the engine would hand to the handler."""
    return JobContext(
        database,
        settings,
        {"sweep": sweep_id},
        f"sweep:{sweep_id}.1",
        more.get("lost", lambda _: False),
        more.get("stopping", threading.Event()),
        0.05,
    )


@dataclass
class House:
    """The application's side, in a few words."""

    database: Database
    settings: Settings
    school: int
    room: int

    def credential(self, label: str = "public", community: str = "public") -> int:
        draft = CredentialDraft(label, CredentialKind.V2C, community=community)
        with self.database.unit() as db:
            return credentials.create(db, ANYBODY, draft, now=now()).id

    def credential_for(self, known: Credential) -> int:
        """The same secret in the database."""
        if isinstance(known, CommunityCredential):
            kind = CredentialKind.V1 if known.version is Version.V1 else CredentialKind.V2C
            draft = CredentialDraft(known.label, kind, community=known.community.decode())
        else:
            assert isinstance(known, UsmCredential)
            draft = CredentialDraft(
                known.label, CredentialKind.V3, username=known.user,
                auth_protocol=known.auth_protocol, auth_key=known.auth_key,
                priv_protocol=known.priv_protocol, priv_key=known.priv_key,
                context=known.context,
            )  # fmt: skip
        with self.database.unit() as db:
            return credentials.create(db, ANYBODY, draft, now=now()).id

    def network(self, net: Simnet, **more: Any) -> int:
        """A network of all the simulated devices."""
        used = more.pop("credentials", None)
        if used is None:
            used = [self.credential_for(known) for known in net.credentials]
        draft = NetworkDraft(
            **{
                "name": "School",
                "targets": [device.address for device in net.devices],
                "site_id": self.school,
                "port": net.port,
                "timeout": 0.3,
                "credentials": used,
                **more,
            }
        )
        with self.database.unit() as db:
            return networks.create(db, ANYBODY, draft, limits=Limits(), now=now()).id

    def change(self, network_id: int, **changes: Any) -> None:
        with self.database.unit() as db:
            networks.change(db, ANYBODY, network_id, changes, limits=Limits(), now=now())

    def request(self, network_id: int) -> int:
        with self.database.unit() as db:
            return sweeps.request_sweep(db, ANYBODY, network_id, now=now()).id

    def run(self, sweep_id: int, **more: Any) -> Sweep:
        sweep_run.run_sweep(job(self.database, self.settings, sweep_id, **more))
        return self.one(Sweep, id=sweep_id)

    def sweep(self, network_id: int) -> Sweep:
        return self.run(self.request(network_id))

    def all(self, table: type[Any], **wanted: Any) -> list[Any]:
        with self.database.unit(write=False) as db:
            query = select(table)
            for name, value in wanted.items():
                query = query.where(getattr(table, name) == value)
            return list(db.exec(query.order_by(table.id)).all())

    def one(self, table: type[Any], **wanted: Any) -> Any:
        (row,) = self.all(table, **wanted)
        return row

    def findings(self, **wanted: Any) -> list[DiscoveryFinding]:
        return self.all(DiscoveryFinding, **wanted)

    def assets(self, **wanted: Any) -> list[Asset]:
        return self.all(Asset, **wanted)

    def save(self, *rows: SQLModel) -> None:
        with self.database.unit() as db:
            for row in rows:
                db.merge(row)


@pytest.fixture
def house(database: Database, database_url: str) -> House:
    with database.unit() as db:
        district = Site(kind=SiteKind.DISTRICT, name="Maple Valley")
        db.add(district)
        db.flush()
        school = Site(kind=SiteKind.SCHOOL, name="Lincoln", parent_id=district.id)
        db.add(school)
        db.flush()
        room = Site(kind=SiteKind.ROOM, name="Office", parent_id=school.id)
        db.add(room)
        db.flush()
        ids = school.id, room.id
    settings = Settings(database_url=database_url, timezone="America/New_York")
    return House(database, settings, *ids)


def district_of(names: Sequence[str]) -> District:
    """The simulated district reduced to these devices: building all of it takes its time."""
    whole = load_district()
    return replace(whole, specs=tuple(spec for spec in whole.specs if spec.name in names))


@pytest.fixture
def simnet() -> Iterator[Callable[..., Simnet]]:
    """`simnet(names)`: devices of these names, running; `among`: what else the switches know."""
    running: list[Simnet] = []

    def start(names: Sequence[str], among: District | None = None) -> Simnet:
        running.append(Simnet.start(list(names), district=among or district_of(names)))
        return running[-1]

    yield start
    for net in running:
        net.close()


@pytest.fixture
def printers(simnet: Callable[..., Simnet]) -> Simnet:
    """Three printers of three makers."""
    return simnet(PRINTERS)


@pytest.fixture
def world(database: Database, clock: Clock) -> World:
    """What the tests of pages make directly."""
    return World(database, clock)
