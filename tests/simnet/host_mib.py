"""HOST-RESOURCES-MIB (RFC 2790) of servers, and UPS-MIB (RFC 1628) of power supplies."""

from __future__ import annotations

from tests.simnet.mibs import Build

HR, UPS = "1.3.6.1.2.1.25", "1.3.6.1.2.1.33.1"
RAM, DISK = (1, 3, 6, 1, 2, 1, 25, 2, 1, 2), (1, 3, 6, 1, 2, 1, 25, 2, 1, 4)
PROCESSOR = (1, 3, 6, 1, 2, 1, 25, 3, 1, 3)
INSTALLED = bytes((0x07, 0xE8, 3, 14, 9, 26, 53, 0))


def host(build: Build) -> None:
    """Memory, disks, processors and software.

    Facts: `disks` "C:\\=256/120;D:\\=1024/700" (GiB size/used), `memory` GiB,
    `software` "name;name", `cpu`.
    """
    facts = build.spec.facts
    memory = int(facts.get("memory", "16"))
    build.put(f"{HR}.1.1.0", 67, build.number("host uptime", 1_000_000, 400_000_000))
    build.put(f"{HR}.1.5.0", 66, 2)
    build.put(f"{HR}.1.6.0", 66, build.number("processes", 80, 300))
    build.put(f"{HR}.2.2.0", 2, memory * 1024 * 1024)
    storage(build, 1, "Physical memory", RAM, memory, memory // 2)
    for index, text in enumerate(filter(None, facts.get("disks", "").split(";")), 31):
        name, sizes = text.split("=")
        size, used = (int(number) for number in sizes.split("/"))
        storage(build, index, name, DISK, size, used)
    for index in (1, 2):
        build.column(f"{HR}.3.2.1", index, {1: index, 3: facts.get("cpu", "Processor"), 5: 2})
        build.put(f"{HR}.3.2.1.2.{index}", 6, PROCESSOR)
        build.put(f"{HR}.3.3.1.2.{index}", 2, build.number(f"load{index}", 1, 60))
    for index, name in enumerate(filter(None, facts.get("software", "").split(";")), 1):
        build.column(f"{HR}.6.3.1", index, {1: index, 2: name, 4: 4, 5: INSTALLED})


def storage(
    build: Build, index: int, name: str, kind: tuple[int, ...], size: int, used: int
) -> None:
    """A row of hrStorageTable; sizes in GiB, the unit large enough for a 32-bit count."""
    unit = 4096 if size < 4096 else 65536
    blocks = 1024 * 1024 * 1024 // unit
    row: dict[int, int | str | bytes] = {
        1: index,
        3: name,
        4: unit,
        5: size * blocks,
        6: used * blocks,
    }
    build.column(f"{HR}.2.3.1", index, row)
    build.put(f"{HR}.2.3.1.2.{index}", 6, kind)


def ups(build: Build) -> None:
    """Identity, battery, input and output; facts: `charge` percent, `minutes` left, `load`."""
    spec, facts = build.spec, build.spec.facts
    texts = (build.template.vendor, spec.model, spec.firmware, spec.firmware, spec.name)
    build.column(f"{UPS}.1", 0, dict(enumerate(texts, 1)))
    charge = int(facts.get("charge", "100"))
    battery = {
        1: 2 if charge > 20 else 3,
        2: 0,
        3: int(facts.get("minutes", "42")),
        4: charge,
        5: 547,
        7: 26,
    }
    for column, value in battery.items():
        build.put(f"{UPS}.2.{column}.0", 2, value)
    build.put(f"{UPS}.3.2.0", 2, 1)
    build.column(f"{UPS}.3.3.1", 1, {2: 600, 3: 1200})
    build.put(f"{UPS}.4.1.0", 2, 3)
    build.column(f"{UPS}.4.4.1", 1, {2: 1200, 3: 21, 4: 240, 5: int(facts.get("load", "23"))})
