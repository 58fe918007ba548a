"""enrol.ps1 as a grammar of PowerShell reads it: no PowerShell runs here."""

from collections.abc import Iterator
from pathlib import Path

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from inventory.enrolment.schemas import EnrolmentReport, GuardReport, SoftwareReport

SCRIPT = Path(__file__).parents[3] / "inventory/enrolment/scripts/enrol.ps1"
TREE = Parser(Language(tree_sitter_powershell.language())).parse(SCRIPT.read_bytes())


def nodes(top: Node) -> Iterator[Node]:
    yield top
    for child in top.children:
        yield from nodes(child)


def text(node: Node) -> str:
    assert node.text is not None
    return node.text.decode().strip("'\"")


def tables() -> list[dict[str, str]]:
    """Every hash table of the script: its keys and the text of their values."""
    found = []
    for node in nodes(TREE.root_node):
        if node.type == "hash_literal_body":
            entries = [child for child in node.children if child.type == "hash_entry"]
            found.append({text(each.children[0]): text(each.children[-1]) for each in entries})
    return found


def test_it_is_powershell_without_an_error() -> None:
    wrong = [n.start_point for n in nodes(TREE.root_node) if n.type == "ERROR" or n.is_missing]
    assert wrong == []
    assert not TREE.root_node.has_error


def test_a_grammar_would_notice_what_is_broken() -> None:
    parser = Parser(Language(tree_sitter_powershell.language()))
    assert parser.parse(SCRIPT.read_bytes().replace(b"catch {", b"catch (", 1)).root_node.has_error


def test_what_it_sends_is_what_the_schema_takes() -> None:
    shapes = [set(table) for table in tables()]
    report = set(EnrolmentReport().fields) - {"site_id"}
    assert report in shapes
    assert set(SoftwareReport().fields) in shapes
    guards = [shape for shape in shapes if "product" in shape]
    assert guards
    assert all(shape == set(GuardReport().fields) for shape in guards)
    sample = {"manufacturer": "Dell", "serial": "5GH7K33", "kind": "laptop", "macs": [],
              "antimalware": [{"product": "Defender", "running": True, "definitions_on": None}],
              "software": [{"name": "Zoom", "version": "6.1"}], "administrators": ["a"],
              "encrypted": None, "firewall": True, "model": "", "name": "", "tag": "",
              "system": "windows", "system_version": "11"}  # fmt: skip
    assert set(sample) == report
    assert EnrolmentReport().validate(sample) == {}


def test_one_key_for_all_tries_of_a_report() -> None:
    (headers,) = [table for table in tables() if "Authorization" in table]
    assert set(headers) == {"Authorization", "Idempotency-Key"}
    loops = [node for node in nodes(TREE.root_node) if node.type == "for_statement"]
    assert all("NewGuid" not in text(loop) for loop in loops), "a new key in every try"
    assert "NewGuid" in SCRIPT.read_text("ascii")
