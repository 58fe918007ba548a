"""The operator's commands, and the story of a network from the command line alone."""

import json
import socket
from pathlib import Path

import pytest
import sqlalchemy as sa

from inventory.cli import run
from inventory.cli.client import connected
from inventory.cli.local import operator
from inventory.cli.serve import require_free_port
from inventory.db import Database, now
from inventory.errors import Misconfigured
from inventory.settings import load
from inventory.sites import service as sites
from inventory.vault import read_keys
from tests.inventory.cli.conftest import Homeroom
from tests.simnet import Simnet


def test_a_network_is_added_swept_reviewed_and_looked_up(homeroom: Homeroom) -> None:
    with Simnet.start(["LES-PRN-OFFICE", "LES-CAM-FRONT"]) as net:
        printer, camera = net.device("LES-PRN-OFFICE"), net.device("LES-CAM-FRONT")
        assert homeroom("credentials", "add", "pub", given="public\n").code == 0
        listed = homeroom("credentials", "list").out
        assert "default community" in listed
        added = homeroom(
            "networks", "add", "Lincoln", printer.address, camera.address, "--credential", "pub",
            "--port", str(net.port), "--accept", "printer",
        )  # fmt: skip
        assert added.code == 0, added.err
        swept = homeroom("sweep", "lincoln", "--json")
        assert swept.code == 0, swept.err
        told = json.loads(swept.out)
        assert (told["state"], told["found_new"], told["accepted"]) == ("finished", 2, 1)

    found = json.loads(homeroom("assets", "list", "--json").out)
    assert found["serial"] == printer.serial
    assert printer.serial in homeroom("lookup", found["tag"]).out
    waiting = json.loads(homeroom("discoveries", "list", "--json").out)
    assert waiting["kind"] == "camera"
    assert homeroom("discoveries", "accept", str(waiting["id"])).code == 0
    assert homeroom("discoveries", "list", "--json").out == ""
    assert len(homeroom("assets", "list", "--json").out.splitlines()) == 2
    assert homeroom("audit", "verify").code == 0
    exported = [json.loads(line) for line in homeroom("audit", "export").out.splitlines()]
    assert "public" not in json.dumps([e for e in exported if e["subject_type"] == "credential"])
    assert {"credential.created", "network.created", "audit.exported"} <= {
        event["action"] for event in exported
    }


def test_what_discover_found_is_kept_on_request(homeroom: Homeroom) -> None:
    with Simnet.start(["LES-PRN-OFFICE", "LES-CAM-FRONT"]) as net:
        addresses = [device.address for device in net.devices]
        command = ["discover", *addresses, "--port", str(net.port), "--timeout", "0.3"]
        assert homeroom(*command).code == 0
        assert homeroom("discoveries", "list", "--json").out == ""
        said = homeroom(*command, "--save")
        assert said.code == 0, said.err
        assert homeroom(*command, "--save").code == 0
    waiting = [
        json.loads(line)
        for line in homeroom("discoveries", "list", "--json").out.split("\n")
        if line
    ]
    assert {item["address"] for item in waiting} == set(addresses)


def test_a_token_is_made_listed_and_revoked(homeroom: Homeroom, database: Database) -> None:
    with database.unit() as db:
        sites.ensure_district(db, operator(), "Maple Valley", now=now())
    made = homeroom("accounts", "add", "script", "--role", "helpdesk")
    assert made.code == 0, made.err
    token = homeroom("tokens", "create", "script", "--label", "desk", "-p", "lookup:read")
    assert token.code == 0, token.err
    assert token.out.startswith("hrm_")
    listed = homeroom("tokens", "list", "script").out
    assert "desk" in listed
    assert token.out.strip() not in listed
    beyond = homeroom("tokens", "create", "script", "--label", "x", "-p", "audit:read")
    assert beyond.code != 0
    assert homeroom("tokens", "revoke", "script", "1").code == 0
    assert homeroom("accounts", "list", "--json").out.count("script") >= 1
    assert homeroom("accounts", "disable", "nobody").code == 1


def test_a_conflict_is_resolved(homeroom: Homeroom) -> None:
    with Simnet.start(["LES-PRN-OFFICE"]) as net:
        printer = net.devices[0]
        made = homeroom("assets", "create", "category=printer", f"manufacturer={printer.vendor}",
                        f"model={printer.model}", "serial=OLD-BOARD-1")  # fmt: skip
        asset = json.loads(homeroom("assets", "show", made.out.strip(), "--json").out)
        with_mac(homeroom, asset["id"], printer.macs[0])
        assert homeroom("discover", printer.address, "--port", str(net.port), "--save").code == 0
    waiting = json.loads(homeroom("discoveries", "list", "--json").out)
    assert waiting["outcome"] == "conflict"
    said = homeroom("discoveries", "resolve", str(waiting["id"]), "same", asset["tag"],
                    "--replace-hardware", "--reason", "new board")  # fmt: skip
    assert said.code == 0, said.err
    assert homeroom("discoveries", "list", "--json").out == ""
    after = json.loads(homeroom("assets", "show", asset["tag"], "--json").out)
    assert printer.serial in json.dumps(after["identifiers"])


