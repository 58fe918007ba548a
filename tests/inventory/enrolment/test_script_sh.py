"""enrol.sh is run for real, under two shells, on made-up computers, against a real server."""

import json
import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.serving import make_server

from inventory.access import Permission, Role
from inventory.accounts import service as accounts
from inventory.accounts.models import ApiToken
from inventory.accounts.sessions import forget_callers
from inventory.accounts.tokens import create_token
from inventory.db import Database
from inventory.enrolment.schemas import EnrolmentReport
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR
from tests.inventory.enrolment.test_enrolling import all_assets, state_of

SCRIPT = Path(__file__).parents[3] / "inventory/enrolment/scripts/enrol.sh"
SHELLS = [shell for shell in ("dash", "bash") if shutil.which(shell)]
HOSTILE = 'He said "no\\n" \t$(rm -rf /) `id` \x1b[31m é\n'

LINUX = {
    "sys/class/dmi/id/sys_vendor": "LENOVO\n",
    "sys/class/dmi/id/product_name": "21HDCTO1WW\n",
    "sys/class/dmi/id/product_version": "ThinkPad T14 Gen 4\n",
    "sys/class/dmi/id/product_serial": "PF4ABCDE\n",
    "sys/class/dmi/id/chassis_type": "10\n",
    "sys/class/net/eth0/address": "3c:52:82:aa:bb:01\n",
    "sys/class/net/eth0/device": "",
    "sys/class/net/docker0/address": "02:42:aa:bb:cc:dd\n",
    "etc/os-release": 'ID=ubuntu\nPRETTY_NAME="Ubuntu 24.04.1 LTS"\n',
    "etc/passwd": "root:x:0:0::/root:/bin/sh\nbackdoor:x:0:0::/:/bin/sh\nann:x:1000:1000::/:\n",
    "etc/group": "root:x:0:\nsudo:x:27:ann,bob\nusers:x:100:cid\n",
    "var/lib/clamav/daily.cld": "",
}
TOOLS = {
    "hostname": "echo lib-lt-09",
    "dpkg-query": "printf 'firefox\\t132.0\\nzoom\\t6.1\\n'",
    "findmnt": "echo /dev/mapper/root",
    "lsblk": "printf 'crypt\\npart\\ndisk\\n'",
    "ufw": "echo 'Status: active'",
    "pgrep": "exit 1",
}
MAC = {
    "system_profiler": "printf '      Model Name: MacBook Air\\n      Model Identifier: Mac14,2\\n"
    "      Serial Number (system): FVFABC123\\n'",
    "sw_vers": "echo 15.1",
    "networksetup": "printf 'Hardware Port: Wi-Fi\\nEthernet Address: a4:83:e7:01:02:03\\n"
    "Ethernet Address: N/A\\n'",
    "fdesetup": "echo 'FileVault is On.'",
    "dscl": "echo 'GroupMembership: root dana itadmin'",
    "defaults": "echo 132.0",
    "hostname": "echo art-mac-01",
}


class Computer:
    """A folder that stands for a computer's root, and commands that stand for its own."""

    def __init__(self, folder: Path, files: dict[str, str], tools: dict[str, str]) -> None:
        self.root, self.tools = folder / "root", folder / "bin"
        self.tools.mkdir(parents=True)
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text, "utf-8")
        for name, body in tools.items():
            self.tool(name, body)

    def tool(self, name: str, body: str) -> None:
        (self.tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (self.tools / name).chmod(0o755)

    def run(self, shell: str, *options: str, **more: str) -> "subprocess.CompletedProcess[str]":
        path = f"{self.tools}:{os.environ['PATH']}"
        env = {"PATH": path, "ENROL_ROOT": str(self.root), "HOME": "/", **more}
        return subprocess.run(
            [shell, str(SCRIPT), *options], env=env, capture_output=True, text=True, timeout=60
        )


@pytest.fixture
def lenovo(tmp_path: Path) -> Computer:
    return Computer(tmp_path / "lenovo", LINUX, TOOLS)


@pytest.fixture
def server(app: Any, settings: Any) -> Any:
    listening = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.port}"
    listening.shutdown()
    listening.server_close()


