"""HOST-RESOURCES and Printer-MIB (RFC 2790, RFC 3805) of a simulated printer."""

from __future__ import annotations

from dataclasses import dataclass

from tests.simnet.mibs import Build
from tests.simnet.spec import SpecError

HR, PRT = "1.3.6.1.2.1.25", "1.3.6.1.2.1.43"
COLORS = {
    "black", "cyan", "magenta", "yellow", "matteblack", "photoblack", "gray", "lightgray",
    "lightcyan", "lightmagenta", "violet", "orange",
}  # fmt: skip
PARTS = {  # word: (PrtMarkerSuppliesTypeTC, wording)
    "drum": (9, "Drum Unit"),
    "waste": (4, "Waste Toner Container"),
    "wasteink": (8, "Waste Ink Box"),
    "fuser": (15, "Fuser Kit"),
    "transfer": (20, "Transfer Belt"),
    "developer": (10, "Developer"),
    "maintenance": (1, "Maintenance Kit"),
    "staples": (32, "Staple Cartridge"),
    "ribbon": (7, "Ribbon"),
    "printhead": (1, "Printhead"),
    "media": (1, "Media Roll"),
}
INKS = {"toner": 3, "tonerCartridge": 21, "ink": 5, "inkCartridge": 6, "solidWax": 12}
SEVERITIES = {"other": 1, "critical": 3, "warning": 4}


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """A parsed supply of a spec: what the Printer-MIB row says."""

    description: str
    color: str
    type: int
    level: int
    maximum: int


def supplies(build: Build) -> list[SupplyRow]:
    """The supplies of the spec. Raises SpecError."""
    return [_supply(build, text) for text in build.spec.supplies]


def _supply(build: Build, text: str) -> SupplyRow:
    words = text.split(maxsplit=2)
    try:
        level, maximum = (int(number) for number in words[1].split("/"))
    except (IndexError, ValueError) as error:
        raise SpecError(f"{build.spec.name}: supply {text!r} is not 'what level/max'") from error
    part = words[2] if len(words) > 2 else ""
    if words[0] in PARTS:
        kind, wording = PARTS[words[0]]
        return SupplyRow(f"{wording} {part}".strip(), "", kind, level, maximum)
    if words[0] not in COLORS:
        raise SpecError(f"{build.spec.name}: unknown supply {words[0]!r}")
    wording = build.template.text.get("supply", "{color} Toner Cartridge {part}")
    places = {"color": words[0].capitalize(), "part": part, "initial": words[0][0].upper()}
    kind = INKS[build.template.text.get("ink", "tonerCartridge")]
    return SupplyRow(wording.format_map(places).strip(), words[0], kind, level, maximum)


def printer(build: Build) -> None:
    """Everything that the Printer-MIB says of the device."""
    host_device(build)
    general(build)
    channels(build)
    for index, text in enumerate(build.spec.covers, 1):
        name, state = text.split("|")
        build.column(f"{PRT}.6.1.1", f"1.{index}", {2: name, 3: 3 if state == "open" else 4})
    for index, text in enumerate(build.spec.trays, 1):
        tray(build, index, text)
    output(build)
    marker(build)
    supply_table(build)
    for index, text in enumerate(build.spec.console or ("Ready",), 1):
        build.column(f"{PRT}.16.5.1", f"1.{index}", {2: text})
    alerts(build)


def host_device(build: Build) -> None:
    """hrDeviceTable and hrPrinterTable; the error bits follow from supplies, trays and covers."""
    text = build.template.text
    build.column(
        f"{HR}.3.2.1", 1, {1: 1, 3: build.fill(text.get("printer_descr", "{vendor} {model}"))}
    )
    build.put(f"{HR}.3.2.1.2.1", 6, (1, 3, 6, 1, 2, 1, 25, 3, 1, 5))
    build.put(f"{HR}.3.2.1.4.1", 6, (0, 0))
    bits = error_bits(build)
    build.put(f"{HR}.3.2.1.5.1", 2, 2 if bits < 0x20 else 3)
    build.put(f"{HR}.3.2.1.6.1", 65, 0)
    build.put(f"{HR}.3.5.1.1.1", 2, 3 if not bits else 1)
    build.put(f"{HR}.3.5.1.2.1", 4, bytes((bits,)))
    build.put(f"{HR}.2.2.0", 2, build.number("memory", 64, 2048) * 1024)


def error_bits(build: Build) -> int:
    """hrPrinterDetectedErrorState: lowPaper is the first bit (0x80)."""
    bits = 0
    for text in build.spec.trays:
        level = int(text.split("|")[2].split("/")[0])
        bits |= 0x40 if level == 0 else 0
    for row in supplies(build):
        if row.color and row.maximum > 0 and row.level >= 0:
            bits |= 0x10 if row.level == 0 else 0x20 if row.level * 10 <= row.maximum else 0
    if any(text.endswith("|open") for text in build.spec.covers):
        bits |= 0x08
    return bits


