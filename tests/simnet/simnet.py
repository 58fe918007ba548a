"""`Simnet`: the simulated district as running SNMP agents."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

from tests.simnet import agent
from tests.simnet.district import District, SimDevice, choose, load_district
from tests.simnet.server import Handler, Server, SimnetError

TRIES = 20


class Simnet:
    """Agents on loopback addresses, all on one port. Use `Simnet.start`.

    port      the UDP port
    devices   those that answer, as they are now
    unseen    devices without an agent, known to switches only
    """

    def __init__(self, district: District, names: tuple[str, ...] | None) -> None:
        self._district = district
        self._names = names
        self._server = Server()
        self.port = 0
        self.devices: list[SimDevice] = []
        self.unseen: list[SimDevice] = []

    @classmethod
    def start(
        cls,
        devices: Iterable[SimDevice | str] | None = None,
        port: int = 0,
        *,
        district: District | None = None,
    ) -> Simnet:
        """Serves these devices (names or `SimDevice`s; None: all), on a free port for 0.

        Raises SimnetError where an address or the port cannot be had, SpecError for a wrong name.
        """
        names: tuple[str, ...] | None = None
        extra: list[SimDevice] = []
        if devices is not None:
            given = list(devices)
            extra = [device for device in given if isinstance(device, SimDevice)]
            names = tuple(device for device in given if isinstance(device, str))
        net = cls(district or load_district(), names)
        try:
            net._open(extra, port)
        except BaseException:
            net.close()
            raise
        return net

    def _open(self, extra: list[SimDevice], port: int) -> None:
        built = self._district.devices()
        self.unseen = [device for device in built if not device.answers]
        chosen = built if self._names is None else choose(built, self._names)
        self.devices = [device for device in (*chosen, *extra) if device.answers]
        for attempt in range(TRIES):
            try:
                self._bind_all(port)
                break
            except SimnetError:
                if port or attempt == TRIES - 1:
                    raise
        self._server.start()

    def _bind_all(self, port: int) -> None:
        bound: list[str] = []
        try:
            for device in self.devices:
                port = self._server.add(device.address, port, handler(device))
                bound.append(device.address)
        except SimnetError:
            for address in bound:
                self._server.remove(address)
            raise
        self.port = port

    @property
    def received(self) -> Counter[str]:
        """Datagrams that reached each address."""
        return self._server.received

    def device(self, name_or_address: str) -> SimDevice:
        """The device of this name or address. Raises KeyError."""
        for device in (*self.devices, *self.unseen):
            if name_or_address in (device.name, device.address):
                return device
        raise KeyError(name_or_address)

    def replace(self, name: str, changes: Mapping[str, Any]) -> SimDevice:
        """Changes columns of a device's row while it runs, e.g. `{"pages": 50_000}`.

        `{"serial": ...}` swaps the device (its MAC follows the serial), `{"address": ...}` moves
        it, `{"records": "OID|type|value"}` sets single values, `{"silent": True}` turns it off.
        The switches' tables follow. Raises SpecError, SimnetError.
        """
        old = self.device(name)
        spec = dataclasses.replace(old.spec, **changes)
        self._district = self._district.changed(old.name, spec)
        built = {device.name: device for device in self._district.devices()}
        new = built[spec.name]
        kept = [device for device in self.devices if device.name != old.name]
        renewed = [built.get(device.name, device) for device in kept]
        for device in renewed:
            self._server.change(device.address, handler(device))
        if old.answers and not (new.answers and new.address == old.address):
            self._server.remove(old.address)
        if new.answers and new.address == old.address and old.answers:
            self._server.change(new.address, handler(new))
        elif new.answers:
            self._server.add(new.address, self.port, handler(new))
        self.devices = [*renewed, new] if new.answers else renewed
        self.unseen = [device for device in built.values() if not device.answers]
        return new

    def close(self) -> None:
        """Stops all agents."""
        self._server.close()

    def __enter__(self) -> Simnet:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def handler(device: SimDevice) -> Handler:
    """What answers for a device."""
    versions = frozenset({0}) if device.version == "1" else frozenset({0, 1})
    community = device.spec.community.encode()
    recording, template = device.recording, device.template

    def answer(datagram: bytes) -> bytes | None:
        return agent.community_answer(
            datagram,
            recording,
            community=community,
            versions=versions,
            max_message=template.max_message,
            no_bulk=template.no_bulk,
        )

    return answer