def with_mac(_: Homeroom, asset_id: int, mac: str) -> None:
    """There is no command for identifiers; scripts use the API, as this does."""
    with connected(None, None) as api:
        api.call("POST", f"/assets/{asset_id}/identifiers", body={"kind": "mac", "value": mac})


def test_assets_are_created_changed_and_their_history_told(homeroom: Homeroom) -> None:
    made = homeroom(
        "assets", "create", "category=laptop", "manufacturer=Acme", "model=Book 1", "serial=AB-77"
    )
    assert made.code == 0, made.err
    tag = made.out.strip()
    assert homeroom("assets", "set", tag, "name=Cart 3", "tag=Café 12/a").code == 0
    assert homeroom("assets", "status", tag, "deployed").code == 0
    shown = json.loads(homeroom("assets", "show", "CAFÉ 12/A", "--json").out)
    assert (shown["name"], shown["status"]) == ("Cart 3", "deployed")
    former = json.loads(homeroom("lookup", tag, "--json").out)
    assert (former["tag"], former["former_tag"]) == ("Café 12/a", True)
    assert len(homeroom("assets", "history", tag, "--json").out.splitlines()) == 3
    refused = homeroom("assets", "status", tag, "lost")
    assert refused.code == 1
    assert "reason" in refused.err
    assert homeroom("assets", "create", "category=spoon").code == 1
    assert homeroom("assets", "create", "serial").code == 2


def test_an_unknown_tag_is_a_clear_error_with_near_misses(homeroom: Homeroom) -> None:
    for tag in ("WPS-00012", "WPS-00021"):
        homeroom("assets", "create", "category=printer", f"tag={tag}")
    said = homeroom("lookup", "WPS-00102")
    assert (said.code, said.out) == (1, "")
    assert "WPS-00012" in said.err
    assert "Traceback" not in said.err


def test_a_master_key_is_rotated(homeroom: Homeroom, tmp_path: Path) -> None:
    homeroom("credentials", "add", "pub", given="secret-community\n")
    before = read_keys(tmp_path / "master.key")
    said = homeroom("keys", "rotate")
    assert said.code == 0, said.err
    after = read_keys(tmp_path / "master.key")
    assert not set(before.keys) & set(after.keys)
    assert homeroom("audit", "verify").code == 0


def test_a_broken_chain_is_told_by_the_exit_code(homeroom: Homeroom, database: Database) -> None:
    homeroom("assets", "create", "category=printer")
    with database.unit() as db:
        run_sql = db.connection().exec_driver_sql
        if database.is_sqlite:
            run_sql("DROP TRIGGER audit_event_no_update")
        else:
            run_sql("ALTER TABLE audit_event DISABLE TRIGGER ALL")
        run_sql("UPDATE audit_event SET reason = 'x' WHERE id = 1")
    said = homeroom("audit", "verify", "--json")
    assert said.code == 1
    assert json.loads(said.out)["broken_at"] == 1


def test_settings_show_no_secret(homeroom: Homeroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEROOM_MASTER_KEY", "A" * 43 + "=")
    monkeypatch.setenv("HOMEROOM_DATABASE_URL", "postgresql+psycopg://me:hidden@db/x")
    said = homeroom("settings")
    assert said.code == 0
    assert "AAAA" not in said.out
    assert "hidden" not in said.out
    assert "HOMEROOM_SESSION_IDLE_MINUTES" in said.out


def test_a_taken_port_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("HOMEROOM_PORT", str(taken.getsockname()[1]))
        with pytest.raises(Misconfigured, match="HOMEROOM_PORT"):
            require_free_port(load())


@pytest.mark.parametrize("arguments", [["assets", "list"], ["lookup", "X-1"]])
def test_a_silent_database_is_one_plain_line(
    arguments: list[str], homeroom: Homeroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMEROOM_DATABASE_URL", "postgresql+psycopg://me@127.0.0.1:9/none")
    said = homeroom(*arguments)
    assert said.code == 1
    assert "does not answer" in said.err
    assert "Traceback" not in said.err


def test_an_unknown_revision_is_one_plain_line(homeroom: Homeroom, database: Database) -> None:
    with database.unit() as db:
        db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    said = homeroom("migrate")
    assert said.code == 1
    assert "9999" in said.err


def test_an_empty_installation_is_made_and_an_old_one_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOMEROOM_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    monkeypatch.setenv("HOMEROOM_DATA_DIR", str(tmp_path))
    assert run(["assets", "list"]) == 1
    assert "homeroom init" in capsys.readouterr().err
    assert run(["init"]) == 0
    assert run(["assets", "list"]) == 0
    engine = sa.create_engine(f"sqlite:///{tmp_path}/new.db", poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    capsys.readouterr()
    assert run(["assets", "list"]) == 1
    assert "homeroom migrate" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["lookup"], ["discover"], ["assets", "list", "--limit", "0"],
     ["discover", "127.0.0.1", "--port", "99999"], ["discover", "x", "--v3-priv", "AES128",
                                                    "--v3-user", "u"]],
)  # fmt: skip
def test_usage_errors_exit_with_2(arguments: list[str]) -> None:
    assert run(arguments) == 2


def test_help_is_there_for_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.split("Commands:")[1].splitlines()
             if line.startswith("  ") and line[2] != " "]  # fmt: skip
    assert len(names) > 12
    for name in names:
        assert run([name, "--help"]) == 0
