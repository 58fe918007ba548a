"""A simulated range on one socket: chosen addresses answer SNMP after a delay, the rest is silent.

Run inside the benchmark's own network namespace: `python -m benchmarks.responder NET COUNT [MS]`.
One wildcard socket takes every datagram of the range, so an address without a device is truly
silent: no ICMP comes back. Answers are cached, so that the agent is not the bottleneck.
"""

import heapq
import ipaddress
import select
import socket
import struct
import sys
import time

from tests.simnet.agent import community_answer
from tests.simnet.ber import BerError
from tests.simnet.district import load_district
from tests.simnet.recording import Recording

PKTINFO = 8  # IP_PKTINFO of Linux


def recordings() -> list[Recording]:
    """The demo district's v2c devices that print, scan or look: what a school has most of."""
    wanted = {"printer", "multifunction", "label_printer", "plotter", "scanner", "camera"}
    return [
        device.recording
        for device in load_district().devices()
        if device.answers and device.kind in wanted and device.version == "2c"
    ]


def spread(network: str, count: int) -> dict[bytes, int]:
    """`count` addresses of `network`, evenly spread → the number of their recording."""
    hosts = list(ipaddress.ip_network(network))[1:-1]
    step = len(hosts) / count
    return {hosts[int(n * step)].packed: n for n in range(count)}


def request_id_at(datagram: bytes) -> tuple[int, int]:
    """(offset, length) of the request id's octets in a v1 or v2c message."""
    at = 0
    for stay in (False, True, True, False):  # SEQUENCE, version, community, PDU
        length = datagram[at + 1]
        at += 2
        if length & 0x80:
            octets = length & 0x7F
            length = int.from_bytes(datagram[at : at + octets])
            at += octets
        if stay:
            at += length
    return at + 2, datagram[at + 1]


class Responder:
    """Answers of the whole range."""

    def __init__(self, network: str, count: int) -> None:
        self.devices = spread(network, count)
        self.recordings = recordings()
        self.cache: dict[tuple[int, bytes], tuple[bytes, int] | None] = {}

    def answer(self, address: bytes, datagram: bytes) -> bytes | None:
        number = self.devices.get(address)
        if number is None:
            return None
        at, length = request_id_at(datagram)
        key = number % len(self.recordings), datagram[:at] + datagram[at + length :]
        if key not in self.cache:
            self.cache[key] = self._make(key[0], datagram)
        made = self.cache[key]
        if made is None:
            return None
        body, place = made
        return body[:place] + datagram[at : at + length] + body[place + length :]

    def _make(self, number: int, datagram: bytes) -> tuple[bytes, int] | None:
        try:
            body = community_answer(
                datagram, self.recordings[number], community=b"public", versions=frozenset({0, 1})
            )
        except BerError:
            return None
        return None if body is None else (body, request_id_at(body)[0])


def serve(network: str, count: int, delay: float) -> None:
    responder = Responder(network, count)
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IP, PKTINFO, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 20)
    sock.bind(("", 161))
    sock.setblocking(False)
    due: list[tuple[float, int, bytes, bytes, tuple[str, int]]] = []
    print(f"{count} devices ready", flush=True)
    serial = 0
    while True:
        wait = max(0.0, due[0][0] - time.monotonic()) if due else None
        readable, _, _ = select.select([sock], [], [], wait)
        while due and due[0][0] <= time.monotonic():
            _, _, reply, source, peer = heapq.heappop(due)
            info = struct.pack("=I4s4s", 0, source, b"\0\0\0\0")
            sock.sendmsg([reply], [(socket.IPPROTO_IP, PKTINFO, info)], 0, peer)
        for _ in range(256 if readable else 0):
            try:
                datagram, ancillary, _, peer = sock.recvmsg(65535, 64)
            except BlockingIOError:
                break
            target = ancillary[0][2][8:12]
            made = responder.answer(target, datagram)
            if made is not None:
                serial += 1
                heapq.heappush(due, (time.monotonic() + delay, serial, made, target, peer))


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]) / 1000 if len(sys.argv) > 3 else 0.02)
