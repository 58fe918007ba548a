"""NanoMDM: its API to queue commands, its webhook, and the devices that obey.

Written by hand from NanoMDM's OpenAPI document, its source for how an answer is put together, the
schema of its webhook and Apple's schema of the commands. It is strict where a device or NanoMDM is:
a command with keys that its platform does not know crashes the fake. Like NanoMDM it takes whatever
id it is told, and reports that it cannot wake it.
"""

from __future__ import annotations

import base64
import hmac
import http.client
import json
import plistlib
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mdm.types import Action, OutcomeState as State, Platform, Receipt
from tests.mdm.fakes.base import FakeVendor
from tests.mdm.fakes.http import Call, Reply, Route
from tests.mdm.fakes.nanomdm_devices import device

COMMANDS = {
    "DeviceLock": (Action.LOCK, {"Message", "PhoneNumber", "PIN"}),
    "EnableLostMode": (Action.LOST_MODE_ON, {"Message", "PhoneNumber"}),
    "DisableLostMode": (Action.LOST_MODE_OFF, set()),
    "DeviceLocation": (Action.LOCATE, set()),
    "RestartDevice": (Action.RESTART, set()),
    "ClearPasscode": (Action.CLEAR_PASSCODE, {"UnlockToken"}),
    "EraseDevice": (Action.WIPE, {"PIN", "PreserveDataPlan", "ObliterationBehavior"}),
    "DeviceInformation": (Action.SYNC, {"Queries"}),
}
PLACE = {"Latitude": 44.98, "Longitude": -93.27, "HorizontalAccuracy": 12.5, "Altitude": -1.0,
         "Speed": -1.0, "Course": -1.0, "VerticalAccuracy": -1.0,
         "Timestamp": "2026-09-01T11:58:00Z"}  # fmt: skip
ERROR = [{"ErrorCode": 12021, "ErrorDomain": "MCMDMErrorDomain",
          "LocalizedDescription": "\u2018DeviceLock\u2019 is not a valid request type.",
          "USEnglishDescription": "The command is not valid for this device."}]  # fmt: skip