@pytest.fixture
def token(database: Database, district: Any, clock: Clock, api: Any) -> str:
    """Good for nothing but enrolling, at one school."""
    with database.unit() as db:
        account, _ = accounts.create_account(
            db, OPERATOR, user_name="imaging.station", grants=[(Role.INTEGRATION, district.north)],
            now=clock(),
        )  # fmt: skip
        _, text = create_token(
            db, OPERATOR, account.id, label="start of year", permissions=[Permission.ENROL],
            lifetime=timedelta(days=2), now=clock(),
        )  # fmt: skip
    return text


@pytest.mark.parametrize("shell", SHELLS)
def test_a_linux_laptop_tells_what_it_is(shell: str, lenovo: Computer) -> None:
    ran = lenovo.run(shell, "--print")
    assert (ran.returncode, ran.stderr) == (0, "")
    told = json.loads(ran.stdout)
    assert EnrolmentReport().validate(told) == {}
    (guard,) = told.pop("antimalware")
    assert (guard["product"], guard["running"]) == ("ClamAV", False)
    assert len(guard["definitions_on"]) == 10
    assert told == {
        "manufacturer": "LENOVO", "model": "ThinkPad T14 Gen 4", "serial": "PF4ABCDE",
        "kind": "laptop", "name": "lib-lt-09", "system": "linux",
        "system_version": "Ubuntu 24.04.1 LTS", "macs": ["3c:52:82:aa:bb:01"], "encrypted": True,
        "firewall": True, "administrators": ["ann", "backdoor", "bob"],
        "software": [{"name": "firefox", "version": "132.0"}, {"name": "zoom", "version": "6.1"}],
    }  # fmt: skip


@pytest.mark.parametrize("shell", SHELLS)
def test_a_mac_tells_what_it_is(shell: str, tmp_path: Path) -> None:
    files = {
        "Library/Apple/System/Library/CoreServices/XProtect.bundle/Contents/Info.plist": "",
        "Applications/GarageBand.app/Contents/Info.plist": "",
    }
    mac = Computer(tmp_path / "mac", files, MAC)
    firewall = mac.root / "usr/libexec/ApplicationFirewall/socketfilterfw"
    firewall.parent.mkdir(parents=True)
    firewall.write_text("#!/bin/sh\necho 'Firewall is disabled. (State = 0)'\n")
    firewall.chmod(0o755)
    ran = mac.run(shell, "--print", ENROL_SYSTEM="Darwin")
    assert (ran.returncode, ran.stderr) == (0, "")
    told = json.loads(ran.stdout)
    assert EnrolmentReport().validate(told) == {}
    assert told["model"] == "MacBook Air (Mac14,2)"
    assert (told["serial"], told["kind"]) == ("FVFABC123", "laptop")
    assert told["macs"] == ["a4:83:e7:01:02:03"]
    assert (told["encrypted"], told["firewall"]) == (True, False)
    assert told["administrators"] == ["dana", "itadmin"]
    assert told["antimalware"][0]["product"] == "XProtect"
    assert told["software"] == [{"name": "GarageBand", "version": "132.0"}]


@pytest.mark.parametrize("shell", SHELLS)
def test_whatever_a_computer_is_called_its_report_is_json(shell: str, tmp_path: Path) -> None:
    files = {
        **LINUX,
        "sys/class/dmi/id/product_version": HOSTILE,
        "etc/group": "sudo:x:27:" + HOSTILE,
    }
    evil = Computer(
        tmp_path / "evil", files, {**TOOLS, "hostname": "cat <<'EOF'\n" + HOSTILE + "\nEOF"}
    )
    evil.tool("dpkg-query", "printf 'a\"b\\\\c\\t1\\\"\\n\\377\\376bad\\t\\033x\\n'")
    ran = evil.run(shell, "--print", "--tag", HOSTILE)
    told = json.loads(ran.stdout)
    assert told["name"].startswith('He said "no\\n"  $(rm -rf /) `id` ')
    assert told["software"] == [
        {"name": 'a"b\\c', "version": '1\\"'},
        {"name": "bad", "version": " x"},
    ]
    assert not any(ord(char) < 32 for char in str(told.values()))


