"""A small district with managed devices at a real, stateful fake of their vendor.

`World` makes the devices and people, asks and approves as they would, and runs the delivery with
a clock that nobody waits for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission, Role, system_actor
from inventory.accounts import identify, service as accounts
from inventory.accounts.models import Account, RoleGrant
from inventory.assets.kinds import Category, Outcome
from inventory.assets.models import Asset
from inventory.assets.service import AssetDraft, create
from inventory.commands import delivery, requesting, service, sweeping
from inventory.commands.anchor import Anchor
from inventory.commands.models import DeviceCommand
from inventory.commands.requesting import CommandDraft
from inventory.commands.states import CommandState
from inventory.commands.step_up import StepUp
from inventory.commands.surroundings import Surroundings
from inventory.commands.watching import ClockWatch
from inventory.db import Database
from inventory.fleet import opening
from inventory.fleet.models import MdmConnection, MdmDevice, Mode
from inventory.notices.telling import Notice
from inventory.sites import service as sites
from mdm.connection import Wiring
from mdm.http import Limits
from mdm.timing import Timing
from mdm.types import Action, Device, Platform
from tests.conftest import Clock
from tests.mdm.fakes.base import FakeVendor

OPERATOR = system_actor("test operator", Permission, origin="local")
LONG_AGO = timedelta(days=400)


def wiring(clock: Callable[[], datetime], *, read: float = 2.0) -> Wiring:
    """Connectors that live by the test's clock and never sleep."""
    limits = Limits(connect=2, read=read, total=10, body=1_000_000)
    timing = Timing(clock, lambda: clock().timestamp(), lambda _: None, lambda: 0.5)
    return Wiring(timing=timing, limits=limits)


def connect(
    db: Session, fake: FakeVendor, *, now: datetime, mode: Mode = Mode.LIVE, label: str = "Vendor"
) -> MdmConnection:
    """A connection to the fake, with both credentials."""
    connection = MdmConnection(
        vendor=fake.vendor, label=label, address=fake.url, mode=mode, read_config="",
        created_at=now, updated_at=now,
    )  # fmt: skip
    for column in ("read_config", "act_config"):
        setattr(connection, column, opening.seal(db, connection.uid, column, fake.config()))
    db.add(connection)
    db.flush()
    return connection


def row_of(device: Device, connection: MdmConnection, asset: Asset, now: datetime) -> MdmDevice:
    """What a synchronisation writes of a device, as far as commands look at it."""
    return MdmDevice(
        connection_id=connection.id, vendor_id=device.vendor_id, asset_id=asset.id,
        platform=device.platform, ownership=device.ownership, serial=device.serial or "",
        udid=device.udid or "", enrolment=device.enrolment or "", supervised=device.supervised,
        managed=device.managed, state=device.state or "", locked=device.locked,
        lost_mode=device.lost_mode, name=device.name or "",
        assigned_user=device.assigned_user or "", last_check_in=device.last_check_in,
        enrolled_at=device.enrolled_at, fingerprint="x", outcome=Outcome.MATCHED,
        first_seen_at=now - LONG_AGO, last_seen_at=now,
    )  # fmt: skip


