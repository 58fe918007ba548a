"""The rules are data: checked when read, extended by a line, and all of them usable."""

from __future__ import annotations

from pathlib import Path

import pytest

from snmp_discovery import oids, signature_files
from snmp_discovery.identify import identify
from snmp_discovery.rules import SignatureError, compiled
from snmp_discovery.signature_files import load, signatures
from snmp_discovery.types import Kind
from tests.snmp_discovery.knowledge import facts

FOLDER = Path(signature_files.__file__).with_name("signatures")


def test_every_rule_of_the_package_can_be_used() -> None:
    rules = signatures()
    assert len(rules.makers) > 200 and len(rules.patterns) > 250
    groups = {"vendor", "model", "serial", "firmware"}
    for pattern in [*rules.patterns, *rules.refine]:
        expression = compiled(pattern.regex)
        used = pattern.model + pattern.firmware
        unused = {g for g in expression.groupindex if "{" + g not in used} - groups
        assert not unused - {"image", "line", "arch"}, pattern.name
        assert pattern.has == pattern.has.lower()
    for maker in rules.makers.values():
        for read in maker.reads:
            assert read.label, f"{maker.name}: {read.oid} tells nobody what it is"
            assert read.regex == "mac" or compiled(read.regex) is not None
            assert read.column or read.oid[-1] < 2**31
    names = [pattern.name for pattern in rules.patterns if not pattern.name[-1].isdigit()]
    assert len(names) > 200


def test_no_two_patterns_share_a_name_within_a_file() -> None:
    for path in FOLDER.glob("*.toml"):
        rules = load({path.name: path.read_text("utf-8")})
        names = [pattern.name for pattern in rules.patterns]
        assert sorted(names) == sorted(set(names)), path.name


def test_a_vendor_and_a_model_are_a_line_of_data() -> None:
    files = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.toml")}
    given = facts("64999.1", "Frobnicator 3000 rev 2", {"e.64999.1.7.0": "FRB0000417"})
    assert identify(given).vendor == ""

    files["local.toml"] = """
    patterns = [
      { name = "frob", re = '^(?P<model>Frobnicator \\w+)', within = [64999], kind = "printer" },
    ]
    [64999]
    name = "Frob"
    serial = ["1.7.0 frobSerial"]
    """
    found = identify(given, load(files))
    assert (found.kind, found.vendor) == (Kind.PRINTER, "Frob")
    assert (found.model, found.serial) == ("Frobnicator 3000", "FRB0000417")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("patterns = [", "x.toml: "),
        ("patterns = 3", "x.toml: patterns: expected a list"),
        ("patterns = [3]", "x.toml: patterns: expected a table"),
        ("patterns = [{ re = 'a' }, { re = 'b', kind = 'printr' }]",
         "x.toml: patterns[2]: unknown kind 'printr'"),
        ("patterns = [{ re = 'a', knd = 'printer' }]", "patterns[1]: unknown key 'knd'"),
        ("patterns = [{ kind = 'printer' }]", "patterns[1]: needs `re` or `has`"),
        ("patterns = [{ re = 'a', on = 'sysdescr' }]", "patterns[1]: `on` must be of descr"),
        (f"patterns = [{{ re = '{'a' * 900}' }}]", "longer than 500 characters"),
        ("[makers]\n9 = 'A'\n09 = 'B'", "enterprise 9 is defined twice"),
        ("[makers]\nnine = 'A'", "'nine' is not a number"),
        ("[9]\nname = 'A'\nserial = ['1.x.3 label']", "9.serial[1]: '1.x.3' is not an object"),
        ("[9]\nname = 'A'\nserial = [{ label = 'x' }]", "9.serial[1]: expected text"),
        ("[9]\nname = 'A'\n[9.objects]\n'1.2' = 'router'", "9.objects.1.2: unknown kind 'router'"),
        ("[9]\nname = 3", "9.name: expected text"),
        ("[colours]\nred = 1", "x.toml: colours: unknown section"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(SignatureError) as caught:
        load({"x.toml": text})
    assert complaint in str(caught.value)


def test_a_bad_expression_is_named() -> None:
    rules = load({"x.toml": "patterns = [{ name = 'broken', re = '(?P<model>' }]"})
    given = facts("", "HP")
    with pytest.raises(SignatureError, match="bad regular expression"):
        identify(given, rules)


def test_unknown_makers_are_asked_few_questions_and_known_ones_only_their_own() -> None:
    rules = signatures()
    probes = [read for read in rules.everyone if read.probe]
    assert 20 <= len(probes) <= 70
    assert {read.maker for read in rules.reads_for(318)} == {318}
    assert all(read.oid[:7] != (*oids.ENTERPRISES, 318) for read in rules.reads_for(9))