def test_what_cannot_be_told_is_unknown_not_none(tmp_path: Path) -> None:
    tools = {"hostname": "echo x", "dpkg-query": "exit 1", "findmnt": "exit 1", "ufw": "exit 1"}
    bare = Computer(tmp_path / "bare", {"etc/os-release": ""}, tools)
    told = json.loads(bare.run(SHELLS[0], "--print").stdout)
    assert (told["encrypted"], told["firewall"]) == (None, None)


@pytest.mark.parametrize("shell", SHELLS)
def test_it_enrols_prints_the_tag_and_shows_no_token(
    shell: str, lenovo: Computer, server: str, token: str, database: Database, district: Any
) -> None:
    ran = lenovo.run(shell, "--url", server, HOMEROOM_TOKEN=token)
    (asset,) = all_assets(database)
    assert (ran.returncode, ran.stdout) == (0, f"{asset.tag}\n"), ran.stderr
    assert ran.stderr == f"enrol: created, tag {asset.tag}\n"
    assert (asset.site_id, asset.serial) == (district.north, "PF4ABCDE")
    assert state_of(database, asset.id).administrators == ["ann", "backdoor", "bob"]
    lenovo.tool("lsblk", "printf 'part\\ndisk\\n'")
    again = lenovo.run(shell, "--url", server, HOMEROOM_TOKEN=token)
    assert again.stderr == f"enrol: updated, tag {asset.tag}\n"
    assert state_of(database, asset.id).encrypted is False


def test_a_run_counts_once_however_often_curl_asks(
    lenovo: Computer, server: str, token: str, events: Any, database: Database
) -> None:
    # This curl does what the real one does after a lost answer: it sends the same again.
    real = shutil.which("curl")
    lenovo.tool(
        "curl", f'conf=$(cat)\nfor n in 1 2; do printf "%s" "$conf" | {real} "$@"; done | tail -c 3'
    )
    ran = lenovo.run(SHELLS[0], "--url", server, HOMEROOM_TOKEN=token)
    (asset,) = all_assets(database)
    assert ran.stderr == f"enrol: created, tag {asset.tag}\n", "the first answer is given again"
    assert len(events("device.enrolled")) == 1


def test_each_trouble_has_its_exit_code(
    lenovo: Computer, server: str, token: str, database: Database
) -> None:
    shell = SHELLS[0]
    assert lenovo.run(shell).returncode == 2
    assert (
        lenovo.run(shell, "--url", "http://homeroom.example", HOMEROOM_TOKEN=token).returncode == 2
    )
    assert lenovo.run(shell, "--url", server, HOMEROOM_TOKEN="hrm_x y").returncode == 2
    assert lenovo.run(shell, "--url", server, HOMEROOM_TOKEN="hrm_aaaaaaaa_b").returncode == 4
    with database.unit() as db:
        db.execute(sa.update(ApiToken).values(uses_left=0))
        forget_callers(db)
    used = lenovo.run(shell, "--url", server, HOMEROOM_TOKEN=token)
    assert (used.returncode, "used up" in used.stderr) == (4, True)
    with database.unit() as db:
        db.execute(sa.update(ApiToken).values(uses_left=9))
        forget_callers(db)
    gone = lenovo.run(shell, "--url", "http://127.0.0.1:9", HOMEROOM_TOKEN=token)
    assert gone.returncode == 1
    assert "cannot be reached" in gone.stderr
    assert lenovo.run(shell, "--url", server, "--tag", "X-1", HOMEROOM_TOKEN=token).returncode == 0
    doubt = lenovo.run(shell, "--url", server, "--tag", "X-2", HOMEROOM_TOKEN=token)
    assert doubt.returncode == 5
    assert "X-1, not X-2" in doubt.stderr
