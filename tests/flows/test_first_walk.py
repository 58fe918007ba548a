"""The first walk through the house: network → discovery → inventory → audit → lookup by tag."""

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from inventory import jobs
from inventory.access import Permission, Role, system_actor
from inventory.accounts import service as accounts, tokens
from inventory.accounts.guard import OPERATOR
from inventory.app import create_app
from inventory.assets.models import Asset
from inventory.audit import service as audit
from inventory.audit.models import AuditEvent
from inventory.cli import run as homeroom
from inventory.db import Database, now
from inventory.discovery import credentials, networks, sweeps
from inventory.discovery.credential_rules import CredentialDraft
from inventory.discovery.models import CredentialKind, Sweep, SweepState
from inventory.discovery.network_rules import Limits, NetworkDraft
from inventory.engine import Engine, Timing
from inventory.settings import Settings
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from inventory.vault import Vault, write_keys
from tests.conftest import TEST_VAULT
from tests.simnet import Simnet

ACTOR = system_actor("test", Permission, origin="test")
PRINTER = "LES-PRN-OFFICE"


def ready(database: Database, address: str, port: int) -> tuple[int, str]:
    """A school, a network with a credential and an accept rule, a helpdesk token."""
    with database.unit() as db:
        root = sites.ensure_district(db, ACTOR, "Maple Valley", now=now())
        school = sites.create(
            db, ACTOR, kind=SiteKind.SCHOOL, name="Lincoln", parent_id=root.id, now=now()
        )
        credential = credentials.create(
            db, ACTOR, CredentialDraft("v2c", CredentialKind.V2C, community="public"), now=now()
        )
        draft = NetworkDraft(
            "Lincoln", [address], site_id=school.id, port=port, timeout=0.5,
            auto_accept=["printer"], credentials=[credential.id],
        )  # fmt: skip
        network = networks.create(db, ACTOR, draft, limits=Limits(), now=now())
        owner, _ = accounts.create_account(
            db, ACTOR, user_name="desk", grants=[(Role.HELPDESK, school.id)], now=now()
        )
        _, token = tokens.create_token(
            db, ACTOR, owner.id, label="desk", permissions=[Permission.LOOKUP],
            lifetime=timedelta(days=1), now=now(),
        )  # fmt: skip
        return network.id, token


def swept(database: Database, settings: Settings, network_id: int) -> Sweep:
    """Ask for a sweep and let a real engine do it."""
    with database.unit() as db:
        sweep_id = sweeps.request_sweep(db, ACTOR, network_id, now=now()).id
    engine = Engine(settings, database, jobs.HANDLERS, timing=Timing(poll=0.05))
    engine.launch()
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with database.unit(write=False) as db:
                sweep = db.get(Sweep, sweep_id)
                assert sweep is not None
                if sweep.state not in (SweepState.QUEUED, SweepState.RUNNING):
                    return sweep
            time.sleep(0.1)
        raise AssertionError(f"the sweep is still {sweep.state}")
    finally:
        engine.stop()


def test_a_printer_becomes_an_asset_and_answers_by_its_tag(
    database: Database,
    database_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = Settings(database_url=database_url, data_dir=str(tmp_path))
    write_keys(settings.key_path, Vault(TEST_VAULT.active, TEST_VAULT.keys))
    with Simnet.start([PRINTER]) as net:
        printer = net.device(PRINTER)
        network_id, token = ready(database, printer.address, net.port)
        first = swept(database, settings, network_id)
        assert (first.state, first.found_new, first.accepted) == (SweepState.FINISHED, 1, 1)
        again = swept(database, settings, network_id)
        assert (again.found_new, again.found_matched) == (0, 1)

    with database.unit(write=False) as db:
        asset = db.exec(select(Asset)).one()
        assert asset.serial == printer.serial
        assert audit.verify(db).broken_at is None
        actions = {event.action for event in db.exec(select(AuditEvent))}
    assert {"network.created", "asset.created"} <= actions

    client = create_app(settings, database).test_client()
    answer = client.get(f"/api/v1/lookup/{asset.tag}", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert (told["serial"], told["category"]) == (printer.serial, "printer")
    assert [step["name"] for step in told["place"]] == ["Maple Valley", "Lincoln"]
    assert told["addresses"][0]["address"] == printer.address
    assert told["supplies"]

    operator = {OPERATOR: ACTOR}
    read = f"/api/v1/assets/{asset.id}"
    supplies = client.get(f"{read}/supplies", environ_overrides=operator).get_json()
    assert {item["name"] for item in supplies["current"]} == {s["name"] for s in told["supplies"]}
    pages = client.get(f"{read}/pages?days=7", environ_overrides=operator).get_json()
    assert printer.page_count in {counter["value"] for counter in pages["counters"]}
    stays = client.get(f"{read}/network", environ_overrides=operator).get_json()["addresses"]
    assert [(stay["address"], stay["current"]) for stay in stays] == [(printer.address, True)]

    monkeypatch.setenv("HOMEROOM_DATABASE_URL", database_url)
    monkeypatch.setenv("HOMEROOM_DATA_DIR", str(tmp_path))
    capsys.readouterr()
    assert homeroom(["lookup", asset.tag.lower(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == told
