"""Networks, credentials, sweeps and what they found."""

import os

from inventory.assets import service as assets
from inventory.assets.kinds import Category, Outcome, Status
from inventory.assets.service import AssetDraft
from inventory.discovery import credentials, networks, sweeps
from inventory.discovery.credential_rules import CredentialDraft
from inventory.discovery.finding_models import Decision, DiscoveryFinding
from inventory.discovery.models import CredentialKind, Sweep, SweepState
from inventory.discovery.network_rules import Limits, NetworkDraft
from snmp_discovery.types import Kind
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR

NETWORKS, SWEEPS = "/api/v1/networks", "/api/v1/sweeps"
FINDINGS, CREDENTIALS = "/api/v1/discoveries", "/api/v1/credentials"
NETWORK = f"{NETWORKS}/<int(max=2147483647):network_id>"
SWEEP = f"{SWEEPS}/<int(max=2147483647):sweep_id>"
FINDING = f"{FINDINGS}/<int(max=2147483647):finding_id>"
CREDENTIAL = f"{CREDENTIALS}/<int(max=2147483647):credential_id>"
ASSET = "/api/v1/assets/<int(max=2147483647):asset_id>"


def credential(side: Side) -> int:
    draft = CredentialDraft(f"c {os.urandom(6).hex()}", CredentialKind.V2C, community="secret")
    return credentials.create(side.db, OPERATOR, draft, now=side.now).id


def network(side: Side) -> int:
    draft = NetworkDraft(
        f"n {os.urandom(6).hex()}",
        ["10.1.0.0/24"],
        site_id=side.site,
        credentials=[side.get("credential")],
    )
    return networks.create(side.db, OPERATOR, draft, limits=Limits(), now=side.now).id


def sweep(side: Side) -> int:
    return sweeps.request_sweep(side.db, OPERATOR, side.get("network"), now=side.now).id


def finding(side: Side, outcome: Outcome = Outcome.NEW, asset_id: int | None = None) -> int:
    done = Sweep(
        network_id=side.get("network"),
        state=SweepState.FINISHED,
        requested_by="test",
        requested_at=side.now,
    )
    side.db.add(done)
    side.db.flush()
    row = DiscoveryFinding(
        sweep_id=done.id, network_id=done.network_id, site_id=side.site, seen_key="10.1.0.9 161",
        address="10.1.0.9", kind=Kind.PRINTER, vendor="HP", model="M404",
        serial=f"CN{os.urandom(5).hex().upper()}", fingerprint=os.urandom(32).hex(),
        outcome=outcome, first_at=side.now, last_at=side.now,
        asset_id=asset_id, candidates=[asset_id] if asset_id else [],
    )  # fmt: skip
    side.db.add(row)
    side.db.flush()
    return row.id


def conflicting_asset(side: Side) -> int:
    draft = AssetDraft(category=Category.PRINTER, site_id=side.room, status=Status.DEPLOYED)
    return assets.create(side.db, OPERATOR, draft, now=side.now).id


def conflict(side: Side) -> int:
    return finding(side, Outcome.CONFLICT, side.get("conflicting_asset"))


def ignored(side: Side) -> int:
    found = side.db.get(DiscoveryFinding, finding(side, Outcome.IGNORED))
    assert found is not None
    found.decision = Decision.IGNORED
    side.db.add(found)
    side.db.flush()
    return found.id


MAKERS = {
    "credential": credential,
    "network": network,
    "sweep": sweep,
    "finding": finding,
    "conflict": conflict,
    "conflicting_asset": conflicting_asset,
    "ignored": ignored,
}

OF_NETWORK, OF_FINDING = {"network_id": "$network"}, {"finding_id": "$finding"}
OF_CREDENTIAL = {"credential_id": "$credential"}

ROUTES = {
    f"GET {ASSET}/supplies": Example(path={"asset_id": "$asset"}, place=Place.OBJECT),
    f"GET {ASSET}/pages": Example(path={"asset_id": "$asset"}, place=Place.OBJECT),
    f"GET {ASSET}/network": Example(path={"asset_id": "$asset"}, place=Place.OBJECT),
    f"GET {NETWORKS}": Example(query={"limit": 5}),
    f"POST {NETWORKS}": Example(
        json={"name": "$unique", "targets": ["10.2.0.0/24"], "site_id": "$room"},
        place=Place.OBJECT,
    ),
    f"GET {NETWORK}": Example(OF_NETWORK, place=Place.OBJECT),
    f"PATCH {NETWORK}": Example(OF_NETWORK, json={"rate": 100}, place=Place.OBJECT),
    f"DELETE {NETWORK}": Example(OF_NETWORK, place=Place.OBJECT),
    f"POST {NETWORK}/sweeps": Example(OF_NETWORK, place=Place.OBJECT),
    f"GET {NETWORK}/heard": Example(OF_NETWORK, place=Place.OBJECT),
    f"GET {SWEEPS}": Example(query={"state": "running"}),
    f"GET {SWEEP}": Example({"sweep_id": "$sweep"}, place=Place.OBJECT),
    f"POST {SWEEP}/cancel": Example({"sweep_id": "$sweep"}, place=Place.OBJECT),
    f"GET {FINDINGS}": Example(query={"outcome": "new", "kind": "printer"}),
    f"GET {FINDING}": Example(OF_FINDING, place=Place.OBJECT),
    f"POST {FINDING}/accept": Example(OF_FINDING, json={}, place=Place.OBJECT),
    f"POST {FINDING}/ignore": Example(OF_FINDING, json={"reason": "no"}, place=Place.OBJECT),
    f"POST {FINDING}/reopen": Example({"finding_id": "$ignored"}, place=Place.OBJECT),
    f"POST {FINDING}/resolve": Example(
        {"finding_id": "$conflict"},
        json={"decision": "same", "asset_id": "$conflicting_asset"},
        place=Place.OBJECT,
    ),
    f"POST {FINDINGS}/bulk": Example(json={"rows": [{"id": "$finding"}]}, place=Place.OBJECT),
    f"GET {CREDENTIALS}": Example(query={"limit": 5}),
    f"POST {CREDENTIALS}": Example(
        json={"label": "$unique", "kind": "v2c", "community": "secret"}, place=Place.DISTRICT
    ),
    f"GET {CREDENTIAL}": Example(OF_CREDENTIAL),
    f"PATCH {CREDENTIAL}": Example(
        OF_CREDENTIAL, json={"community": "other"}, place=Place.DISTRICT
    ),
    f"DELETE {CREDENTIAL}": Example(OF_CREDENTIAL, place=Place.DISTRICT),
}
