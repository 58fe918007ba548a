"""A world whose vendor tells by webhook."""

from mdm.connection import Access
from mdm.connector import ReceivesEvents
from mdm.types import Action, Command, Device, OutcomeState as State, Platform, Receipt
from tests.mdm.contract.world import PIN, World
from tests.mdm.fakes.nanomdm import FakeNanoMdm


class NanoWorld(World):
    fake: FakeNanoMdm

    def __init__(self) -> None:
        super().__init__("nanomdm")
        assert self.fake.hook is not None
        self.hook = self.fake.hook
        assert not self.hook.refused

    def one(self, platform: Platform, *, supervised: bool | None = True) -> Device:
        found = self.devices()
        return next(d for d in found if d.platform is platform and d.supervised is supervised)

    def again(self, device: Device) -> Device:
        return next(d for d in self.devices() if d.vendor_id == device.vendor_id)

    def send(self, action: Action, device: Device, key: str = "k") -> Receipt:
        pin = PIN if device.platform is Platform.MACOS else None
        return self.open().send(Command(action, device.ref, key=key, pin=pin, message="Lost"))

    def outcome_state(self, receipt: Receipt) -> State:
        return self.open(Access.READ).outcome(receipt).state

    def receiver(self) -> ReceivesEvents:
        found = self.open(Access.READ)
        assert isinstance(found, ReceivesEvents)
        return found
