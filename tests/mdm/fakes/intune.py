"""Microsoft Intune behind Graph v1.0, and the token endpoint of Entra ID, as far as they are used.

Written by hand from the metadata of Graph v1.0 and Microsoft's pages. It is strict where Graph is:
unknown fields and arguments, too large pages and missing permissions fail; and as sparing: what is
not selected is not told, and in a list some fields are always empty.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from mdm.types import Action, OutcomeState as State, Receipt
from tests.mdm.fakes.base import FakeVendor
from tests.mdm.fakes.http import Call, Reply, Route
from tests.mdm.fakes.intune_devices import SINGLE_ONLY, device, precise, text

BASE = "/v1.0/deviceManagement/managedDevices"
RIGHT = "DeviceManagementManagedDevices"
READ = {f"{RIGHT}.Read.All"}
ACT = {f"{RIGHT}.PrivilegedOperations.All"}
ACTIONS = {
    "remoteLock": Action.LOCK, "disableLostMode": Action.LOST_MODE_OFF, "retire": Action.RETIRE,
    "locateDevice": Action.LOCATE, "rebootNow": Action.RESTART, "wipe": Action.WIPE,
    "resetPasscode": Action.CLEAR_PASSCODE, "syncDevice": Action.SYNC,
}  # fmt: skip
WIPE = {"keepEnrollmentData": bool, "keepUserData": bool, "macOsUnlockCode": str,
        "persistEsimDataPlan": bool}  # fmt: skip
STATES = {
    State.PENDING: "pending", State.ACKNOWLEDGED: "active", State.VERIFIED: "done",
    State.FAILED: "failed", State.CANCELLED: "canceled",
}  # fmt: skip
TYPES = {
    "remoteLock": "remoteLock",
    "resetPasscode": "resetPasscode",
    "locateDevice": "locateDevice",
}


class FakeIntune(FakeVendor):
    """A tenant whose application has the permissions in `granted`.

    guarded  Multi Admin Approval stands before every action
    """

    vendor = "intune"
    spec = "intune/intune.mock.json"
    tenant = "0f6f1c0e-8a53-4a8e-9b57-3f1f6f2f0a11"
    client_id = "5f2c7a40-5f3e-4b9c-8f0b-7d0d5c1e2b22"
    client_secret = "Qx8~intune/secret+value"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.granted = frozenset(READ | ACT)
        self.known: dict[str, dict[str, Any]] = {}
        self.guarded = False

    def routes(self) -> Sequence[tuple[str, str, Route]]:
        return [
            ("POST", f"/{self.tenant}/oauth2/v2.0/token", self.token),
            ("GET", BASE, self.listing),
            ("GET", rf"{BASE}/(?P<id>[^/]+)", self.get),
            ("POST", rf"{BASE}/(?P<id>[^/]+)/(?P<name>\w+)", self.act),
        ]

    def config(self) -> dict[str, str]:
        return {"tenant": self.tenant, "client_id": self.client_id,
                "client_secret": self.client_secret}  # fmt: skip

    def secrets(self) -> list[str]:
        return [*self.tokens, self.client_secret]

    # --- who asks -------------------------------------------------------------------------------

    def is_login(self, call: Call) -> bool:
        return call.path.endswith("/oauth2/v2.0/token")

    def token(self, call: Call) -> Reply:
        form = call.form
        if self.revoked or form.get("client_secret") != self.client_secret:
            return _no_token(401, "invalid_client", "AADSTS7000215: Invalid client secret provided")
        if form.get("client_id") != self.client_id:
            return _no_token(400, "unauthorized_client", "AADSTS700016: Application not found")
        if form.get("grant_type") != "client_credentials":
            return _no_token(400, "unsupported_grant_type", "AADSTS70003: grant not supported")
        if form.get("scope") != "https://graph.microsoft.com/.default":
            return _no_token(400, "invalid_scope", "AADSTS1002012: scope is not valid")
        token = self.issue(3599, self.granted)
        return Reply(200, {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599,
                           "access_token": token})  # fmt: skip

    def _barred(self, call: Call, rights: set[str]) -> Reply | None:
        token = self.token_of(call)
        if token is None:
            return error(401, "InvalidAuthenticationToken", "Lifetime validation failed")
        if not token.grants & rights:
            return error(
                403, "Forbidden", "Application is not authorized to perform this operation"
            )
        return None

    def throttled(self) -> Reply:
        reply = error(429, "TooManyRequests", "Too many requests")
        reply.headers = self.wait_header()
        return reply

    # --- reading --------------------------------------------------------------------------------

    def listing(self, call: Call) -> Reply:
        barred = self._barred(call, READ)
        if barred:
            return barred
        start = re.fullmatch(r"(?:at-(\d+))?", call.query.get("$skiptoken", ""))
        asked = int(call.query.get("$top", 1000))
        known = {"$top", "$select", "$filter", "$skiptoken"}
        if start is None or not 1 <= asked <= 1000 or set(call.query) - known:
            return error(400, "BadRequest", "Invalid query")
        since = re.fullmatch(r"(?:lastSyncDateTime gt (\S+Z))?", call.query.get("$filter", ""))
        assert since is not None, call.query
        found = [
            r | SINGLE_ONLY for r in self.known.values() if r["lastSyncDateTime"] > (since[1] or "")
        ]
        rows, following = self.page(found, int(start[1] or 0), asked)
        body: dict[str, Any] = {
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#managedDevices",
            "@odata.count": len(rows),
            "value": [_selected(row, call.query.get("$select")) for row in rows],
        }
        if following is not None:
            query = urlencode(call.query | {"$skiptoken": f"at-{following}"})
            body["@odata.nextLink"] = f"{self.reached_at}{BASE}?{query}"
        return Reply(200, body)

    def get(self, call: Call, id: str) -> Reply:
        barred = self._barred(call, READ)
        if barred or id not in self.known:
            return barred or _gone(id)
        self._obey(id)
        selected = call.query.get("$select", "")
        record = self.known[id]
        spared = {name: empty for name, empty in SINGLE_ONLY.items() if name not in selected}
        if "deviceActionResults" not in selected:
            spared["deviceActionResults"] = []
        return Reply(200, _selected(self.out(record | spared), selected or None))

    # --- acting ---------------------------------------------------------------------------------

    def act(self, call: Call, id: str, name: str) -> Reply:
        barred = self._barred(call, ACT)
        if barred:
            return barred
        if name not in ACTIONS:
            return error(400, "BadRequest", f"Resource not found for the segment '{name}'.")
        if id not in self.known:
            return _gone(id)
        if self.guarded:
            words = "Header 'x-msft-approval-justification' is required to request approval"
            return error(403, "Forbidden", words)
        body, allowed = call.json or {}, WIPE if name == "wipe" else {}
        wrong = [key for key, value in body.items() if not isinstance(value, allowed.get(key, ()))]
        if wrong or id in self.refused:
            return error(400, "BadRequest", f"the action cannot be performed {wrong}")
        self.effects.append((id, ACTIONS[name]))
        self._result(id, name)
        if name in {"wipe", "retire"}:
            self.known[id]["managementState"] = f"{name}Pending"
        return Reply(204)

    def _result(self, id: str, name: str) -> None:
        """The entry of an action; the one of the same name before it goes."""
        kind = f"{TYPES[name]}ActionResult" if name in TYPES else "deviceActionResult"
        result: dict[str, Any] = {
            "@odata.type": f"#microsoft.graph.{kind}",
            "actionName": "factoryReset" if name == "wipe" else name,
            "actionState": "pending",
            "startDateTime": precise(self.now()),
            "lastUpdatedDateTime": text(self.now()),
        }
        if name == "remoteLock":
            mac = self.known[id]["operatingSystem"] == "macOS"
            result["unlockPin"] = "361204" if mac else None
        if name == "resetPasscode":
            android = self.known[id]["operatingSystem"] == "Android"
            result |= {"passcode": "79315" if android else None, "errorCode": 0}
        if name == "locateDevice":
            result["deviceLocation"] = None
        others = [r for r in self.known[id]["deviceActionResults"]
                  if r["actionName"] != result["actionName"]]  # fmt: skip
        self.known[id]["deviceActionResults"] = [*others, result]

    # --- devices --------------------------------------------------------------------------------

    def seed(self, count: int) -> None:
        for _ in range(count):
            record = device(self.random, next(self.numbers), self.now())
            self.known[record["id"]] = record

    def ids(self) -> list[str]:
        return [*self.known]

    def record(self, device_id: str) -> dict[str, Any]:
        return self.known[device_id]

    def forget(self, device_id: str) -> None:
        self.known.pop(device_id, None)

    def reenrol(self, device_id: str) -> None:
        """Windows keeps its record here, so that both ways are played; others get a new one."""
        record = self.known[device_id]
        record["enrolledDateTime"] = text(self.now() + timedelta(minutes=1))
        record |= {"deviceActionResults": [], "managementState": "managed"}
        if record["operatingSystem"] != "Windows":
            del self.known[device_id]
            record["id"] = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
            self.known[record["id"]] = record

    def checked_in(self, device_id: str, at: datetime) -> None:
        self.known[device_id]["lastSyncDateTime"] = text(at)

    def reaches(self, receipt: Receipt) -> frozenset[State]:
        return frozenset(STATES)

    def settle(self, receipt: Receipt, state: State) -> None:
        self._bring(self.known[receipt.device.vendor_id]["deviceActionResults"][-1], state)

    def _bring(self, result: dict[str, Any], state: State) -> None:
        result |= {"actionState": STATES[state], "lastUpdatedDateTime": text(self.now())}
        if result["actionName"] == "locateDevice" and state is State.VERIFIED:
            result["deviceLocation"] = {
                "latitude": 44.98, "longitude": -93.27, "altitude": 0, "horizontalAccuracy": 0,
                "verticalAccuracy": 0, "heading": 0, "speed": 0,
                "lastCollectedDateTime": text(self.now()),
            }  # fmt: skip

    def _obey(self, device_id: str) -> None:
        """For demos: what has waited `obey_after` seconds is carried out."""
        if self.obey_after is None:
            return
        early = precise(self.now() - timedelta(seconds=self.obey_after))
        for result in self.known[device_id]["deviceActionResults"]:
            if result["actionState"] == "pending" and result["startDateTime"] <= early:
                self._bring(result, State.VERIFIED)


def error(status: int, code: str, message: str) -> Reply:
    """An error body as Graph has it."""
    inner = {"request-id": "1c0e0f6f", "client-request-id": "1c0e0f6f"}
    return Reply(status, {"error": {"code": code, "message": message, "innerError": inner}})


def _gone(id: str) -> Reply:
    return error(404, "ResourceNotFound", f"The device {id} does not exist")


def _no_token(status: int, code: str, words: str) -> Reply:
    return Reply(status, {"error": code, "error_description": words, "error_codes": [7000215]})


def _selected(record: Any, names: str | None) -> Any:
    if not isinstance(record, dict) or names is None:
        return record
    return {name: record[name] for name in names.split(",") if name in record}