class FakeNanoMdm(FakeVendor):
    """A server on the storage "file", which queues the same command again, or on "sql".

    no_push  why no device can be woken, None: they can
    """

    vendor = "nanomdm"
    own_address = True
    tells = True
    spec = "nanomdm/nanomdm.mock.yaml"
    api_key = "nano-api/Key+1"
    webhook_key = "nano-hook/Key+2"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.known: dict[str, dict[str, Any]] = {}
        self.queued: dict[str, str] = {}
        self.storage, self.no_push = "file", ""

    def routes(self) -> Sequence[tuple[str, str, Route]]:
        return [("PUT", r"/v1/enqueue/(?P<id>[^/]+)", self.enqueue)]

    def config(self) -> dict[str, str]:
        return {"url": self.reached_at, "api_key": self.api_key, "webhook_key": self.webhook_key}

    def secrets(self) -> list[str]:
        pair = base64.b64encode(f"nanomdm:{self.api_key}".encode()).decode()
        return [self.api_key, self.webhook_key, pair]

    # --- commands -------------------------------------------------------------------------------

    def unauthorized(self) -> Reply:
        return Reply(401, b"Unauthorized\n", {"Content-Type": "text/plain"})

    def enqueue(self, call: Call, id: str) -> Reply:
        pair = base64.b64encode(f"nanomdm:{self.api_key}".encode()).decode()
        if self.revoked or call.headers.get("authorization") != f"Basic {pair}":
            return self.unauthorized()
        assert "," not in id, "a comma names many devices"
        told = plistlib.loads(call.body)
        assert set(told) == {"Command", "CommandUUID"}
        command, command_id = told["Command"], told["CommandUUID"]
        kind = command.pop("RequestType")
        if id in self.refused:
            return self._failed(command_id, kind, "decoding command: invalid command")
        if self.storage == "sql" and id not in self.known:
            words = 'insert violates foreign key constraint "enrollment_queue_id_fkey"'
            return self._failed(command_id, kind, words)
        if self.storage == "sql" and command_id in self.queued:
            return self._failed(command_id, kind, f"Duplicate entry '{command_id}' for key")
        action, allowed = COMMANDS[kind]
        assert set(command) <= allowed, command
        self._check(id, action, command)
        self.queued[command_id] = id
        self.effects.append((id, action))
        return self._pushed(id, command_id, kind)

    def _check(self, id: str, action: Action, command: dict[str, Any]) -> None:
        """What the device itself would refuse."""
        product = self.known.get(id, {"facts": {}})["facts"].get("ProductName") or ""
        mac = "Mac" in product
        assert ("PIN" in command) == (mac and action in {Action.LOCK, Action.WIPE})
        assert ("ObliterationBehavior" in command) == (mac and action is Action.WIPE)
        if "PreserveDataPlan" in command:
            assert product.startswith("iP")
        if action is Action.LOST_MODE_ON:
            assert command.get("Message") or command.get("PhoneNumber")
        if action is Action.CLEAR_PASSCODE:
            assert command["UnlockToken"] == self.known[id]["unlock"]

    def _failed(self, command_id: str, kind: str, words: str) -> Reply:
        body = {"command_uuid": command_id, "request_type": kind, "command_error": words}
        return Reply(500, body)

    def _pushed(self, id: str, command_id: str, kind: str) -> Reply:
        wrong = self.no_push or ("" if id in self.known else "push data missing for id")
        mine = {"push_error": wrong} if wrong else {"push_result": str(uuid.uuid4()).upper()}
        body = {"status": {id: mine}, "command_uuid": command_id, "request_type": kind}
        return Reply(500 if wrong else 200, body)

    # --- the webhook ----------------------------------------------------------------------------

    def tell(
        self,
        topic: str,
        id: str,
        message: dict[str, Any],
        *,
        at: datetime | None = None,
        more: dict[str, Any] | None = None,
        event_id: str = "",
    ) -> None:
        """One call of the webhook about a device, signed; without a hook nobody is told."""
        if self.hook is not None:
            body = self.body_of(topic, id, message, at=at, more=more, event_id=event_id)
            self.post(body, self.signed(body))

    def body_of(
        self,
        topic: str,
        id: str,
        message: dict[str, Any],
        *,
        at: datetime | None = None,
        more: dict[str, Any] | None = None,
        event_id: str = "",
    ) -> bytes:
        named = "EnrollmentID" if self.known.get(id, {}).get("personal") else "UDID"
        payload = plistlib.dumps({named: id, **message})
        event: dict[str, Any] = {"raw_payload": base64.b64encode(payload).decode()}
        event |= {"udid" if named == "UDID" else "enrollment_id": id, **(more or {})}
        if topic == "Connect":
            event |= {"status": message["Status"], "command_uuid": message.get("CommandUUID", "")}
        part = "acknowledge_event" if topic == "Connect" else "checkin_event"
        moment = (at or self.now()).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f123Z")
        return json.dumps({
            "topic": f"mdm.{topic}", "event_id": event_id or str(uuid.uuid4()),
            "created_at": moment, part: event,
        }).encode()  # fmt: skip

    def signed(self, body: bytes) -> dict[str, str]:
        signature = hmac.digest(self.webhook_key.encode(), body, "sha256")
        return {"X-Hmac-Signature": base64.b64encode(signature).decode()}

    def post(self, body: bytes, headers: dict[str, str]) -> int:
        """Call the hook; the status of its answer. NanoMDM would not call again."""
        assert self.hook is not None
        line = http.client.HTTPConnection(*self.hook.address, timeout=10)
        try:
            line.request("POST", "/", body, {"Content-Type": "application/json", **headers})
            return line.getresponse().status
        finally:
            line.close()

    def answered(
        self, id: str, command_id: str, status: str, more: dict[str, Any] | None = None
    ) -> None:
        """The device reports the result of a command."""
        self.tell("Connect", id, {"CommandUUID": command_id, "Status": status, **(more or {})})

    # --- devices --------------------------------------------------------------------------------

    def seed(self, count: int) -> None:
        for _ in range(count):
            record = device(self.random, next(self.numbers), self.now())
            self.known[record["id"]] = record
            self._enrol(record, record["enrolled"])
            self.inform(record["id"], at=record["enrolled"] + timedelta(minutes=2))

    def _enrol(self, record: dict[str, Any], at: datetime) -> None:
        id, names = record["id"], ("SerialNumber", "OSVersion", "BuildVersion", "ProductName")
        told = {name: record["facts"][name] for name in names if name in record["facts"]}
        topic = "com.apple.mgmt.External.e3b8ceac"
        self.tell("Authenticate", id, {"MessageType": "Authenticate", "Topic": topic, **told},
                  at=at)  # fmt: skip
        token = {"MessageType": "TokenUpdate", "Topic": topic, "PushMagic": "m", "Token": b"t"}
        if record["unlock"]:
            token["UnlockToken"] = record["unlock"]
        self.tell("TokenUpdate", id, token, at=at + timedelta(seconds=5),
                  more={"token_update_tally": 1})  # fmt: skip

    def inform(self, id: str, *, at: datetime | None = None) -> None:
        """The device answers somebody's DeviceInformation."""
        answer = {"CommandUUID": str(uuid.uuid4()), "Status": "Acknowledged",
                  "QueryResponses": self.known[id]["facts"]}  # fmt: skip
        self.tell("Connect", id, answer, at=at)

    def ids(self) -> list[str]:
        return sorted(self.known)

    def record(self, device_id: str) -> dict[str, Any]:
        facts: dict[str, Any] = self.known[device_id]["facts"]
        return facts

    def forget(self, device_id: str) -> None:
        self.tell("CheckOut", device_id, {"MessageType": "CheckOut"})
        del self.known[device_id]

    def reenrol(self, device_id: str) -> None:
        self._enrol(self.known[device_id], self.now() + timedelta(minutes=1))

    def checked_in(self, device_id: str, at: datetime) -> None:
        self.tell("Connect", device_id, {"Status": "Idle"}, at=at)

    def reaches(self, receipt: Receipt) -> frozenset[State]:
        told = {State.PENDING, State.VERIFIED, State.NOT_NOW, State.FAILED}
        if receipt.action is Action.WIPE:
            told |= {State.ACKNOWLEDGED}
            if receipt.device.platform is Platform.MACOS:
                told -= {State.FAILED}
        return frozenset(told)

    def settle(self, receipt: Receipt, state: State) -> None:
        id, command_id = receipt.device.vendor_id, receipt.command_id
        assert command_id is not None
        done = PLACE if receipt.action is Action.LOCATE else {}
        if state in {State.ACKNOWLEDGED, State.VERIFIED}:
            self.answered(id, command_id, "Acknowledged", done)
        if state is State.VERIFIED and receipt.action is Action.WIPE:
            self.reenrol(id)
        if state is State.NOT_NOW:
            self.answered(id, command_id, "NotNow")
        if state is State.FAILED:
            self.answered(id, command_id, "Error", {"ErrorChain": ERROR})
