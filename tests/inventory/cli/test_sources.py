"""`homeroom people sources` and `people sync`, against a directory over a real socket."""

import json
import threading
import time

import sqlalchemy as sa

from inventory.db import Database
from inventory.engine import JobContext
from inventory.people.models import PersonRole
from inventory.people.sources import reads, service
from inventory.people.sources.config import DirectoryDraft
from inventory.people.sources.models import DirectoryKind, RosterRead
from inventory.people.sources.service import Limits
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.cli.conftest import Homeroom
from tests.inventory.conftest import OPERATOR, District
from tests.inventory.people.fake_graph import FakeGraph


def work(database: Database, settings: Settings) -> None:
    """Do what the engine does for the first read that is asked for."""
    for _ in range(400):
        with database.unit(write=False) as db:
            read = db.execute(sa.select(sa.func.max(RosterRead.id))).scalar()
        if read is not None:
            context = JobContext(
                database, settings, {"read": read}, "people.read:1", lambda _: False,
                threading.Event(), 0.05,
            )  # fmt: skip
            reads.run(context)
            return
        time.sleep(0.05)


def test_a_directory_is_tried_and_read(
    homeroom: Homeroom, database: Database, settings: Settings, district: District, clock: Clock
) -> None:
    with FakeGraph() as fake:
        fake.add(1, "North School")
        draft = DirectoryDraft(
            "Entra", DirectoryKind.GRAPH, fake.config(), fake.url, rest_role=PersonRole.STAFF
        )
        with database.unit() as db:
            service.create(db, OPERATOR, draft, limits=Limits(simulated=True), now=clock())
        assert "Entra" in homeroom("people", "sources").out
        tried = homeroom("people", "sync", "entra", "--test", "--json")
        assert (tried.code, json.loads(tried.out)["people"]) == (0, 1)
        worker = threading.Thread(target=work, args=(database, settings))
        worker.start()
        read = homeroom("people", "sync", "Entra", "--json")
        worker.join()
        assert (read.code, json.loads(read.out)["state"]) == (0, "done")
        assert homeroom("people", "plans", "--json").out.count("planned") >= 1
        assert homeroom("people", "sync", "Nobody").code == 1
