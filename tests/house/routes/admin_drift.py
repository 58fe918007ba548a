"""Drift and the allow-list: a computer of the side on which nobody knows an administrator."""

import os
from datetime import timedelta

from inventory.admin_rights.drift_models import (
    AdminDrift,
    AllowedAccount,
    DriftKind,
)
from tests.house.routes import Example, Place, Side
from tests.house.routes.assets import new


def admin_drift(side: Side, account: str = "eve") -> int:
    drift = AdminDrift(
        asset_id=new(side).id, kind=DriftKind.UNVERIFIED, account_key=account, account=account,
        first_at=side.now, opened_at=side.now,
    )  # fmt: skip
    side.db.add(drift)
    side.db.flush()
    return drift.id


def allowed_account(side: Side) -> int:
    row = AllowedAccount(
        pattern=f"svc-{os.urandom(6).hex()}", site_id=side.site,
        reach_key=f":{side.site}", reason="backup",
        until=side.now + timedelta(days=30), added_at=side.now, added_by="somebody",
    )  # fmt: skip
    side.db.add(row)
    side.db.flush()
    return row.id


MAKERS = {"admin_drift": admin_drift, "allowed_account": allowed_account}
PATH = "/api/v1/admin-rights"
ONE = f"{PATH}/drift/<int(max=2147483647):drift_id>"
ENTRY = f"{PATH}/allow-list/<int(max=2147483647):entry_id>"

ROUTES = {
    f"GET {PATH}/drift": Example(),
    f"GET {PATH}/drift/summary": Example(),
    f"GET {ONE}": Example(path={"drift_id": "$admin_drift"}, place=Place.OBJECT),
    f"POST {ONE}/decision": Example(
        path={"drift_id": "$admin_drift"}, json={"state": "accepted", "note": "known"},
        place=Place.OBJECT,
    ),
    f"GET {PATH}/allow-list": Example(),
    f"GET {PATH}/allow-list/preview": Example(
        query={"pattern": "svc-*", "site_id": "$site"}, place=Place.OBJECT
    ),
    f"POST {PATH}/allow-list": Example(
        json={"pattern": "$unique", "site_id": "$site", "reason": "backup",
              "until": "2026-12-24T12:00:00+00:00"},
        place=Place.OBJECT,
    ),
    f"POST {ENTRY}/remove": Example(
        path={"entry_id": "$allowed_account"}, json={"reason": "no longer"}, place=Place.OBJECT
    ),
}  # fmt: skip