def general(build: Build) -> None:
    """prtGeneralTable and prtLocalizationTable; `printer_serial` "" leaves the serial out."""
    text = build.template.text
    build.column(
        f"{PRT}.5.1.1", 1, {2: 1, 3: 1, 6: 1, 7: 1, 8: 1, 9: 1, 10: 1, 11: 2, 12: 20, 13: 1}
    )
    build.put(f"{PRT}.5.1.1.1.1", 65, build.number("changes", 1, 900))
    if "no_general_names" not in text:
        name = build.fill(text.get("printer_name", "{model}"))
        build.column(
            f"{PRT}.5.1.1", 1, {16: name, 17: build.fill(text.get("printer_serial", "{serial}"))}
        )
    build.column(f"{PRT}.7.1.1", "1.1", {2: "en", 3: "US", 4: 106})


def channels(build: Build) -> None:
    """How jobs come in: port 9100, LPD, IPP (prtChannelType 11, 8, 44)."""
    for index, (kind, version) in enumerate(((11, "9100"), (8, "515"), (44, "631")), 1):
        build.column(
            f"{PRT}.14.1.1", f"1.{index}", {2: kind, 3: version, 4: 1, 5: 1, 6: 4, 7: 1, 8: 0}
        )
    for index, (kind, language) in enumerate(((3, "PCL"), (6, "PostScript")), 1):
        build.column(f"{PRT}.15.1.1", f"1.{index}", {2: kind, 3: "3", 5: language})


def tray(build: Build, index: int, text: str) -> None:
    """prtInputTable; unit 8 is sheets, status 0 available, 9 with an empty tray's alert bit."""
    name, media, amount = text.split("|")
    level, capacity = (int(number) for number in amount.split("/"))
    build.column(
        f"{PRT}.8.2.1",
        f"1.{index}",
        {
            2: 5 if "manual" in name.lower() or "bypass" in name.lower() else 3,
            3: 3, 4: 110000, 5: 85000, 6: 110000, 7: 85000,
            8: 8, 9: capacity, 10: level, 11: 9 if level == 0 else 0,
            12: media, 13: name, 14: build.template.vendor, 15: "", 16: "", 17: "", 18: name,
        },
    )  # fmt: skip


def output(build: Build) -> None:
    """One output bin."""
    build.column(f"{PRT}.9.2.1", "1.1", {2: 3, 3: 8, 4: 250, 5: -2, 6: 0, 7: "Standard Bin"})


def marker(build: Build) -> None:
    """prtMarkerTable with the page count (unit 7, impressions)."""
    spec = build.spec
    colors = sum(1 for row in supplies(build) if row.color)
    technology = {"ink": 12, "inkCartridge": 12, "ribbon": 9}.get(
        build.template.text.get("ink", ""), 4
    )
    build.column(
        f"{PRT}.10.2.1",
        "1.1",
        {2: technology, 3: 7, 6: max(1, colors), 7: 0, 8: 3, 9: 600, 10: 600, 15: 0},
    )
    if spec.pages is not None:
        build.put(f"{PRT}.10.2.1.4.1.1", 65, spec.pages)
        build.put(f"{PRT}.10.2.1.5.1.1", 65, spec.pages % 1000)


def supply_table(build: Build) -> None:
    """prtMarkerSuppliesTable and prtMarkerColorantTable."""
    colorant = 0
    for index, row in enumerate(supplies(build), 1):
        if row.color:
            colorant += 1
            build.column(f"{PRT}.12.1.1", f"1.{colorant}", {2: 1, 3: 3, 4: row.color, 5: 2})
        unit = 19 if row.maximum == 100 else 7
        waste = row.type in (4, 8)
        build.column(
            f"{PRT}.11.1.1",
            f"1.{index}",
            {
                2: 1,
                3: colorant if row.color else 0,
                4: 4 if waste else 3,
                5: row.type,
                6: row.description,
                7: unit,
                8: row.maximum,
                9: row.level,
            },
        )


def alerts(build: Build) -> None:
    """prtAlertTable (RFC 3805 §5.17): group 11 supplies, 8 input, 6 cover."""
    for index, text in enumerate(build.spec.alerts, 1):
        severity, words = text.split("|", 1)
        group, code = 11, 1104
        if "tray" in words.lower() or "paper" in words.lower():
            group, code = 8, 808
        elif "door" in words.lower() or "cover" in words.lower():
            group, code = 6, 3
        build.column(
            f"{PRT}.18.1.1",
            f"1.{index}",
            {2: SEVERITIES[severity], 3: 3, 4: group, 5: 1, 6: index, 7: code, 8: words},
        )
        build.put(f"{PRT}.18.1.1.9.1.{index}", 67, build.number(f"alert{index}", 1000, 900_000))
