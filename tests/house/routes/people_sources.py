"""Directories that people come from, and what they call schools."""

import os

from inventory.people.models import RosterSource
from inventory.people.sources import service
from inventory.people.sources.config import DirectoryDraft
from inventory.people.sources.models import DirectoryKind, OrgKind, RosterOrg
from inventory.people.sources.service import Limits
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR

CONFIG = {"tenant": "maple.example", "client_id": "app", "client_secret": "s3cret"}


def people_directory(side: Side) -> int:
    draft = DirectoryDraft(
        f"Entra {os.urandom(8).hex()}", DirectoryKind.GRAPH, CONFIG, "http://127.0.0.1:9"
    )
    limits = Limits(simulated=True)
    return service.create(side.db, OPERATOR, draft, limits=limits, now=side.now).id


def roster_org(side: Side) -> int:
    source = RosterSource(name=f"SIS {os.urandom(8).hex()}", created_at=side.now)
    side.db.add(source)
    side.db.flush()
    org = RosterOrg(source_id=source.id, kind=OrgKind.UNIT, key="/S", name="S", last_at=side.now)
    side.db.add(org)
    side.db.flush()
    return org.id


MAKERS = {"people_directory": people_directory, "roster_org": roster_org}

SOURCES, SCHOOLS = "/api/v1/people/sources", "/api/v1/people/schools"
ONE = f"{SOURCES}/<int(max=2147483647):directory_id>"
PAGE = "/people/sources/<int(max=2147483647):directory_id>"
SCHOOL_PAGE = "/people/schools/<int(max=2147483647):org_id>"
FORM = {f"set_{name}": value for name, value in CONFIG.items()}
ORG = {"org_id": "$roster_org"}
HERE = {"directory_id": "$people_directory"}

ROUTES = {
    "GET /people/imports/<int(max=2147483647):plan_id>/progress": Example(
        path={"plan_id": "$roster_plan"}, place=Place.DISTRICT
    ),
    f"GET {SOURCES}": Example(place=Place.DISTRICT),
    f"POST {SOURCES}": Example(
        json={"source": "Entra", "kind": "graph", "config": CONFIG}, place=Place.DISTRICT
    ),
    f"GET {ONE}": Example(path=HERE, place=Place.DISTRICT),
    f"PATCH {ONE}": Example(
        path=HERE, json={"daily_at": "03:30"}, place=Place.DISTRICT
    ),
    f"DELETE {ONE}": Example(path=HERE, place=Place.DISTRICT),
    f"POST {ONE}/test": Example(path=HERE, place=Place.DISTRICT),
    f"POST {ONE}/sync": Example(path=HERE, place=Place.DISTRICT),
    f"GET {ONE}/syncs": Example(path=HERE, place=Place.DISTRICT),
    f"GET {SCHOOLS}": Example(place=Place.DISTRICT),
    f"PATCH {SCHOOLS}/<int(max=2147483647):org_id>": Example(
        path={"org_id": "$roster_org"}, json={"role": "student"}, place=Place.DISTRICT
    ),
    "GET /people/sources": Example(place=Place.DISTRICT),
    "GET /people/sources/new": Example(query={"kind": "graph"}, place=Place.DISTRICT),
    "POST /people/sources/new": Example(
        query={"kind": "graph"}, form={"source": "Entra", **FORM}, place=Place.DISTRICT
    ),
    f"GET {PAGE}": Example(path=HERE, place=Place.DISTRICT),
    f"GET {PAGE}/edit": Example(path=HERE, place=Place.DISTRICT),
    f"POST {PAGE}/edit": Example(path=HERE, form={"version": 1}, place=Place.DISTRICT),
    f"GET {PAGE}/delete": Example(path=HERE, place=Place.DISTRICT),
    f"POST {PAGE}/delete": Example(path=HERE, form={"version": 1}, place=Place.DISTRICT),
    f"POST {PAGE}/test": Example(path=HERE, form={}, place=Place.DISTRICT),
    f"POST {PAGE}/sync": Example(path=HERE, form={}, place=Place.DISTRICT),
    "GET /people/schools": Example(place=Place.DISTRICT),
    f"GET {SCHOOL_PAGE}": Example(path=ORG, place=Place.DISTRICT),
    f"POST {SCHOOL_PAGE}": Example(
        path=ORG, form={"version": 1, "role": "student"}, place=Place.DISTRICT
    ),
}  # fmt: skip
