"""People of the browser's district: an import that is applied, one that the guard objects to."""

import io

from sqlmodel import select

from inventory.access import Permission, system_actor
from inventory.db import Database, now
from inventory.people import applying, planning
from inventory.people.models import Person
from inventory.people.planning import Upload
from inventory.people.rosters.reading import read_roster
from inventory.people.sources import service
from inventory.people.sources.config import DirectoryDraft
from inventory.people.sources.models import DirectoryKind, RosterOrg
from inventory.people.sources.service import Limits
from inventory.sites.models import Site, SiteKind

ACTOR = system_actor("browser tests", Permission)
HEAD = "sourcedId,givenName,familyName,role,school,grade,homeroom\n"


def fill_people(database: Database, evil: str) -> dict[str, int]:
    """Ids by the names of `Made`. One pupil is called by what an attacker would call them."""
    with database.unit(write=False) as db:
        school = db.exec(select(Site.name).where(Site.kind == SiteKind.SCHOOL)).first()
    quoted = evil[:100].replace('"', '""')
    rows = [f'evil,"{quoted}","{quoted}",student,{school},5,"{quoted[:70]}"\n']
    rows += [f"s{n},Given{n},Family{n},student,{school},{n % 6},5-A Kim\n" for n in range(60)]
    applied = _planned(database, "".join(rows))
    with database.unit() as db:
        applying.approve(db, ACTOR, applied, now=now())
        person = db.exec(select(Person.id).where(Person.sourced_id == "evil")).one()
    few = [f"s{n},Given{n},Other{n},teacher,{school},,\n" for n in range(40)]
    few += [f'x1,"{quoted}",B,student,"{quoted}",,\n', "x2,,B,student,,,\n"]
    return {
        "person": person, "plan_applied": applied,
        "plan_waiting": _planned(database, "".join(few)), **_sources(database),
    }  # fmt: skip


def _sources(database: Database) -> dict[str, int]:
    """A directory, and a school as the file called it."""
    config = {"tenant": "maple.example", "client_id": "app", "client_secret": "s3cret"}
    draft = DirectoryDraft("Entra & Co", DirectoryKind.GRAPH, config, auto_most=20)
    with database.unit() as db:
        made = service.create(db, ACTOR, draft, limits=Limits(), now=now()).id
        school = db.exec(select(RosterOrg.id)).first()
    assert school is not None
    return {"directory": made, "source_school": school}


def _planned(database: Database, rows: str) -> int:
    roster = read_roster(io.BytesIO((HEAD + rows).encode()), today=now().date())
    with database.unit() as db:
        upload = Upload("<b>roster</b>.csv", "0" * 64)
        return planning.plan(db, ACTOR, "SIS & Co", roster, upload, now=now()).id
