"""`homeroom assets import` and `homeroom imports`, on the command line."""

import json
from pathlib import Path

from tests.inventory.cli.conftest import Homeroom
from tests.inventory.conftest import District


def test_a_file_from_plan_to_undoing(
    homeroom: Homeroom, district: District, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("What,Kind,Maker\nA-1,laptop,Dell\nA-2,spoon,Dell\n", "utf-8")
    assert homeroom("assets", "import", str(file), "--map", "No=tag").code == 2
    told = homeroom("assets", "import", str(file), "--map", "What=tag", "--create", "manufacturer")
    assert told.code == 3, told.err
    assert "unknown category: spoon (1 rows)" in told.err
    file.write_text("What,Kind,Maker\nA-1,laptop,Dell\nA-2,tablet,Dell\n", "utf-8")
    dry = homeroom("assets", "import", str(file), "--create", "manufacturer", "--dry-run", "--json")
    assert dry.code == 0, dry.err
    assert json.loads(dry.out)["state"] == "refused"
    done = homeroom(
        "assets", "import", str(file), "--create", "manufacturer", "--approve", "--json"
    )
    assert done.code == 0, done.err
    kept = json.loads(done.out)
    assert (kept["state"], kept["counts"]) == ("applied", {"create": 2})
    number = str(kept["id"])
    assert homeroom("imports", "approve", number).code == 5
    assert "applied" in homeroom("imports", "list").out
    rows = homeroom("imports", "show", number).out.splitlines()
    assert [json.loads(row)["tag"] for row in rows] == ["A-1", "A-2"]
    assert homeroom("imports", "undo", number, "--reason", "test").code == 0
    assert "undone" in homeroom("imports", "list").out
