"""A yes at the same moment as a hold on the device: the hold is seen."""

from concurrent.futures import ThreadPoolExecutor, TimeoutError

import pytest

from inventory.access import Role
from inventory.assets import holds
from inventory.assets.hold_models import HoldKind
from inventory.errors import Conflict
from tests.conftest import Clock
from tests.inventory.admin_rights.office import Office


def test_a_yes_waits_for_a_hold_that_is_being_raised(office: Office, clock: Clock) -> None:
    tess = office.person_at_desk("tess", Role.TECHNICIAN, office.district.north)
    cory = office.person_at_desk("cory", Role.COORDINATOR)
    laptop = office.laptop("L-1")
    grant = office.request(tess, office.teacher("t1"), laptop)
    with ThreadPoolExecutor(1) as pool:
        with office.database.unit() as db:
            holds.raise_hold(db, cory, laptop, kind=HoldKind.LEGAL, reason="A case", now=clock())
            db.flush()
            answer = pool.submit(office.authorise, cory, grant)
            with pytest.raises(TimeoutError):
                answer.result(timeout=1)
        with pytest.raises(Conflict, match="hold"):
            answer.result(timeout=20)
