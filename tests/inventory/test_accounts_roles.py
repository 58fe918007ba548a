"""Roles: nobody gives or takes over what they lack, and somebody always remains."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, select

from inventory.access import Actor, Permission, Role
from inventory.accounts import grants, identify, service
from inventory.accounts.models import Account, RoleGrant
from inventory.accounts.service import create_account, disable
from inventory.db import Database
from inventory.errors import Conflict, Duplicate, Forbidden, HomeroomError
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District, MakeCaller

URL = "/api/v1/accounts"
Events = Callable[[str], list[Any]]


def made(db: Session, name: str, clock: Clock, *held: tuple[Role, int | None]) -> Account:
    password = "violet heron at dusk"
    return create_account(
        db, OPERATOR, user_name=name, password=password, grants=held, now=clock()
    )[0]


def acting(db: Session, account_id: int) -> Actor:
    return Actor("account", account_id, "acting", identify.grants_of(db, account_id), session_id=1)


def test_no_grant_beyond_ones_own(database: Database, district: District, clock: Clock) -> None:
    """A school's coordinator: everything there, nothing elsewhere, no one above."""
    with database.unit() as db:
        local = acting(db, made(db, "local", clock, (Role.COORDINATOR, district.north)).id)
        target = made(db, "target", clock, (Role.STAFF, district.north)).id
        for role, site in (
            (Role.STAFF, None), (Role.STAFF, district.south), (Role.COORDINATOR, None),
            (Role.HELPDESK, district.district),
        ):  # fmt: skip
            with pytest.raises(Forbidden):
                grants.grant_role(db, local, target, role, site, now=clock())
        grants.grant_role(db, local, target, Role.TECHNICIAN, district.north_room, now=clock())
        with pytest.raises(Duplicate):
            grants.grant_role(db, local, target, Role.STAFF, district.north, now=clock())
        with pytest.raises(Forbidden):
            create_account(db, local, user_name="x", grants=[(Role.STAFF, None)], now=clock())
        with pytest.raises(Forbidden):
            create_account(db, local, user_name="x", now=clock())
        create_account(
            db, local, user_name="y", grants=[(Role.HELPDESK, district.north)], now=clock()
        )


def test_a_token_with_few_permissions_grants_little(api: MakeCaller, district: District) -> None:
    narrow = api("coordinator", permissions={Permission.ACCOUNT_WRITE, Permission.ACCOUNT_READ})
    url = f"{URL}/{district.accounts[Role.STAFF]}/grants"
    refused = narrow.post(url, json={"role": "technician", "site_id": district.north})
    assert refused.status_code == 403
    assert "asset:write" in refused.json["detail"]
    assert narrow.post(url, json={"role": "staff", "site_id": district.south}).status_code == 201


def test_nobody_is_taken_over_from_below(
    database: Database, district: District, clock: Clock
) -> None:
    """Somebody with a role at North and one at South is beyond North's coordinator."""
    with database.unit() as db:
        local = acting(db, made(db, "local", clock, (Role.COORDINATOR, district.north)).id)
        both = made(db, "both", clock, (Role.STAFF, district.north), (Role.STAFF, district.south))
        south = db.exec(
            select(RoleGrant).where(
                RoleGrant.account_id == both.id, RoleGrant.site_id == district.south
            )
        ).one()
        attempts: dict[str, Callable[[], object]] = {
            "change": lambda: service.change(db, local, both.id, {"user_name": "z"}, now=clock()),
            "disable": lambda: disable(db, local, both.id, now=clock()),
            "enable": lambda: service.enable(db, local, both.id, now=clock()),
            "reset": lambda: service.reset_password(db, local, both.id, now=clock()),
            "revoke": lambda: service.create_token(
                db, local, both.id, label="x", permissions=[Permission.SELF],
                lifetime=clock() - clock(), now=clock(),
            ),
            "withdraw": lambda: grants.withdraw_role(db, local, both.id, south.id, now=clock()),
        }  # fmt: skip
        for attempt in attempts.values():
            with pytest.raises(Forbidden):
                attempt()


def test_the_last_coordinator_stays(database: Database, district: District, clock: Clock) -> None:
    """A program, a disabled one and one of a school are no coordinators of the district."""
    with database.unit() as db:
        one = made(db, "one", clock, (Role.COORDINATOR, None))
        gone = made(db, "gone", clock, (Role.COORDINATOR, None))
        made(db, "local", clock, (Role.COORDINATOR, district.north))
        disable(db, OPERATOR, gone.id, now=clock())
        grant = db.exec(select(RoleGrant).where(RoleGrant.account_id == one.id)).one().id
    for attempt in (
        lambda db: disable(db, OPERATOR, one.id, now=clock()),
        lambda db: grants.withdraw_role(db, OPERATOR, one.id, grant, now=clock()),
    ):
        with pytest.raises(Conflict), database.unit() as db:
            attempt(db)
    with database.unit() as db:
        made(db, "two", clock, (Role.COORDINATOR, None))
        disable(db, OPERATOR, one.id, now=clock())


def test_two_coordinators_cannot_end_each_other(
    database: Database, district: District, clock: Clock
) -> None:
    with database.unit() as db:
        ids = [made(db, f"c{n}", clock, (Role.COORDINATOR, None)).id for n in (1, 2)]
    ready = threading.Barrier(2)
    outcomes: list[str] = []

    def end(target: int) -> None:
        try:
            with database.unit() as db:
                ready.wait(5)
                disable(db, OPERATOR, target, now=clock())
            outcomes.append("done")
        except HomeroomError as refused:
            outcomes.append(type(refused).__name__)

    threads = [threading.Thread(target=end, args=(id_,)) for id_ in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["Conflict", "done"]
