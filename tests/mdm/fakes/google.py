"""Google Workspace's Directory API, as far as the connector uses it.

Written by hand from directory_v1 (revision 20261104): paths, parameters, enums and scopes. It is
strict where Google is: unknown arguments of a command, too large pages and missing scopes fail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mdm.types import Action, OutcomeState as State, Platform, Receipt
from tests.mdm.fakes.google_devices import chromebook, phone
from tests.mdm.fakes.google_login import GoogleLogin, error
from tests.mdm.fakes.http import Call, Reply, Route

BASE = "/admin/directory/v1/customer/my_customer/devices"
SCOPE = "https://www.googleapis.com/auth/admin.directory.device."
READ_BOOKS = {f"{SCOPE}chromeos", f"{SCOPE}chromeos.readonly"}
ACT_BOOKS = {f"{SCOPE}chromeos"}
READ_MOBILE = {f"{SCOPE}mobile", f"{SCOPE}mobile.action", f"{SCOPE}mobile.readonly"}
ACT_MOBILE = {f"{SCOPE}mobile", f"{SCOPE}mobile.action"}
COMMANDS = {"REBOOT": Action.RESTART, "WIPE_USERS": Action.CLEAR_USERS,
            "REMOTE_POWERWASH": Action.WIPE}  # fmt: skip
STATUSES = {"DISABLE": (Action.DISABLE, "DISABLED"), "REENABLE": (Action.ENABLE, "ACTIVE"),
            "DEPROVISION": (Action.RETIRE, "DEPROVISIONED")}  # fmt: skip
MOBILE = {
    "admin_remote_wipe": (Action.WIPE, "WIPING"),
    "admin_account_wipe": (Action.RETIRE, "ACCOUNT_WIPING"),
    "cancel_remote_wipe_then_activate": (None, "APPROVED"),
    "cancel_remote_wipe_then_block": (None, "BLOCKED"),
}
STATES = {
    State.PENDING: ("SENT_TO_CLIENT", None), State.ACKNOWLEDGED: ("ACKED_BY_CLIENT", None),
    State.VERIFIED: ("EXECUTED_BY_CLIENT", "SUCCESS"), State.EXPIRED: ("EXPIRED", None),
    State.FAILED: ("EXECUTED_BY_CLIENT", "FAILURE"), State.CANCELLED: ("CANCELLED", None),
}  # fmt: skip


class FakeGoogle(GoogleLogin):
    vendor = "google_workspace"
    partial_action = Action.DISABLE
    acting_grants = frozenset(ACT_BOOKS | ACT_MOBILE)
    spec = "google/admin-directory-devices.openapi.json"
    subject = "mdm@willowpark.example"

    def __init__(self, **options: Any) -> None:
        names = ("chromeos", "chromeos.readonly", "mobile.action", "mobile.readonly")
        super().__init__({SCOPE + name for name in names}, **options)
        self.books: dict[str, dict[str, Any]] = {}
        self.phones: dict[str, dict[str, Any]] = {}
        self.commands: dict[str, dict[str, Any]] = {}

    def routes(self) -> Sequence[tuple[str, str, Route]]:
        books, mobile = f"{BASE}/chromeos", f"{BASE}/mobile"
        one, phone_ = rf"{books}/(?P<id>[^/:]+)", rf"{mobile}/(?P<id>[^/:]+)"
        return [
            ("POST", "/token", self.token),
            ("GET", books, self.list_books),
            ("GET", mobile, self.list_phones),
            ("GET", one, self.get_book),
            ("GET", phone_, self.get_phone),
            ("PATCH", one, self.patch_book),
            ("POST", f"{books}:batchChangeStatus", self.change_status),
            ("POST", f"{one}:issueCommand", self.issue_command),
            ("GET", rf"{one}/commands/(?P<number>[^/]+)", self.get_command),
            ("POST", f"{phone_}/action", self.mobile_action),
        ]

    def config(self) -> dict[str, str]:
        return {"service_account": self.account_key(), "admin": self.subject}

    # --- reading --------------------------------------------------------------------------------

    def list_books(self, call: Call) -> Reply:
        barred = self.barred(call, READ_BOOKS)
        return barred or self._list(call, "chromeosdevices", self.books, 300)

    def list_phones(self, call: Call) -> Reply:
        barred = self.barred(call, READ_MOBILE)
        return barred or self._list(call, "mobiledevices", self.phones, 100)

    def _list(self, call: Call, name: str, records: dict[str, Any], most: int) -> Reply:
        asked, token = int(call.query.get("maxResults", 100)), call.query.get("pageToken", "")
        start = re.fullmatch(r"(?:page-(\d+))?", token)
        if start is None or asked > most:
            return error(400, "Invalid Input")
        since = re.fullmatch(r"(?:sync:(\d{4}-\d\d-\d\d)\.\.)?", call.query.get("query", ""))
        assert since is not None, call.query
        found = [r for r in records.values() if (r.get("lastSync") or "") >= (since[1] or "")]
        rows, following = self.page(found, int(start[1] or 0), asked)
        selected = re.fullmatch(rf"nextPageToken,{name}\((.+)\)", call.query["fields"])
        assert selected is not None, call.query["fields"]
        body: dict[str, Any] = {name: [_only(row, selected[1]) for row in rows]} if rows else {}
        if following is not None:
            body["nextPageToken"] = f"page-{following}"
        return Reply(200, body)

    def get_book(self, call: Call, id: str) -> Reply:
        return self.barred(call, READ_BOOKS) or self._get(call, self.books, id)

    def get_phone(self, call: Call, id: str) -> Reply:
        return self.barred(call, READ_MOBILE) or self._get(call, self.phones, id)

    def _get(self, call: Call, records: dict[str, Any], id: str) -> Reply:
        if id not in records:
            return error(404, "Resource Not Found", "notFound")
        self._obey(id)
        return Reply(200, _only(self.out(records[id]), call.query["fields"]))

    # --- acting ---------------------------------------------------------------------------------

    def patch_book(self, call: Call, id: str) -> Reply:
        barred = self.barred(call, ACT_BOOKS)
        if barred or id not in self.books:
            return barred or error(404, "Resource Not Found", "notFound")
        assert set(call.json) <= {"annotatedAssetId", "annotatedUser", "notes"}, call.json
        self.books[id] |= call.json
        return Reply(200, self.books[id])

    def change_status(self, call: Call) -> Reply:
        barred = self.barred(call, ACT_BOOKS)
        if barred:
            return barred
        prefix = "CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_"
        word = call.json["changeChromeOsDeviceStatusAction"].removeprefix(prefix)
        if word not in STATUSES or not 0 < len(call.json["deviceIds"]) <= 50:
            return error(400, "Invalid Input")
        if ("deprovisionReason" in call.json) != (word == "DEPROVISION"):
            return error(400, "Invalid Input: deprovisionReason")
        results: list[dict[str, Any]] = []
        for id in call.json["deviceIds"]:
            if id not in self.books:
                results.append({"deviceId": id, "error": {"code": 5, "message": "not found"}})
            elif id in self.refused:
                told = {"code": 9, "message": "the device cannot be changed now"}
                results.append({"deviceId": id, "error": told})
            else:
                action, self.books[id]["status"] = STATUSES[word]
                self.effects.append((id, action))
                results.append({"deviceId": id, "response": {}})
        return Reply(200, {"changeChromeOsDeviceStatusResults": results})

    def issue_command(self, call: Call, id: str) -> Reply:
        barred = self.barred(call, ACT_BOOKS)
        if barred or id not in self.books:
            return barred or error(404, "Resource Not Found", "notFound")
        kind = call.json.get("commandType")
        if (
            kind not in COMMANDS
            or set(call.json) - {"commandType", "payload"}
            or id in self.refused
        ):
            return error(400, "Invalid Input: commandType")
        number = str(next(self.numbers))
        self.effects.append((id, COMMANDS[kind]))
        self.commands[number] = {"commandId": number, "type": kind, "state": "PENDING",
                                 "issueTime": _text(self.now()), "device": id}  # fmt: skip
        return Reply(200, {"commandId": number})

    def get_command(self, call: Call, id: str, number: str) -> Reply:
        barred = self.barred(call, READ_BOOKS)
        command = self.commands.get(number)
        if barred or command is None or command["device"] != id or id not in self.books:
            return barred or error(404, "Resource Not Found", "notFound")
        self._obey(id)
        return Reply(200, {key: value for key, value in command.items() if key != "device"})

    def mobile_action(self, call: Call, id: str) -> Reply:
        barred = self.barred(call, ACT_MOBILE)
        if barred or id not in self.phones:
            return barred or error(404, "Resource Not Found", "notFound")
        if call.json.get("action") not in MOBILE or id in self.refused:
            return error(400, "Invalid Input: action")
        action, self.phones[id]["status"] = MOBILE[call.json["action"]]
        if action is not None:
            self.effects.append((id, action))
        return Reply(204)

    # --- devices --------------------------------------------------------------------------------

    def seed(self, count: int) -> None:
        for number in range(count):
            if number % 5 < 3:
                record = chromebook(self.random, next(self.numbers), self.now())
                self.books[record["deviceId"]] = record
            else:
                record = phone(self.random, next(self.numbers), self.now())
                self.phones[record["resourceId"]] = record

    def ids(self) -> list[str]:
        return [*self.books, *self.phones]

    def record(self, device_id: str) -> dict[str, Any]:
        return self.books.get(device_id) or self.phones[device_id]

    def forget(self, device_id: str) -> None:
        self.books.pop(device_id, None)
        self.phones.pop(device_id, None)

    def reenrol(self, device_id: str) -> None:
        name = "lastEnrollmentTime" if device_id in self.books else "firstSync"
        self.record(device_id)[name] = _text(self.now() + timedelta(minutes=1))

    def checked_in(self, device_id: str, at: datetime) -> None:
        self.record(device_id)["lastSync"] = _text(at)

    def reaches(self, receipt: Receipt) -> frozenset[State]:
        if receipt.command_id is not None:
            return frozenset(STATES)
        if receipt.device.platform is Platform.CHROMEOS:
            return frozenset({State.ACKNOWLEDGED, State.VERIFIED})
        return frozenset({State.PENDING, State.VERIFIED})

    def settle(self, receipt: Receipt, state: State) -> None:
        record = self.record(receipt.device.vendor_id)
        if receipt.command_id is not None:
            name, result = STATES[state]
            command = self.commands[receipt.command_id]
            command["state"] = name
            if result is not None:
                command["commandResult"] = {"result": result, "executeTime": _text(self.now())}
        elif state is State.VERIFIED and receipt.device.platform is Platform.CHROMEOS:
            record["lastSync"] = _text(self.now() + timedelta(seconds=1))
        elif state is State.VERIFIED:
            record["status"] = record["status"].replace("ING", "ED")

    def _obey(self, device_id: str) -> None:
        """For demos: what has waited `obey_after` seconds is carried out."""
        if self.obey_after is None:
            return
        early = _text(self.now() - timedelta(seconds=self.obey_after))
        for command in self.commands.values():
            waits = command["device"] == device_id and command["state"] == "PENDING"
            if waits and command["issueTime"] <= early:
                done = {"state": "EXECUTED_BY_CLIENT", "commandResult": {"result": "SUCCESS"}}
                command.update(done)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _only(record: Any, fields: str) -> Any:
    """A partial answer: the asked fields, also within lists, as the `fields` parameter has it."""
    if isinstance(record, list):
        return [_only(one, fields) for one in record]
    if not isinstance(record, dict):
        return record
    asked = re.findall(r"(\w+)(?:\(([^)]*)\))?", fields)
    told = ((name, inner) for name, inner in asked if name in record)
    return {name: _only(record[name], inner) if inner else record[name] for name, inner in told}
