"""Reading the rules of identification from `signatures/*.toml`.

The files are data: makers by enterprise number (IANA), the objects each maker's devices answer,
what a sysObjectID prefix tells, and patterns over the texts a device gives. `signatures/README.md`
explains the format. They are checked when they are read; a mistake is a `SignatureError` that
names the file and the entry.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from snmp_discovery.oids import ENTERPRISES
from snmp_discovery.rules import Known, Maker, Pattern, Read, SignatureError, Signatures
from snmp_discovery.types import Kind, Oid, parse_oid

FIELDS = ("model", "serial", "firmware", "vendor")
TEXTS = frozenset({"descr", "device", "printer", "name", "id", "entity", "product", "software"})
MAX_PATTERN = 500
_MAKER_KEYS = frozenset({"name", "kind", "generic", "everyone", "also", "objects", *FIELDS})
_READ_KEYS = frozenset({"oid", "label", "re", "to", "vendor", "kind", "own"})
_KNOWN_KEYS = frozenset({"kind", "vendor", "model"})
_PATTERN_KEYS = frozenset(
    {"name", "on", "re", "has", "within", "of", "kind", "vendor", "model", "firmware", "weight"}
)
_KINDS = {kind.value: kind for kind in Kind}


@cache
def signatures() -> Signatures:
    """The rules that come with the package."""
    folder = Path(__file__).with_name("signatures")
    return load({path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.toml"))})


def load(files: Mapping[str, str]) -> Signatures:
    """Rules from TOML texts by file name. Raises SignatureError naming the entry at fault."""
    rules = Signatures()
    for name, text in files.items():
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SignatureError(f"{name}: {error}") from error
        for key, value in data.items():
            where = f"{name}: {key}"
            if key.isascii() and key.isdigit():
                _add_maker(rules, int(key), _table(value, where), where)
            else:
                _add_section(rules, key, value, name)
    _index(rules)
    return rules


def _add_section(rules: Signatures, key: str, value: Any, name: str) -> None:
    where = f"{name}: {key}"
    stem = name.removesuffix(".toml")
    if key in ("patterns", "refine"):
        target = rules.patterns if key == "patterns" else rules.refine
        for number, entry in enumerate(_list(value, where), 1):
            target.append(_pattern(_table(entry, where), f"{stem}-{number}", f"{where}[{number}]"))
    elif key == "makers":
        for enterprise, text in _table(value, where).items():
            label, _, kind = _text(text, f"{where}.{enterprise}").partition("|")
            maker = {"name": label} | ({"kind": kind} if kind else {})
            _add_maker(rules, _int(enterprise, where), maker, f"{where}.{enterprise}")
    elif key == "aliases":
        for spelling, vendor in _table(value, where).items():
            rules.aliases[spelling.lower()] = _text(vendor, where)
    elif key == "id_strings":
        rules.id_strings += [_oid(text, where) for text in _list(value, where)]
    else:
        raise SignatureError(f"{where}: unknown section")


def _add_maker(rules: Signatures, number: int, data: dict[str, Any], where: str) -> None:
    if number in rules.makers:
        raise SignatureError(f"{where}: enterprise {number} is defined twice")
    _only(data, _MAKER_KEYS, where)
    everyone = bool(data.get("everyone", False))
    reads: list[Read] = []
    for name in FIELDS:
        for rank, entry in enumerate(_list(data.get(name, []), f"{where}.{name}")):
            first = rank == 0 or "model" not in data
            probe = everyone and first and name in ("model", "serial")
            reads.append(_read(number, name, entry, rank, probe, f"{where}.{name}[{rank + 1}]"))
    rules.makers[number] = Maker(
        number=number,
        name=_text(data.get("name", ""), f"{where}.name"),
        kind=_kind(data.get("kind"), where),
        generic=bool(data.get("generic", False)),
        everyone=everyone,
        also=frozenset(_list(data.get("also", []), where)),
        reads=tuple(reads),
    )
    for prefix, value in _table(data.get("objects", {}), where).items():
        oid = (*ENTERPRISES, number, *_oid_part(prefix, f"{where}.objects"))
        entry = {"kind": value} if isinstance(value, str) else _table(value, where)
        _only(entry, _KNOWN_KEYS, f"{where}.objects.{prefix}")
        rules.objects[oid] = Known(
            kind=_kind(entry.get("kind"), f"{where}.objects.{prefix}"),
            vendor=entry.get("vendor", ""),
            model=entry.get("model", ""),
        )


def _read(maker: int, name: str, entry: Any, rank: int, probe: bool, where: str) -> Read:
    if isinstance(entry, str):
        path, _, label = entry.partition(" ")
        entry = {"oid": path, "label": label}
    entry = _table(entry, where)
    _only(entry, _READ_KEYS, where)
    path = _text(entry.get("oid"), where)
    column = path.endswith(".*")
    part = _oid_part(path.removesuffix(".*"), where)
    return Read(
        field=name,
        oid=part if part[:4] == (1, 3, 6, 1) else (*ENTERPRISES, maker, *part),
        label=_text(entry.get("label", ""), where),
        maker=maker,
        rank=rank,
        regex=_regex(entry.get("re", ""), where),
        vendor=_text(entry.get("vendor", ""), where),
        kind=_kind(entry.get("kind"), where),
        column=column,
        template=_text(entry.get("to", ""), where),
        own=bool(entry.get("own", False)),
        probe=probe,
    )


def _pattern(data: dict[str, Any], name: str, where: str) -> Pattern:
    _only(data, _PATTERN_KEYS, where)
    on = data.get("on", "descr")
    texts = tuple(on) if isinstance(on, list) else (on,)
    if not texts or not TEXTS.issuperset(texts):
        raise SignatureError(f"{where}: `on` must be of {', '.join(sorted(TEXTS))}")
    has = _text(data.get("has", ""), where).lower()
    if not has and not data.get("re"):
        raise SignatureError(f"{where}: needs `re` or `has`")
    return Pattern(
        name=_text(data.get("name", name), where),
        on=texts,
        regex=_regex(data.get("re", ""), where),
        has=has,
        within=frozenset(_list(data.get("within", []), where)),
        kinds=frozenset(filter(None, (_kind(k, where) for k in _list(data.get("of", []), where)))),
        kind=_kind(data.get("kind"), where),
        vendor=_text(data.get("vendor", ""), where),
        model=_text(data.get("model", ""), where),
        firmware=_text(data.get("firmware", ""), where),
        weight=_int(data.get("weight", 0), where),
    )


def _index(rules: Signatures) -> None:
    rules.names = {maker.name for maker in rules.makers.values()} | set(rules.aliases.values())
    for maker in rules.makers.values():
        for number in {maker.number, *maker.also}:
            rules.asked.setdefault(number, []).extend(maker.reads)
        if maker.everyone:
            rules.everyone.extend(maker.reads)
    for number, reads in rules.asked.items():
        # a device's own maker knows best: its objects come before those of `also`
        reads.sort(key=lambda read, own=number: (read.maker != own, read.rank))  # type: ignore[misc]


def _kind(value: object, where: str) -> Kind | None:
    if value is None:
        return None
    kind = _KINDS.get(str(value))
    if kind is None:
        raise SignatureError(f"{where}: unknown kind {value!r}")
    return kind


def _regex(value: object, where: str) -> str:
    text = _text(value, where)
    if len(text) > MAX_PATTERN:
        raise SignatureError(f"{where}: regular expression longer than {MAX_PATTERN} characters")
    return text


def _oid(value: object, where: str) -> Oid:
    return _oid_part(_text(value, where), where)


def _oid_part(text: str, where: str) -> Oid:
    try:
        return parse_oid(text)
    except ValueError as error:
        raise SignatureError(f"{where}: {text!r} is not an object identifier") from error


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise SignatureError(f"{where}: expected text, found {value!r}")
    return value


def _int(value: object, where: str) -> int:
    try:
        return int(str(value))
    except ValueError as error:
        raise SignatureError(f"{where}: {value!r} is not a number") from error


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise SignatureError(f"{where}: expected a list, found {value!r}")
    return value


def _table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SignatureError(f"{where}: expected a table, found {value!r}")
    return value


def _only(data: dict[str, Any], allowed: frozenset[str], where: str) -> None:
    if not allowed.issuperset(data):
        raise SignatureError(f"{where}: unknown key {min(set(data) - allowed)!r}")
