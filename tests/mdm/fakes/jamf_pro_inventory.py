"""The inventory half of the fake Jamf Pro: the token endpoint, computers and mobile devices.

Written by hand from Jamf's description of its API. It is strict where Jamf is: sections, filters
and privileges are checked, and only what was asked for is told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from mdm.vendors.jamf_pro import INFO
from tests.mdm.fakes.base import FakeVendor
from tests.mdm.fakes.http import Call, Reply, Route
from tests.mdm.fakes.jamf_pro_devices import computer, mobile, new_uuid, precise, text
from tests.mdm.fakes.rsql import matcher

MACS, DETAIL = "/api/v4/computers-inventory", "/api/v2/mobile-devices/detail"
SECTIONS = {
    "GENERAL": "general", "HARDWARE": "hardware", "USER_AND_LOCATION": "userAndLocation",
    "OPERATING_SYSTEM": "operatingSystem", "LOCAL_USER_ACCOUNTS": "localUserAccounts",
    "APPLICATIONS": "applications", "SECURITY": "security",
    "NETWORK": "network", "SERVICE_SUBSCRIPTIONS": "serviceSubscriptions",
}  # fmt: skip
MAC_FILTERS = {"general.lastContact", "general.lastCheckIn", "general.reportDate", "id"}
MOBILE_FILTERS = {"lastContactDate", "lastInventoryUpdateDate", "mobileDeviceId"}
NUMBER = r"(?P<number>[^/]+)"


class JamfProInventory(FakeVendor):
    """A server whose API client has the privileges in `granted`.

    records   by our ids: computer-1, mobile-2
    """

    own_address = True
    client_id = "1979ca82-0337-40de-9012-82a008a3bf70"
    client_secret = "-j1o7Er~jamf/secret+value"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.granted = frozenset({*INFO.to_read, *INFO.to_act})
        self.records: dict[str, dict[str, Any]] = {}

    def inventory_routes(self) -> list[tuple[str, str, Route]]:
        return [
            ("POST", "/api/v1/oauth/token", self.token),
            ("GET", MACS, self.list_computers),
            ("GET", f"{MACS}/{NUMBER}", self.get_computer),
            ("GET", DETAIL, self.list_mobile),
            ("GET", f"/api/v2/mobile-devices/{NUMBER}/detail", self.get_mobile),
            ("PATCH", f"{MACS}-detail/{NUMBER}", self.patch_computer),
            ("PATCH", f"/api/v2/mobile-devices/{NUMBER}", self.patch_mobile),
        ]

    def config(self) -> dict[str, str]:
        return {"url": self.reached_at, "client_id": self.client_id,
                "client_secret": self.client_secret}  # fmt: skip

    def secrets(self) -> list[str]:
        return [*self.tokens, self.client_secret]

    # --- who asks -------------------------------------------------------------------------------

    def is_login(self, call: Call) -> bool:
        return call.path.endswith("/oauth/token")

    def token(self, call: Call) -> Reply:
        form = call.form
        good = (form.get("client_id"), form.get("client_secret"), form.get("grant_type")) == (
            self.client_id, self.client_secret, "client_credentials"
        )  # fmt: skip
        if self.revoked or not good:
            return Reply(400, {"error": "invalid_client", "error_description": "invalid client"})
        body = {"access_token": self.issue(1799, self.granted), "token_type": "Bearer",
                "scope": "api-role:1", "expires_in": 1799}  # fmt: skip
        return Reply(200, body, {"Set-Cookie": "jpro-ingress=node-3; Path=/; HttpOnly"})

    def barred(self, call: Call, needed: str) -> Reply | None:
        token = self.token_of(call)
        if token is None:
            return error(401, "INVALID_TOKEN", "Unauthorized")
        if needed not in token.grants:
            return error(403, "INVALID_PRIVILEGE", "Forbidden")
        return None

    # --- reading --------------------------------------------------------------------------------

    def list_computers(self, call: Call) -> Reply:
        barred = self.barred(call, "Read Computers")
        return barred or self._list(call, "computer", "id", MAC_FILTERS)

    def list_mobile(self, call: Call) -> Reply:
        barred = self.barred(call, "Read Mobile Devices")
        return barred or self._list(call, "mobile", "mobileDeviceId", MOBILE_FILTERS)

    def _list(self, call: Call, kind: str, id_name: str, filters: set[str]) -> Reply:
        known = {"section", "page", "page-size", "sort", "filter", "exception-handling"}
        try:
            wanted = matcher(call.query.get("filter", ""), filters)
            page, asked = int(call.query.get("page", 0)), int(call.query.get("page-size", 100))
            sections = [SECTIONS[value] for name, value in call.arguments if name == "section"]
        except (ValueError, KeyError) as wrong:
            return error(400, "INVALID_FIELD", str(wrong))
        sort = call.query.get("sort", f"{id_name}:asc")
        if set(call.query) - known or sort != f"{id_name}:asc" or not 0 < asked <= 2000:
            return error(400, "INVALID_FIELD", "unknown argument")
        found = [r for id, r in self.records.items() if id.startswith(kind) and wanted(_way(r))]
        size = 0 if self.loops else min(asked, self.page_size)
        rows, _ = self.page(found, page * size, asked)
        body = {"totalCount": len(found), "results": [_cut(row, sections) for row in rows]}
        return Reply(200, body)

    def get_computer(self, call: Call, number: str) -> Reply:
        barred = self.barred(call, "Read Computers")
        if barred or f"computer-{number}" not in self.records:
            return barred or error(404, "INVALID_ID", "no such computer")
        sections = [SECTIONS[value] for name, value in call.arguments if name == "section"]
        return Reply(200, _cut(self.out(self.records[f"computer-{number}"]), sections))

    def get_mobile(self, call: Call, number: str) -> Reply:
        barred = self.barred(call, "Read Mobile Devices")
        if barred or f"mobile-{number}" not in self.records:
            return barred or error(404, "INVALID_ID", "no such mobile device")
        return Reply(200, {"id": number, "type": "ios", "ios": {"unlockToken": f"token-{number}"}})

    # --- changing -------------------------------------------------------------------------------

    def patch_computer(self, call: Call, number: str) -> Reply:
        barred = self.barred(call, "Update Computers")
        if barred or f"computer-{number}" not in self.records:
            return barred or error(404, "INVALID_ID", "no such computer")
        assert set(call.json) == {"general"}, call.json
        self.records[f"computer-{number}"]["general"] |= call.json["general"]
        return Reply(204)

    def patch_mobile(self, call: Call, number: str) -> Reply:
        barred = self.barred(call, "Update Mobile Devices")
        if barred or f"mobile-{number}" not in self.records:
            return barred or error(404, "INVALID_ID", "no such mobile device")
        assert set(call.json) <= {"name", "assetTag"}, call.json
        self.records[f"mobile-{number}"]["general"] |= call.json
        return Reply(200, {"id": number} | call.json)

    # --- devices --------------------------------------------------------------------------------

    def seed(self, count: int) -> None:
        made: list[tuple[str, dict[str, Any]]] = []
        for _ in range(count):
            number = next(self.numbers)
            kind, build = ("mobile", mobile) if number % 3 else ("computer", computer)
            made.append((f"{kind}-{number}", build(self.random, number // 3, self.now())))
        for id, record in sorted(made, key=lambda pair: pair[0].split("-")[0]):
            record["mobileDeviceId" if id.startswith("m") else "id"] = id.split("-")[1]
            self.records[id] = record

    def ids(self) -> list[str]:
        return sorted(self.records, key=lambda id: (id.split("-")[0], int(id.split("-")[1])))

    def record(self, device_id: str) -> dict[str, Any]:
        return self.records[device_id]

    def reenrol(self, device_id: str) -> None:
        """A computer keeps its management id here, so that both ways are played."""
        general = self.records[device_id]["general"]
        general["lastEnrolledDate"] = precise(self.now() + timedelta(minutes=1))
        if device_id.startswith("mobile"):
            general["managementId"] = new_uuid(self.random)

    def checked_in(self, device_id: str, at: datetime) -> None:
        general = self.records[device_id]["general"]
        for name in ("lastCheckIn", "lastContact", "reportDate"):
            if name in general:
                general[name] = text(at)
        for name in ("lastContactDate", "lastInventoryUpdateDate"):
            if name in general:
                general[name] = precise(at)


def error(status: int, code: str, words: str) -> Reply:
    """An error body as Jamf has it."""
    cause = {"code": code, "description": words, "id": "0", "field": ""}
    return Reply(status, {"httpStatus": status, "errors": [cause]})


def _way(record: dict[str, Any]) -> Callable[[str], Any]:
    """How a filter's fields are found in a record: by their path, or below `general`."""

    def value_of(name: str) -> Any:
        outer, _, inner = name.rpartition(".")
        if outer or name in record:
            return (record[outer] if outer else record).get(inner)
        return record["general"].get(name)

    return value_of


def _cut(row: Any, sections: list[str]) -> Any:
    """Only the sections that were asked for."""
    if not isinstance(row, dict):
        return row
    spared = {*SECTIONS.values()} - {*sections}
    return {name: value for name, value in row.items() if name not in spared}
