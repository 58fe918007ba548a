"""What the tests of Meraki share: its fake, and one of its devices."""

from typing import cast

from mdm.types import Device, Platform
from tests.mdm.contract.world import World
from tests.mdm.fakes.meraki import FakeMeraki


def fake(world: World) -> FakeMeraki:
    return cast(FakeMeraki, world.fake)


def a_device(world: World, platform: Platform = Platform.IPADOS) -> Device:
    return next(d for d in world.devices() if d.platform is platform)
