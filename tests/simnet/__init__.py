"""A simulated school district on loopback addresses: real UDP SNMP agents for demo and tests."""

from tests.simnet.district import District, SimDevice, load_district
from tests.simnet.hostile import BEHAVIOURS, HostileAgent
from tests.simnet.server import SimnetError
from tests.simnet.simnet import Simnet
from tests.simnet.spec import Spec, SpecError

__all__ = [
    "BEHAVIOURS",
    "District",
    "HostileAgent",
    "SimDevice",
    "Simnet",
    "SimnetError",
    "Spec",
    "SpecError",
    "load_district",
]
