"""The Android Management API, as far as the connector uses it.

Written by hand from androidmanagement_v1 (revision 20261104): paths, parameters and enums. It is
strict where Google is: unknown fields and enum values fail, large pages are cut, and what lies
outside the asked `fields` is not told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from mdm.types import Action, OutcomeState as State, Receipt
from tests.mdm.fakes.android_devices import ENTERPRISE, device, text
from tests.mdm.fakes.google_login import GoogleLogin
from tests.mdm.fakes.http import Call, Reply, Route

BASE = f"/v1/enterprises/{ENTERPRISE}/devices"
SCOPE = "https://www.googleapis.com/auth/androidmanagement"
COMMANDS = {
    "LOCK": Action.LOCK, "RESET_PASSWORD": Action.CLEAR_PASSCODE, "REBOOT": Action.RESTART,
    "START_LOST_MODE": Action.LOST_MODE_ON, "STOP_LOST_MODE": Action.LOST_MODE_OFF,
    "RELINQUISH_OWNERSHIP": Action.RETIRE, "WIPE": Action.WIPE,
}  # fmt: skip
FLAGS = {"PRESERVE_RESET_PROTECTION_DATA", "WIPE_EXTERNAL_STORAGE", "WIPE_ESIMS"}
SHOWN = {"lostMessage", "lostPhoneNumber", "lostEmailAddress", "lostStreetAddress"}
ERRORS = {State.EXPIRED: (4, "deadline exceeded"), State.CANCELLED: (1, "cancelled")}
CHANGES = {"DISABLED": Action.DISABLE, "ACTIVE": Action.ENABLE}


class FakeAndroid(GoogleLogin):
    vendor = "android_management"
    partial_action = Action.LOCK
    spec = "google/androidmanagement-devices.openapi.json"

    def __init__(self, **options: Any) -> None:
        super().__init__({SCOPE}, **options)
        self.known: dict[str, dict[str, Any]] = {}
        self.operations: dict[str, dict[str, Any]] = {}

    def routes(self) -> Sequence[tuple[str, str, Route]]:
        one = rf"{BASE}/(?P<id>[^/:]+)"
        return [
            ("POST", "/token", self.token),
            ("GET", BASE, self.listing),
            ("GET", one, self.get),
            ("PATCH", one, self.patch),
            ("POST", f"{one}:issueCommand", self.issue_command),
            ("GET", f"{one}/operations", self.list_operations),
            ("GET", rf"{one}/operations/(?P<number>[^/:]+)", self.get_operation),
            ("POST", rf"{one}/operations/(?P<number>[^/:]+):cancel", self.cancel_operation),
        ]

    def config(self) -> dict[str, str]:
        return {"service_account": self.account_key(), "enterprise": f"enterprises/{ENTERPRISE}"}

    def throttled(self) -> Reply:
        reply = error(429, "Quota exceeded for quota metric 'Queries'", "RESOURCE_EXHAUSTED")
        reply.headers = self.wait_header()
        return reply

    # --- reading --------------------------------------------------------------------------------

    def listing(self, call: Call) -> Reply:
        barred = self.barred(call, {SCOPE})
        start = re.fullmatch(r"(?:page-(\d+))?", call.query.get("pageToken", ""))
        if barred or start is None:
            return barred or error(400, "Request contains an invalid argument.", "INVALID_ARGUMENT")
        asked = min(int(call.query.get("pageSize", 10)), 100)
        selected = re.fullmatch(r"nextPageToken,devices\((.+)\)", call.query["fields"])
        assert selected is not None, call.query["fields"]
        rows, following = self.page([*self.known.values()], int(start[1] or 0), asked)
        body: dict[str, Any] = {"devices": [_only(r, selected[1]) for r in rows]} if rows else {}
        if following is not None:
            body["nextPageToken"] = f"page-{following}"
        return Reply(200, body)

    def get(self, call: Call, id: str) -> Reply:
        barred = self._unknown(call, id)
        if barred:
            return barred
        self._obey(id)
        return Reply(200, _only(self.out(self.known[id]), call.query["fields"]))

    def list_operations(self, call: Call, id: str) -> Reply:
        barred = self._unknown(call, id)
        if barred:
            return barred
        found = [told for told in self.operations.values() if f"/devices/{id}/" in told["name"]]
        return Reply(200, {"operations": found} if found else {})

    def get_operation(self, call: Call, id: str, number: str) -> Reply:
        barred = self._unknown(call, id)
        told = self.operations.get(number)
        if barred or told is None or f"/devices/{id}/" not in told["name"]:
            return barred or error(404, "Requested entity was not found.", "NOT_FOUND")
        self._obey(id)
        return Reply(200, told)

    def _unknown(self, call: Call, id: str) -> Reply | None:
        barred = self.barred(call, {SCOPE})
        if barred or id in self.known:
            return barred
        return error(404, "Requested entity was not found.", "NOT_FOUND")

    # --- acting ---------------------------------------------------------------------------------

    def patch(self, call: Call, id: str) -> Reply:
        barred = self._unknown(call, id)
        if barred:
            return barred
        body, mask = call.json, call.query["updateMask"].split(",")
        if id in self.refused or set(body) != set(mask) or body.get("state") not in CHANGES:
            return error(400, "Request contains an invalid argument.", "INVALID_ARGUMENT")
        assert set(body) <= {"state", "disabledReason"}, body
        self.known[id] |= body
        self.effects.append((id, CHANGES[body["state"]]))
        return Reply(200, _only(self.known[id], call.query["fields"]))

    def issue_command(self, call: Call, id: str) -> Reply:
        barred = self._unknown(call, id)
        if barred:
            return barred
        body, kind = call.json, call.json.get("type")
        wrong = kind not in COMMANDS or set(body) - {
            "type", "duration", "startLostModeParams", "wipeParams"
        }  # fmt: skip
        wrong = wrong or not re.fullmatch(r"\d+s", body.get("duration", "600s"))
        if wrong or not _usable(body) or (id in self.refused and kind != "LOCK"):
            return error(400, "Request contains an invalid argument.", "INVALID_ARGUMENT")
        number = f"{1788000000000 + next(self.numbers)}"
        name = f"enterprises/{ENTERPRISE}/devices/{id}/operations/{number}"
        if id in self.refused:
            told = {"code": 9, "message": "the device cannot take commands now"}
            return Reply(200, {"name": name, "done": True, "error": told})
        kept = {key: body[key] for key in ("type", "duration") if key in body}
        command = kept | {"createTime": text(self.now())}
        self.operations[number] = {"name": name, "metadata": command}
        personal = self.known[id]["ownership"] == "PERSONALLY_OWNED"
        self.effects.append((id, Action.RETIRE if personal and kind == "WIPE" else COMMANDS[kind]))
        return Reply(200, self.operations[number])

    def cancel_operation(self, call: Call, id: str, number: str) -> Reply:
        barred = self._unknown(call, id)
        told = self.operations.get(number)
        if barred or told is None:
            return barred or error(404, "Requested entity was not found.", "NOT_FOUND")
        if told.get("done"):
            return error(400, "The operation is already complete.", "FAILED_PRECONDITION")
        self._end(told, State.CANCELLED)
        return Reply(200, {})

    # --- devices --------------------------------------------------------------------------------

    def seed(self, count: int) -> None:
        for _ in range(count):
            record = device(self.random, next(self.numbers), self.now())
            self.known[_id(record)] = record

    def ids(self) -> list[str]:
        return [*self.known]

    def record(self, device_id: str) -> dict[str, Any]:
        return self.known[device_id]

    def forget(self, device_id: str) -> None:
        self.known.pop(device_id, None)

    def reenrol(self, device_id: str) -> None:
        """A new device; the old one is known by name only."""
        record = self.known.pop(device_id)
        record["previousDeviceNames"].append(record["name"])
        record["name"] += "b"
        record["enrollmentTime"] = text(self.now() + timedelta(minutes=1))
        self.known[_id(record)] = record

    def checked_in(self, device_id: str, at: datetime) -> None:
        self.known[device_id]["lastStatusReportTime"] = text(at)

    def reaches(self, receipt: Receipt) -> frozenset[State]:
        if receipt.command_id is None:
            return frozenset({State.ACKNOWLEDGED, State.VERIFIED})
        return frozenset({State.PENDING, State.VERIFIED, State.FAILED, *ERRORS})

    def settle(self, receipt: Receipt, state: State) -> None:
        if receipt.command_id is not None:
            self._end(self.operations[receipt.command_id], state)
        elif state is State.VERIFIED:
            record = self.known[receipt.device.vendor_id]
            record["appliedState"] = record["state"]
            record["lastStatusReportTime"] = text(self.now() + timedelta(seconds=1))

    def _end(self, told: dict[str, Any], state: State) -> None:
        """The operation ends, or begins anew where it is to wait."""
        for name in ("done", "error", "response"):
            told.pop(name, None)
        command = told["metadata"]
        command.pop("errorCode", None)
        if state is State.PENDING:
            return
        told["done"] = True
        status = {"START_LOST_MODE": "startLostModeStatus", "STOP_LOST_MODE": "stopLostModeStatus"}
        if state is State.VERIFIED:
            told["response"] = {"@type": "type.googleapis.com/google.protobuf.Empty"}
            if command["type"] in status:
                command[status[command["type"]]] = {"status": "SUCCESS"}
        elif state is State.FAILED:
            told["error"] = {"code": 9, "message": "the device could not"}
            command["errorCode"] = "UNSUPPORTED"
            command.pop(status.get(command["type"], ""), None)
        else:
            code, words = ERRORS[state]
            told["error"] = {"code": code, "message": words}

    def _obey(self, device_id: str) -> None:
        """For demos: what has waited `obey_after` seconds is carried out."""
        if self.obey_after is None:
            return
        early = text(self.now() - timedelta(seconds=self.obey_after))
        for told in self.operations.values():
            waits = f"/devices/{device_id}/" in told["name"] and not told.get("done")
            if waits and told["metadata"]["createTime"] <= early:
                self._end(told, State.VERIFIED)
        record = self.known[device_id]
        record["appliedState"] = record["state"]


def error(status: int, message: str, code: str) -> Reply:
    """An error body as Google's newer APIs have it."""
    return Reply(status, {"error": {"code": status, "message": message, "status": code}})


def _id(record: dict[str, Any]) -> str:
    return str(record["name"]).rpartition("/")[2]


def _usable(body: dict[str, Any]) -> bool:
    """Whether the parameters of a command fit its type."""
    lost, wipe = body.get("startLostModeParams"), body.get("wipeParams")
    if (lost is not None) != (body["type"] == "START_LOST_MODE"):
        return False
    if lost is not None and (not lost or set(lost) - SHOWN - {"lostOrganization"}):
        return False
    if wipe is not None and (body["type"] != "WIPE" or set(wipe) - {"wipeDataFlags", "wipeReason"}):
        return False
    reason = (wipe or {}).get("wipeReason", {}).get("defaultMessage", "")
    return len(reason) <= 200 and set((wipe or {}).get("wipeDataFlags", [])) <= FLAGS


def _only(record: Any, fields: str) -> Any:
    """A partial answer: just the asked fields, also one level down, as `fields` has it."""
    if isinstance(record, list):
        return [_only(one, fields) for one in record]
    if not isinstance(record, dict):
        return record
    told: dict[str, Any] = {}
    for name, _, inner in re.findall(r"(\w+)(\(([^)]*)\))?", fields):
        if name in record:
            told[name] = _only(record[name], inner) if inner else record[name]
    return told
