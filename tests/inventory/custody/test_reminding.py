"""In the afternoon a school is told what is overdue there, and no pupil is named."""

import threading
from datetime import datetime, timedelta

from sqlmodel import Session

from inventory.access import Permission
from inventory.custody import reminding
from inventory.db import now
from inventory.engine import JobContext
from inventory.notices.telling import Notice
from inventory.settings import Settings
from tests.inventory.custody.conftest import Desk


def test_each_school_of_its_own(desk: Desk) -> None:
    ada, south = desk.pupil("a"), desk.pupil("s", desk.district.south)
    for n in range(22):
        desk.lend(desk.laptop(f"L-{n:02}"), ada, hours=1, override="test")
    desk.lend(desk.laptop("S-1", desk.district.south_room), south, hours=9)
    desk.clock.forward(hours=2)
    told: list[Notice] = []

    def notify(db: Session, notice: Notice, at: datetime) -> None:
        told.append(notice)

    with desk.database.knowing(notify=notify).unit() as db:
        at = desk.clock()
        assert reminding.tell_overdue(db, desk.district.north, "North School", now=at) == 22
        assert reminding.tell_overdue(db, desk.district.south, "South School", now=at) == 0
    (notice,) = told
    assert notice.title == "22 overdue at North School"
    assert "L-00, L-01" in notice.text
    assert "and 2 more" in notice.text
    assert "Ada" not in notice.text
    assert (notice.audience, notice.site_id) == (Permission.CUSTODY_WRITE, desk.district.north)


def test_the_job_goes_through_every_school(desk: Desk, settings: Settings) -> None:
    desk.clock.time = now() - timedelta(days=2)  # the job goes by the real clock
    desk.lend(desk.laptop("L-1"), desk.pupil("a"), hours=1)
    desk.lend(desk.laptop("S-1", desk.district.south_room), desk.pupil("s", desk.district.south))
    told: list[Notice] = []

    def notify(db: Session, notice: Notice, at: datetime) -> None:
        told.append(notice)

    database = desk.database.knowing(notify=notify)
    reminding.remind(
        JobContext(database, settings, {}, "x.1", lambda _: False, threading.Event(), 0.05)
    )
    assert [notice.title for notice in told] == [
        "1 overdue at North School",
        "1 overdue at South School",
    ]
