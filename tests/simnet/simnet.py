"""`Simnet`: the simulated district as running SNMP agents."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

from snmp_discovery.types import Credential
from tests.simnet import agent
from tests.simnet.district import District, SimDevice, choose, load_district
from tests.simnet.server import Handler, Server, SimnetError
from tests.simnet.usm import V3Agent

TRIES = 20


class Simnet:
    """Agents on loopback addresses, all on one port. Use `Simnet.start`.

    port      the UDP port
    devices   those that answer, as they are now
    unseen    devices without an agent, known to switches only
    """

    def __init__(self, district: District, latency: float = 0.0) -> None:
        self._district = district
        self._server = Server(latency)
        self._engines: dict[str, V3Agent] = {}
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
        latency: float = 0.0,
    ) -> Simnet:
        """Serves these devices (names or `SimDevice`s; None: all), on a free port for 0.

        `latency` seconds pass before each answer.
        Raises SimnetError where an address or the port cannot be had, SpecError for a wrong name.
        """
        net = cls(district or load_district(), latency)
        try:
            net._open(None if devices is None else list(devices), port)
        except BaseException:
            net.close()
            raise
        return net

    def _open(self, wanted: list[SimDevice | str] | None, port: int) -> None:
        built = self._district.devices()
        self.unseen = [device for device in built if not device.answers]
        if wanted is not None:
            named = choose(built, [name for name in wanted if isinstance(name, str)])
            built = [*named, *(device for device in wanted if isinstance(device, SimDevice))]
        self.devices = [device for device in built if device.answers]
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
                port = self._server.add(device.address, port, self._handler(device))
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

    @property
    def credentials(self) -> list[Credential]:
        """Every credential that some device needs, each once."""
        return list(dict.fromkeys(device.credential for device in self.devices))

    def device(self, name_or_address: str) -> SimDevice:
        """The device of this name or address. Raises KeyError."""
        for device in (*self.devices, *self.unseen):
            if name_or_address in (device.name, device.address):
                return device
        raise KeyError(name_or_address)

    def engine(self, name: str) -> V3Agent:
        """The v3 engine of a device, e.g. to `reboot()` it. Raises KeyError."""
        return self._engines[name]

    def replace(self, name: str, changes: Mapping[str, Any]) -> SimDevice:
        """Changes columns of a device's row while it runs, e.g. `{"pages": 50_000}`.

        `{"serial": ...}` swaps the device (its MAC follows the serial), `{"address": ...}` moves
        it, `{"records": "OID|type|value"}` sets single values, `{"silent": True}` turns it off.
        The switches' tables follow. Only devices of the district, not ones passed in ready-made.
        Raises SpecError, SimnetError, KeyError.
        """
        old = self.device(name)
        self._district = self._district.changed(old.name, dataclasses.replace(old.spec, **changes))
        built = {device.name: device for device in self._district.devices()}
        new = built[changes.get("name", old.name)]
        self.devices = [built.get(d.name, d) for d in self.devices if d.name != old.name]
        for device in self.devices:
            if "switch" in device.template.mibs:
                self._server.change(device.address, self._handler(device))
        if old.answers:
            self._server.remove(old.address)
        if new.answers:
            self._server.add(new.address, self.port, self._handler(new))
            self.devices.append(new)
        self.unseen = [device for device in built.values() if not device.answers]
        return new

    def _handler(self, device: SimDevice) -> Handler:
        """What answers for a device."""
        if device.user is not None:
            maker = int((*device.template.sys_object_id.split("."), *"0" * 7)[6])
            engine_id = (0x80000000 | maker).to_bytes(4, "big") + b"\x03"
            engine_id += bytes.fromhex(device.macs[0].replace(":", ""))
            size = device.template.max_message
            engine = V3Agent(device.user, engine_id, device.contexts, size)
            self._engines[device.name] = engine
            return engine.answer
        return community_handler(device)

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


def community_handler(device: SimDevice) -> Handler:
    """Answers v1 (and, unless the device speaks only that, v2c) with the device's community."""
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
