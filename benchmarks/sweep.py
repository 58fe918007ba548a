"""Sweep and identify a /20 and a /16 beside its peers: `python -m benchmarks sweep`.

Everything runs inside one network namespace of its own, over its loopback device: the whole range
is local there, the responder answers for some of it after 20 ms, and the rest is truly silent.
Peers are used where they are installed (Debian: onesixtyone, braa, snmp,
fusioninventory-agent-task-network); each is told the same targets and community.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOMEROOM = [sys.executable, "-m", "inventory.cli"]
DAY = timedelta(days=1)
SMALL, LARGE = ("10.99.0.0/20", 200), ("10.99.0.0/16", 2000)


@dataclass(frozen=True)
class Run:
    """One measured command. `found`: devices it told of; `rss`: its largest size in MB."""

    name: str
    wall: float
    cpu: float
    found: int
    rss: float
    note: str = ""


def inside() -> bool:
    return os.environ.get("BENCH_NAMESPACE") == "1"


def enter(module: str = "benchmarks.sweep") -> int:
    """Run a module again inside a new user and network namespace."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        print("this benchmark needs Linux with unshare and ip (util-linux, iproute2)")
        return 1
    script = (
        "ip link set lo up && ip address add 10.99.0.0/16 dev lo && "
        f"exec {sys.executable} -m {module} {' '.join(sys.argv[2:])}"
    )
    environment = {**os.environ, "BENCH_NAMESPACE": "1"}
    return subprocess.call(["unshare", "-r", "-n", "sh", "-c", script], cwd=ROOT, env=environment)


def measure(
    name: str, command: list[str], count: str, *, limit: float = 300, note: str = ""
) -> Run:
    """Run a command; `count` is "lines", "json" or "none": how its answer tells the devices."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    timed = [sys.executable, "-m", "benchmarks.timed", *command]
    try:
        done = subprocess.run(timed, cwd=ROOT, capture_output=True, text=True, timeout=limit)
        out, size = done.stdout, float(done.stderr.rsplit("rss=", 1)[-1].split()[0])
    except subprocess.TimeoutExpired as late:
        out, size = (late.stdout or b"").decode(), 0.0
        subprocess.run(["pkill", "-f", command[0]], check=False)
        note = f"stopped after {limit:.0f} s"
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(name, wall, cpu, devices(out, count), size, note)


def devices(out: str, count: str) -> int:
    if count == "json":
        records = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
        return sum(1 for record in records if record["vendor"] and record["model"])
    if count == "xml":
        return out.count("<DEVICE>")
    return sum(1 for line in out.splitlines() if "10.99." in line)


def ours(network: str, rate: int) -> list[str]:
    return [*HOMEROOM, "discover", network, "--json", "--rate", str(rate), "--timeout", "1"]


def peers(network: str, first: str, last: str, limit: float) -> list[Run]:
    runs = []
    oid = ".1.3.6.1.2.1.1.1.0"
    if shutil.which("braa"):
        probe = ["braa", "-t", "1", "-r", "1", f"public@{first}-{last}:{oid}"]
        runs.append(measure("braa, one GET", probe, "lines", limit=limit))
    if shutil.which("onesixtyone"):
        probe = ["onesixtyone", "-w", "1", network, "public"]
        runs.append(measure("onesixtyone, one GET", probe, "lines", limit=limit))
    if shutil.which("fusioninventory-netdiscovery"):
        probe = ["fusioninventory-netdiscovery", "--first", first, "--last", last, "--community",
                 "public", "--threads", "20", "--timeout", "1", "-i"]  # fmt: skip
        runs.append(measure("fusioninventory-netdiscovery, 20 threads", probe, "xml", limit=limit))
    return runs


def bulkwalk(count: int) -> Run:
    """net-snmp's own walk of Printer-MIB for the responders alone, twenty processes at once."""
    from benchmarks.responder import spread

    hosts = [".".join(map(str, packed)) for packed in spread(SMALL[0], count)]
    walk = "snmpbulkwalk -v2c -c public -Cr40 -On -t 1 {} 1.3.6.1.2.1.43 >/dev/null && echo {}"
    command = ["sh", "-c", f"printf '%s\\n' {' '.join(hosts)} | xargs -P 20 -I{{}} sh -c '{walk}'"]
    return measure("snmpbulkwalk, known hosts, Printer-MIB", command, "lines")


def show(title: str, runs: list[Run], base: Run) -> None:
    print(f"\n{title}\n{'':44} wall s   CPU s  found  MB    wall, as a multiple of ours")
    for run in runs:
        ratio = f"{run.wall / base.wall:8.2f}"
        print(
            f"{run.name:44} {run.wall:6.1f}  {run.cpu:6.2f}  {run.found:5}  {run.rss:4.0f} "
            f"{ratio}  {run.note}"
        )


def with_responder(network: str, count: int) -> "subprocess.Popen[str]":
    agent = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.responder", network, str(count)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert agent.stdout is not None
    agent.stdout.readline()
    return agent


def main(arguments: list[str]) -> int:
    """`small`, `large` or both; `--limit S` stops a slow peer."""
    limit = float(arguments[arguments.index("--limit") + 1]) if "--limit" in arguments else 120.0
    if "large" not in arguments:
        agent = with_responder(*SMALL)
        try:
            base = measure("homeroom discover, complete", ours(SMALL[0], 20_000), "json")
            slower = measure("homeroom discover, 4,000/s", ours(SMALL[0], 4_000), "json")
            others = peers(SMALL[0], "10.99.0.1", "10.99.15.254", limit)
            runs = [base, slower, *others]
            if shutil.which("snmpbulkwalk"):
                runs.append(bulkwalk(SMALL[1]))
            show("/20: 4,094 addresses, 200 answering", runs, base)
        finally:
            agent.terminate()
    if "small" not in arguments:
        agent = with_responder(*LARGE)
        try:
            base = measure("homeroom discover, complete", ours(LARGE[0], 20_000), "json")
            runs = [base]
            if shutil.which("braa"):
                probe = ["braa", "-t", "1", "-r", "1",
                         "public@10.99.0.1-10.99.255.254:.1.3.6.1.2.1.1.1.0"]  # fmt: skip
                runs.append(measure("braa, one GET", probe, "lines", limit=limit))
            show("/16: 65,534 addresses, 2,000 answering", runs, base)
        finally:
            agent.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
