"""What the tests of Mosyle share: its fake, and one of its devices."""

from typing import cast

from mdm.types import Device, Platform
from tests.mdm.contract.world import World
from tests.mdm.fakes.mosyle import FakeMosyle


def fake(world: World) -> FakeMosyle:
    return cast(FakeMosyle, world.fake)


def a_device(world: World, platform: Platform, supervised: bool = True) -> Device:
    found = (d for d in world.devices() if d.platform is platform and d.supervised is supervised)
    return next(found)
