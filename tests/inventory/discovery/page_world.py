"""What the tests of the discovery's pages are about: networks, sweeps and findings, made directly,
and a few words for what a page says."""

import base64
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, select

from inventory.access import Permission, system_actor
from inventory.assets import service as assets
from inventory.assets.kinds import Category, Outcome, Status
from inventory.assets.service import AssetDraft
from inventory.db import Database
from inventory.discovery import credentials, networks
from inventory.discovery.credential_rules import CredentialDraft
from inventory.discovery.finding_models import DiscoveryFinding, HeardDevice
from inventory.discovery.models import CredentialKind, Sweep, SweepState
from inventory.discovery.network_rules import Limits, NetworkDraft
from snmp_discovery.types import Kind
from tests.conftest import Clock

ANYBODY = system_actor("test", Permission)
HOSTILE = "<script>alert(1)</script> \"'\u202egnp.exe"


@dataclass
class World:
    """Makes things in the database, each in a unit of its own."""

    database: Database
    clock: Clock

    def credential(self, label: str = "district", community: str = "secret") -> int:
        draft = CredentialDraft(label, CredentialKind.V2C, community=community)
        with self.database.unit() as db:
            return credentials.create(db, ANYBODY, draft, now=self.clock()).id

    def network(self, site: int | None, name: str = "", **more: Any) -> int:
        name = name or f"net {os.urandom(4).hex()}"
        draft = NetworkDraft(name, ["10.20.0.0/24"], site_id=site, **more)
        with self.database.unit() as db:
            return networks.create(db, ANYBODY, draft, limits=Limits(), now=self.clock()).id

    def sweep(self, network: int, state: SweepState = SweepState.FINISHED, **more: Any) -> int:
        row = {
            "requested_by": "test", "requested_at": self.clock(), "started_at": self.clock(),
            "phase": "done", **more,
        }  # fmt: skip
        with self.database.unit() as db:
            sweep = Sweep(network_id=network, state=state, **row)
            db.add(sweep)
            db.flush()
            return sweep.id

    def finding(self, network: int, site: int | None, **more: Any) -> int:
        sweep = more.pop("sweep", None) or self.sweep(network)
        address = more.pop("address", f"10.20.0.{os.urandom(1)[0]}")
        row = {
            "kind": Kind.PRINTER, "vendor": "HP", "model": "LaserJet M404", "name": "LIB-1",
            "serial": f"CN{os.urandom(4).hex().upper()}", "outcome": Outcome.NEW, **more,
        }  # fmt: skip
        with self.database.unit() as db:
            found = DiscoveryFinding(
                sweep_id=sweep, network_id=network, site_id=site, seen_key=os.urandom(6).hex(),
                address=address, fingerprint=os.urandom(32).hex(), first_at=self.clock(),
                last_at=self.clock(), **row,
            )  # fmt: skip
            db.add(found)
            db.flush()
            return found.id

    def asset(self, site: int, **more: Any) -> int:
        draft = AssetDraft(
            **{
                "category": Category.PRINTER,
                "site_id": site,
                "status": Status.DEPLOYED,
                "manufacturer": "HP",
                "model": "LaserJet M404",
                **more,
            }
        )
        with self.database.unit() as db:
            return assets.create(db, ANYBODY, draft, now=self.clock()).id

    def heard(self, network: int, mac: str, **more: Any) -> None:
        with self.database.unit() as db:
            db.add(
                HeardDevice(
                    network_id=network, mac=mac, switch_name="SW-1", port="7",
                    first_at=self.clock(), last_at=self.clock(), **more,
                )
            )  # fmt: skip

    def one(self, table: type[Any], **wanted: Any) -> Any:
        with self.database.unit(write=False) as db:
            return _query(db, table, wanted).one()

    def all(self, table: type[Any], **wanted: Any) -> list[Any]:
        with self.database.unit(write=False) as db:
            return list(_query(db, table, wanted).all())


def _query(db: Session, table: type[Any], wanted: dict[str, Any]) -> Any:
    query = select(table)
    for name, value in wanted.items():
        query = query.where(getattr(table, name) == value)
    return db.exec(query.order_by(table.id))


@contextmanager
def counted(database: Database) -> Iterator[Callable[[], int]]:
    """Within, the call tells how many statements were sent so far."""
    sent: list[str] = []

    def note(*given: Any) -> None:
        if not given[2].startswith(("BEGIN", "PRAGMA")):
            sent.append(given[2])

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield lambda: len(sent)
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)


def words(html: str) -> str:
    """What the page's main part says, without its marks, blanks collapsed."""
    main = html.partition("<main")[2].partition("</main>")[0] or html
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def row_of(html: str, name: str) -> str:
    """The row of a table in which the text stands; there must be just one."""
    (row,) = [row for row in html.split("<tr")[1:] if name in row.partition("</tr>")[0]]
    return row.partition("</tr>")[0]


def said(answer: Any) -> str:
    """The sentence that a change leaves for the next page: it stands in a cookie."""

    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("homeroom_said="))
    body = cookie.split("=", 1)[1].split(";")[0].rpartition(".")[0].strip('"')
    return str(json.loads(base64.urlsafe_b64decode(body))[1])