@dataclass
class World:
    """One vendor, one district, some people who have been there for long."""

    database: Database
    clock: Clock
    fake: FakeVendor
    folder: Path
    site: int = 0
    connection_uid: str = ""
    read: float = 2.0
    lists: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.notices: list[Notice] = []
        self.database.info["notify"] = lambda db, notice, now: self.notices.append(notice)
        self.database.info[opening.WIRING] = wiring(self.clock, read=self.read)
        self.people: dict[str, int] = {}
        self.clocks = ClockWatch(monotonic=lambda: self.clock().timestamp())

    # --- what there is --------------------------------------------------------------------------

    def furnish(self, devices: int = 10, mode: Mode = Mode.LIVE) -> None:
        """The district, its connection and so many devices at the vendor."""
        with self.database.unit() as db:
            root = sites.ensure_district(db, OPERATOR, "Maple Valley", now=self.clock())
            self.site = root.id
            self.connection_uid = connect(db, self.fake, now=self.clock(), mode=mode).uid
        self.fake.seed(devices)
        self.synchronise()

    def synchronise(self) -> None:
        """Bring our rows up to what the vendor tells; unknown devices become assets."""
        now = self.clock()
        with self.database.unit(write=False) as db:
            connection = self._connection(db)
            reader = opening.open_reader(db, connection)
        told = [device for page in reader.devices() for device in page.devices]
        with self.database.unit() as db:
            connection = self._connection(db)
            known = {
                row.vendor_id: row
                for row in db.exec(
                    select(MdmDevice).where(MdmDevice.connection_id == connection.id)
                )
            }
            for device in told:
                self._keep(db, connection, known.pop(device.vendor_id, None), device, now)
            for row in known.values():
                row.gone_at = row.gone_at or now
                db.add(row)

    def _keep(
        self, db: Session, connection: MdmConnection, row: MdmDevice | None, device: Device,
        now: datetime,
    ) -> None:  # fmt: skip
        if row is None:
            draft = AssetDraft(
                category=Category.TABLET, serial=device.serial or "", site_id=self.site
            )
            db.add(row_of(device, connection, create(db, OPERATOR, draft, now=now), now))
            return
        asset = db.get(Asset, row.asset_id)
        assert asset is not None
        fresh = row_of(device, connection, asset, now)
        for name in ("serial", "enrolment", "state", "locked", "lost_mode", "ownership",
                     "assigned_user", "last_check_in", "enrolled_at", "last_seen_at"):  # fmt: skip
            setattr(row, name, getattr(fresh, name))
        row.gone_at = None
        db.add(row)

    def _connection(self, db: Session) -> MdmConnection:
        query = select(MdmConnection).where(MdmConnection.uid == self.connection_uid)
        return db.exec(query).one()

    def assets(self, *platforms: Platform) -> list[int]:
        """Assets with a device of these platforms (all), in order."""
        query = select(MdmDevice).order_by(col(MdmDevice.id))
        if platforms:
            query = query.where(col(MdmDevice.platform).in_(platforms))
        with self.database.unit(write=False) as db:
            return [row.asset_id for row in db.exec(query) if row.asset_id is not None]

    def rows(self) -> Sequence[MdmDevice]:
        """What we know of every device."""
        with self.database.unit(write=False) as db:
            return db.exec(select(MdmDevice).order_by(col(MdmDevice.id))).all()

    def device_id(self, asset_id: int) -> str:
        """The vendor's id of an asset's device."""
        with self.database.unit(write=False) as db:
            query = select(MdmDevice.vendor_id).where(MdmDevice.asset_id == asset_id)
            return db.exec(query).one()

    # --- people ---------------------------------------------------------------------------------

    def person(
        self, name: str, role: Role = Role.COORDINATOR, *, age: timedelta = LONG_AGO,
        by: Actor = OPERATOR,
    ) -> Actor:  # fmt: skip
        """Somebody who is signed in; their account is so old."""
        if name not in self.people:
            before = self.clock() - age
            with self.database.unit() as db:
                account, _ = accounts.create_account(
                    db, by, user_name=name, grants=[(role, None)], now=before
                )
                for table in (Account, RoleGrant):
                    moment = "created_at" if table is Account else "granted_at"
                    key = table.id if table is Account else table.account_id  # type: ignore[attr-defined]
                    db.execute(sa.update(table).where(key == account.id).values({moment: before}))
            self.people[name] = account.id
        with self.database.unit(write=False) as db:
            grants = identify.grants_of(db, self.people[name])
        number = self.people[name]
        return Actor("account", number, name, grants, session_id=number * 100)

    # --- acting ---------------------------------------------------------------------------------

    def step_up(self, binding: str, **more: Any) -> StepUp:
        return StepUp(**{"at": self.clock(), "bound_to": binding, "method": "totp", **more})

    def draft(self, asset_id: int, action: Action = Action.WIPE, **more: Any) -> CommandDraft:
        """A draft that says all that a person must say."""
        with self.database.unit(write=False) as db:
            asset = db.get(Asset, asset_id)
            assert asset is not None
        draft = CommandDraft(
            asset_id=asset_id, action=action, reason="a test", typed_tag=asset.tag,
            backup="waived", message="Property of Maple Valley",
            acknowledged=frozenset({"stale", "two_vendors", "serial_shared"}),
        )  # fmt: skip
        return replace(draft, **more)

    def ask(
        self, actor: Actor, asset_id: int, action: Action = Action.WIPE, **more: Any
    ) -> DeviceCommand:
        """Ask as somebody who has just confirmed who they are."""
        draft = self.draft(asset_id, action, **more)
        with self.database.unit() as db:
            plan = service.plan(db, actor, asset_id, action, now=self.clock())
            step_up = self.step_up(plan.purpose)
            return requesting.request(db, actor, draft, step_up=step_up, now=self.clock())

    def approve(self, actor: Actor, command: DeviceCommand) -> DeviceCommand:
        with self.database.unit() as db:
            step_up = self.step_up(command.binding)
            return service.approve(db, actor, command.id, step_up=step_up, now=self.clock())

    def wiped(
        self, asker: Actor, other: Actor, asset_id: int, action: Action = Action.WIPE, **more: Any
    ) -> DeviceCommand:
        """A command that was asked for and approved, with its cool-off behind it."""
        command = self.ask(asker, asset_id, action, **more)
        for approver in [other, self.person("third")]:
            if command.state is CommandState.REQUESTED:
                command = self.approve(approver, command)
        return command

    # --- the machine ----------------------------------------------------------------------------

    @property
    def around(self) -> Surroundings:
        anchor = Anchor(self.folder / "commands.anchor")
        return Surroundings(
            self.database, enabled=True, anchor=anchor, clock=self.clock, lists=self.lists
        )

    def drive(self, command: DeviceCommand) -> DeviceCommand:
        delivery.drive(self.around, command.id)
        return self.read_back(command)

    def read_back(self, command: DeviceCommand) -> DeviceCommand:
        with self.database.unit(write=False) as db:
            found = db.get(DeviceCommand, command.id)
            assert found is not None
            return found

    def minute(self, **step: float) -> None:
        """Time passes; the sweeper runs, and so do the jobs that it queued."""
        self.clock.forward(**(step or {"minutes": 1}))
        sweeping.sweep(self.around, self.clocks)
        for command_id in self.due():
            delivery.drive(self.around, command_id)

    def due(self) -> list[int]:
        with self.database.unit(write=False) as db:
            query = select(DeviceCommand.id).where(col(DeviceCommand.due_at) <= self.clock())
            return list(db.exec(query.order_by(col(DeviceCommand.due_at))).all())

    def sent(self, asset_id: int) -> DeviceCommand:
        """An approved wipe that the vendor has taken."""
        command = self.wiped(self.person("asker"), self.person("other"), asset_id)
        self.clock.forward(minutes=command.cool_off_minutes)
        return self.drive(command)

    def events(self) -> Sequence[str]:
        return [notice.kind for notice in self.notices]
