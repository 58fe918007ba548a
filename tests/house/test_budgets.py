"""The house stays tidy: file and function sizes, gates for third parties, nothing forbidden."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("inventory", "mdm", "snmp_discovery", "migrations", "tests", "benchmarks")
FILE_LINES, FUNCTION_LINES = 300, 40

GATES = {
    "pysnmp": {"snmp_discovery/session.py"},
    "requests": {"mdm/http.py", "inventory/outbound.py"},
    "dbos": {"inventory/engine/dbos_port.py"},
}
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "util.py", "helper.py", "common.py", "misc.py"}


def sources(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "versions" not in path.parts]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


ALL = sources(*PACKAGES)
PRODUCT = sources("inventory", "mdm", "snmp_discovery")


@pytest.mark.parametrize("path", ALL, ids=name)
def test_a_file_is_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= FILE_LINES


def code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring: explaining oneself costs nothing."""
    lines = (node.end_lineno or 0) - node.lineno + 1
    first = node.body[0]
    told = ast.get_docstring(node) is not None
    return lines - ((first.end_lineno or 0) - first.lineno + 1 if told else 0)


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_functions_are_short(path: Path) -> None:
    long = [
        f"{node.name} has {code_lines(node)} lines"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and code_lines(node) > FUNCTION_LINES
    ]
    assert not long


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_third_parties_enter_by_their_gate(path: Path) -> None:
    imported = imports_of(path)
    for package, doors in GATES.items():
        assert package not in imported or name(path) in doors, f"{package} has no door here"


FACES = ("api", "schemas", "pages", "guard")
FEATURES = [p for p in sources("inventory") if len(p.relative_to(ROOT).parts) == 3]


def imports_of(path: Path) -> set[str]:
    return {
        (alias.name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("path", FEATURES, ids=name)
def test_only_faces_know_flask_and_marshmallow(path: Path) -> None:
    if path.stem.endswith(FACES) or path.parent.name in {"http", "cli", "web"}:
        return
    assert not imports_of(path) & {"flask", "flask_smorest", "marshmallow", "werkzeug", "webargs"}


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_nothing_is_a_junk_drawer(path: Path) -> None:
    assert path.name not in FORBIDDEN_NAMES
    assert path.parent.name != "common"


@pytest.mark.parametrize("path", [p for p in PRODUCT if p.name.endswith("models.py")], ids=name)
def test_model_files_keep_real_annotations(path: Path) -> None:
    assert "from __future__ import annotations" not in path.read_text("utf-8")


def test_no_machine_path_and_no_registry_host_is_committed() -> None:
    words = ["/wor" + "k/", "/home/", "files.python" + "hosted", "registry.npm" + "js"]
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    for file in tracked:
        path = ROOT / file
        if path.suffix in {".png", ".svg"} or not path.is_file():
            continue
        text = path.read_text("utf-8", errors="replace")
        assert not [w for w in words if w in text and file != "tests/house/test_budgets.py"], file
