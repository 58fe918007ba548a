"""`homeroom discover`: a real network of agents, found without any database."""

import json
from pathlib import Path

import pytest

from inventory.cli import run
from tests.simnet import HostileAgent, Simnet

FIELDS = {
    "address", "port", "version", "kind", "vendor", "model", "serial", "firmware", "name",
    "location", "contact", "mac", "page_count", "supplies", "sys_object_id", "sys_descr",
    "evidence", "warnings",
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def found(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {record["address"]: record for record in records}


def test_the_school_is_found_and_no_file_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Simnet.start(["LES-PRN-OFFICE", "LES-CAM-FRONT", "LES-SW-CORE", "LES-UPS-MDF"]) as net:
        code = run(
            ["discover", "127.30.1.0/26", "--port", str(net.port), "--timeout", "0.3", "--json",
             "-c", "public", "-c", "district-ro"]
        )  # fmt: skip
        records = found(capsys)
        assert code == 0
        assert set(records) == {device.address for device in net.devices}
        for device in net.devices:
            record = records[device.address]
            assert set(record) == FIELDS
            assert (record["kind"], record["serial"]) == (device.kind, device.serial)
            assert record["vendor"] == device.vendor
    printer = records[net.device("LES-PRN-OFFICE").address]
    assert printer["page_count"] == net.device("LES-PRN-OFFICE").page_count
    assert {"name", "type", "color", "level_percent", "state"} == set(printer["supplies"][0])  # type: ignore[index]
    assert [p for p in tmp_path.iterdir() if p.name != "net"] == []


def test_a_v3_device_with_the_right_and_with_a_wrong_key(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    net_devices = [d.name for d in _v3_devices()]
    with Simnet.start(net_devices[:1]) as net:
        device = net.devices[0]
        credential = device.credential
        arguments = ["discover", device.address, "--port", str(net.port), "--json",
                     "--timeout", "0.5", "--v3-user", credential.user,  # type: ignore[union-attr]
                     "--v3-auth", credential.auth_protocol.value,  # type: ignore[union-attr]
                     "--v3-context", credential.context]  # type: ignore[union-attr]  # fmt: skip
        if credential.priv_protocol is not None:  # type: ignore[union-attr]
            arguments += ["--v3-priv", credential.priv_protocol.value]  # type: ignore[union-attr]
            monkeypatch.setenv("HOMEROOM_V3_PRIV_KEY", credential.priv_key)  # type: ignore
        monkeypatch.setenv("HOMEROOM_V3_AUTH_KEY", credential.auth_key)  # type: ignore
        assert run(arguments) == 0
        assert found(capsys)[device.address]["version"] == "3"
        monkeypatch.setenv("HOMEROOM_V3_AUTH_KEY", "not the right key")
        assert run(arguments) == 3
        said = capsys.readouterr()
        assert said.out == ""
        assert device.address in said.err
        assert "not the right key" not in said.err


def _v3_devices() -> list:  # type: ignore[type-arg]
    with Simnet.start() as net:
        return [device for device in net.devices if device.version == "3"]


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("10.0.0.0/8", "16777214"),
        ("10.0.0.300", "10.0.0.300"),
        ("10.0.0.0/33", "10.0.0.0/33"),
        ("no-such-host.invalid", "no-such-host.invalid"),
        ("10.0.0.9-10.0.0.1", "10.0.0.9"),
        ("224.0.0.1", "224.0.0.1"),
    ],
)
def test_a_target_that_cannot_be_swept_is_named(
    target: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["discover", target]) == 1
    said = capsys.readouterr().err.replace(",", "")
    assert says in said
    assert "Traceback" not in said


@pytest.mark.parametrize("behaviour", ["garbage", "getnext-loop", "huge-strings", "wrong-types",
                                       "control-characters", "html", "formula"])  # fmt: skip
def test_a_hostile_device_does_not_stop_the_sweep(
    behaviour: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Simnet.start(["LES-PRN-OFFICE"]) as net:
        printer = net.devices[0]
        with HostileAgent(behaviour, address="127.30.1.200", port=net.port):
            code = run(["discover", printer.address, "127.30.1.200", "--port", str(net.port),
                        "--timeout", "0.3", "--retries", "0", "--json"])  # fmt: skip
    out = capsys.readouterr().out
    assert code in (0, 3)
    assert printer.serial in out
    assert "\x1b" not in out
    assert "\x00" not in out


def test_wrong_communities_find_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Simnet.start(["LES-PRN-OFFICE"]) as net:
        assert run(["discover", net.devices[0].address, "--port", str(net.port), "--timeout", "0.2",
                    "-c", "wrong", "--json"]) == 0  # fmt: skip
    assert capsys.readouterr().out == ""
