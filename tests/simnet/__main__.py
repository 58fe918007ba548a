"""`python -m tests.simnet`: the simulated district in a process of its own."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from tests.simnet import Simnet, SimnetError, load_district
from tests.simnet.crowd import crowd


def main() -> int:
    """Serves until SIGINT or SIGTERM; 1 where the network cannot run."""
    parser = argparse.ArgumentParser(prog="python -m tests.simnet", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=16161, help="UDP port of all agents; 0: a free one"
    )
    parser.add_argument("--list", action="store_true", help="print the devices and leave")
    parser.add_argument("--latency", type=float, default=0, help="seconds before each answer")
    parser.add_argument("--crowd", type=int, help="serve so many printers instead")
    parser.add_argument("--network", default="127.31.0.0/20", help="where the crowd lives")
    options = parser.parse_args()
    devices = crowd(options.crowd, options.network) if options.crowd else None
    if options.list:
        for device in devices or load_district().devices():
            state = device.credential.label if device.answers else "no SNMP"
            what = f"{device.kind:15} {device.name:18} {device.vendor} {device.model}"
            print(f"{device.address:14} {state:15} {what}")
        return 0
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with Simnet.start(devices, options.port, latency=options.latency) as net:
            print(f"{len(net.devices)} agents on port {net.port}", flush=True)
            stop.wait()
    except SimnetError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
