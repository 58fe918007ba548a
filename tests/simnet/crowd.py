"""Many printers for measurements: the district's own, repeated with other addresses and serials."""

from __future__ import annotations

import dataclasses
import ipaddress
from itertools import cycle, islice

from tests.simnet.district import SimDevice, load_district

PRINTING = {"printer", "multifunction"}


def crowd(count: int, network: str) -> list[SimDevice]:
    """`count` v2c printers spread evenly over `network`, with serials of their own.

    The machine must own the addresses. Raises ValueError for a network that is too small.
    """
    hosts = ipaddress.ip_network(network)
    if not 0 < count <= hosts.num_addresses - 2:
        raise ValueError(f"{network} has no room for {count} agents")
    step = (hosts.num_addresses - 2) // count
    district = load_district()
    models = [
        device.spec
        for device in district.devices()
        if device.kind in PRINTING and device.version == "2c" and device.spec.community == "public"
    ]
    specs = tuple(
        dataclasses.replace(
            spec,
            name=f"{spec.name}-{number}",
            serial=f"{spec.serial[:-5]}{number:05d}",
            address=str(hosts[1 + number * step]),
        )
        for number, spec in enumerate(islice(cycle(models), count))
    )
    return dataclasses.replace(district, specs=specs).devices()
