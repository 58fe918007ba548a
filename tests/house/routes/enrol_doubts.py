"""Pages of computers whose report a person must decide on."""

import os

from inventory.assets.kinds import Category, Outcome, Source
from inventory.assets.matching import Match
from inventory.assets.observation import Observation
from inventory.assets.sightings import sight
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR


def enrol_doubt(side: Side) -> int:
    name = os.urandom(6).hex()
    seen = Observation(
        source=Source.ENROLMENT, source_ref=name, at=side.now, name=name, site_id=side.room,
        category=Category.LAPTOP,
    )  # fmt: skip
    match = Match(Outcome.CONFLICT, (), ("it is known elsewhere",), ())
    return sight(side.db, OPERATOR, seen, match, now=side.now).id


MAKERS = {"enrol_doubt": enrol_doubt}
ONE = "/enrol/doubts/<int(max=2147483647):doubt_id>"
PATH = {"doubt_id": "$enrol_doubt"}

ROUTES = {
    "GET /enrol/doubts": Example(),
    f"GET {ONE}": Example(PATH, place=Place.OBJECT),
    f"POST {ONE}": Example(
        PATH, form={"decision": "ignore", "tag": "", "reason": "a test"}, place=Place.OBJECT
    ),
}
