"""One vendor's fake, a clock that nobody waits for, and connectors on both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from mdm.capabilities import Capability, Need
from mdm.connection import Access, VendorInfo, Wiring
from mdm.connector import Connector
from mdm.http import Limits
from mdm.registry import open_connector, vendor
from mdm.timing import Timing
from mdm.types import Action, Command, Device, OutcomeState, Page, Receipt
from tests.mdm.fakes import fake_of
from tests.mdm.hook import Hook, RamMemory

DEVICES = 60
PIN = "924417"


class TestTime:
    """A clock that moves when somebody sleeps; `slept` are the waits in seconds."""

    __test__ = False

    def __init__(self) -> None:
        self.at = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)

    def forward(self, **step: float) -> None:
        self.at += timedelta(**step)

    @property
    def timing(self) -> Timing:
        return Timing(self.now, lambda: self.at.timestamp(), self.sleep, lambda: 0.5)


class World:
    """What a case plays with."""

    def __init__(self, name: str) -> None:
        self.info: VendorInfo = vendor(name)
        self.time = TestTime()
        self.fake = fake_of(name)(now=self.time.now).start()
        self.memory = RamMemory(lambda: self.fake.page_size)
        self.listed: list[Device] | None = None
        self.address: str | None = None  # of something between the connector and the fake
        self.limits: dict[str, float] = {"connect": 2, "read": 0.5, "total": 5}
        if self.fake.tells:
            self.fake.hook = Hook(lambda: self.open(Access.READ)).start()
        self.fake.seed(DEVICES)
        self.fake.page_size = 10

    def open(
        self,
        access: Access = Access.ACT,
        *,
        config: dict[str, str] | None = None,
        **limits: float,
    ) -> Connector:
        """A connector on the fake, with short deadlines."""
        bounds = Limits(**(self.limits | limits))
        self.fake.address = self.address
        return open_connector(
            self.info.name,
            config or self.fake.config(),
            name="contract",
            access=access,
            base_url=None if self.fake.own_address else self.address or self.fake.url,
            wiring=Wiring(
                timing=self.time.timing,
                limits=bounds,
                login_url=self.fake.url,
                memory=self.memory,
            ),
        )

    def pages(self, connector: Connector | None = None, **how: object) -> list[Page]:
        return list((connector or self.open(Access.READ)).devices(**how))

    def devices(self, connector: Connector | None = None) -> list[Device]:
        return [device for page in self.pages(connector) for device in page.devices]

    def device_for(self, row: Capability) -> Device:
        """A device that the capability is declared for; the fake must have seeded one.

        The list is read once; a case that changes devices empties `listed`.
        """
        if self.listed is None:
            self.listed = self.devices()
        fit = [
            device
            for device in self.listed
            if device.vendor_id in self.fake.ids()
            and device.platform in row.platforms
            and device.ownership in row.ownership
            and (Need.SUPERVISED not in row.needs or device.supervised is True)
        ]
        assert fit, f"the fake seeds no device for {row}"
        return fit[0]

    def command(self, row: Capability, device: Device) -> Command:
        """A complete command of a capability."""
        return Command(
            row.action,
            device.ref,
            key="0b9f7f0e-1c1f-4a52-9a55-6d1f0c8f4a11",
            pin=PIN if Need.PIN in row.needs else None,
            message="Property of Willow Park Schools",
            phone="+1 555 0100",
        )

    def any_command(self, action: Action | str | None = None) -> tuple[Connector, Command]:
        """A command that the connector takes (of an action, if given), and a connector for it."""
        rows = [r for r in self.info.capabilities if action is None or r.action == action]
        return self.open(), self.command(rows[0], self.device_for(rows[0]))


def states_in_order(world: World, receipt: Receipt) -> list[OutcomeState]:
    """What a command can come to, the way it would."""
    reached = world.fake.reaches(receipt)
    return [state for state in OutcomeState if state in reached]


def raised(call: Callable[..., object], *arguments: object, **named: object) -> Exception:
    """The error of a call that must fail."""
    try:
        found = call(*arguments, **named)
    except Exception as error:
        return error
    raise AssertionError(f"no error, but {found!r}")
