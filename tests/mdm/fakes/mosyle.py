"""Mosyle Manager's API (version 2), as far as the connector uses it.

Written by hand from Mosyle's articles and public scripts of districts. It is strict where Mosyle
is, and stricter where Mosyle is dangerous: more than one device in an operation, or a group, is a
crash of the fake.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import jwt

from mdm.types import Action, OutcomeState as State, Receipt
from tests.mdm.fakes.base import FakeVendor, Token
from tests.mdm.fakes.http import Call, Reply, Route
from tests.mdm.fakes.mosyle_devices import device, stamp

SYSTEMS = ("ios", "mac", "tvos", "visionos")
DAY = 86_400
BULK = {
    "lock_device": (Action.LOCK, {"ios", "mac"}, {"pincode", "phonenumber", "lockmessage"}),
    "restart_devices": (Action.RESTART, {"ios", "mac", "tvos"}, set()),
    "wipe_devices": (Action.WIPE, {"ios", "mac", "tvos"}, {"options"}),
}
LOST = {
    "enable": (Action.LOST_MODE_ON, {"ios"}, {"message", "phone_number", "footnote"}),
    "disable": (Action.LOST_MODE_OFF, {"ios"}, set()),
    "request_location": (Action.LOCATE, {"ios"}, set()),
}
WAITING = {Action.LOST_MODE_ON: "PENDINGTOENABLE", Action.LOST_MODE_OFF: "PENDINGTODISABLE"}
REACHED = {Action.LOST_MODE_ON: "ENABLED", Action.LOST_MODE_OFF: "DISABLED"}


class FakeMosyle(FakeVendor):
    """An organisation with one access token and one administrator.

    counts       where pages start: 0; 1 and 0 is the same page; None: 1 and there is no page 0
    wrapped      the one object of a list's answer stands in a list
    needs_lost   locating and ending lost mode are refused where lost mode is not on
    half_told    a device that is not found is told inside COMMAND_SENT
    """

    vendor = "mosyle"
    spec = "mosyle/mosyle.mock.json"
    partial_action = "lock"
    access_token = "c8/a5d5+mosyle/access=="
    email = "homeroom@willowpark.example"
    password = 'pä"ss wörd/1'

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.counts: int | None = 0
        self.wrapped = self.needs_lost = self.half_told = False
        self.known: dict[str, dict[str, Any]] = {}
        self.orders: dict[str, tuple[Action, datetime]] = {}

    @staticmethod
    def mend(document: dict[str, Any]) -> None:
        """In the document only one token is ever given out."""
        headers = document["paths"]["/v2/login"]["post"]["responses"]["200"]["headers"]
        del headers["Authorization"]["schema"]["enum"]

    def routes(self) -> Sequence[tuple[str, str, Route]]:
        return [
            ("POST", "/v2/login", self.login),
            ("POST", "/v2/listdevices", self.listing),
            ("POST", "/v2/devices", self.change),
            ("POST", "/v2/bulkops", lambda call: self.operate(call, BULK)),
            ("POST", "/v2/lostmode", lambda call: self.operate(call, LOST)),
        ]

    def config(self) -> dict[str, str]:
        return {
            "access_token": self.access_token, "email": self.email, "password": self.password
        }  # fmt: skip

    def secrets(self) -> list[str]:
        plain = [self.access_token, self.password]
        forms = [form for one in plain for form in (quote(one, safe=""), json.dumps(one)[1:-1])]
        return [*plain, *forms, *self.tokens]

    def is_login(self, call: Call) -> bool:
        return call.path == "/v2/login"

    def is_acting(self, call: Call) -> bool:
        return call.path in {"/v2/devices", "/v2/bulkops", "/v2/lostmode"}

    def login(self, call: Call) -> Reply:
        good = {"accessToken": self.access_token, "email": self.email, "password": self.password}
        if self.revoked or call.json != good:
            return self.unauthorized()
        made = int(self.now().timestamp())
        claims = {"iat": made, "exp": made + DAY, "jti": str(next(self.numbers))}
        token = jwt.encode(claims, "k" * 32)
        self.tokens[token] = Token(made + DAY, uses=self.token_uses)
        told = {"UserID": "12", "email": self.email}
        return Reply(200, told, {"Authorization": f"Bearer {token}"})

    def _barred(self, call: Call) -> Reply | None:
        known = self.token_of(call) is not None and isinstance(call.json, dict)
        if not known or call.json.get("accessToken") != self.access_token:
            return self.unauthorized()
        return None

    # --- reading --------------------------------------------------------------------------------

    def listing(self, call: Call) -> Reply:
        barred = self._barred(call)
        if barred:
            return barred
        options = call.json["options"]
        assert set(options) <= {"os", "page", "serial_numbers"}, options
        if options.get("os") not in SYSTEMS or not isinstance(options.get("page"), int):
            return self._told({"status": "MISSING_DATA", "info": "Missing key: os"})
        self._obey()
        serials = options.get("serial_numbers")
        found = [
            record for record in self.known.values()
            if record["os"] == options["os"] and serials in (None, [record["serial_number"]])
        ]  # fmt: skip
        page = 0 if self.loops else options["page"]
        if self.counts != 0 and not self.loops:
            page = page - 1 if page else (0 if self.counts else 10**6)
        rows, _ = self.page(found, page * self.page_size, 100)
        if not rows:
            return self._told({"status": "DEVICES_NOTFOUND", "info": "No devices were found."})
        size = {"page_size": self.page_size, "page": page + 1}
        return self._told({"devices": rows, "rows": str(len(found)), **size})

    def _told(self, payload: dict[str, Any]) -> Reply:
        return Reply(200, {"status": "OK", "response": [payload] if self.wrapped else payload})

    # --- acting ---------------------------------------------------------------------------------

    def operate(
        self, call: Call, operations: dict[str, tuple[Action, set[str], set[str]]]
    ) -> Reply:
        barred = self._barred(call)
        if barred:
            return barred
        assert set(call.json) == {"accessToken", "elements"}, set(call.json)
        (element,) = call.json["elements"]
        (id,) = element["devices"]
        assert "groups" not in element
        assert isinstance(id, str)
        assert "," not in id
        action, systems, keys = operations[element["operation"]]
        record = self.known.get(id)
        if record is None:
            words = {"status": "ERROR", "info": "The device selected is not valid."}
            if self.half_told:
                words = {"status": "COMMAND_SENT", "info": "Command sent successfully."}
            return _answered({"devices_notfound": [id], **words})
        more = {key: value for key, value in element.items() if key not in _ALWAYS}
        wrong = self._complaint(record, action, systems, keys, more)
        if wrong:
            return _answered(wrong)
        self.effects.append((id, action))
        self.orders[id] = (action, self.now())
        record["lostmode_status"] = WAITING.get(action, record["lostmode_status"])
        return _answered({"status": "COMMAND_SENT", "info": "Command sent successfully."})

    def _complaint(
        self, record: dict[str, Any], action: Action, systems: set[str], keys: set[str],
        more: dict[str, Any],
    ) -> dict[str, str] | None:  # fmt: skip
        mac, supervised = record["os"] == "mac", record["is_supervised"] == "1"
        options = more.get("options", {})
        pin = more.get("pincode") if action is Action.LOCK else options.get("pin_code")
        if record["deviceudid"] in self.refused or record["os"] not in systems:
            return {"status": "ERROR", "info": "The operation cannot be sent to this device"}
        if set(more) - keys or set(options) - {"pin_code", "PreserveDataPlan"}:
            return {"status": "INVALID_DATA", "info": "Unknown key"}
        if mac and action in {Action.LOCK, Action.WIPE} and not _is_pin(pin):
            words = "The pincode key must be a six-character integer"
            return {"status": "INVALID_DATA", "info": words}
        if not mac and pin is not None:
            return {"status": "INVALID_DATA", "info": "Only a Mac has a PIN"}
        if not mac and not supervised and action not in {Action.LOCK, Action.WIPE}:
            return {"status": "ERROR", "info": "The device is not supervised"}
        if action is Action.LOST_MODE_ON and not more.get("message"):
            return {"status": "MISSING_DATA", "info": "Missing key: message"}
        lost = record["lostmode_status"] in {"ENABLED", "PENDINGTODISABLE"}
        if self.needs_lost and not lost and action in {Action.LOCATE, Action.LOST_MODE_OFF}:
            return {"status": "LOSTMODE_NOTENABLED", "info": "Lost mode is not on"}
        return None

    def change(self, call: Call) -> Reply:
        barred = self._barred(call)
        if barred:
            return barred
        (element,) = call.json["elements"]
        assert set(element) == {"serialnumber", "asset_tag"}, element
        found = [r for r in self.known.values() if r["serial_number"] == element["serialnumber"]]
        for record in found:
            record["asset_tag"] = element["asset_tag"]
        return Reply(200, {"status": "OK", "devices": [r["serial_number"] for r in found[:1]]})

    # --- devices --------------------------------------------------------------------------------

    def seed(self, count: int) -> None:
        for _ in range(count):
            record = device(self.random, next(self.numbers), self.now())
            self.known[record["deviceudid"]] = record

    def ids(self) -> list[str]:
        return [id for os in SYSTEMS for id, record in self.known.items() if record["os"] == os]

    def record(self, device_id: str) -> dict[str, Any]:
        return self.known[device_id]

    def forget(self, device_id: str) -> None:
        self.known.pop(device_id, None)

    def reenrol(self, device_id: str) -> None:
        """The device keeps its UDID, and is in lost mode no more."""
        later = stamp(self.now() + timedelta(minutes=1))
        self.known[device_id] |= {"date_enroll": later, "lostmode_status": ""}

    def checked_in(self, device_id: str, at: datetime) -> None:
        self.known[device_id]["date_last_beat"] = stamp(at)

    def reaches(self, receipt: Receipt) -> frozenset[State]:
        first = State.PENDING if receipt.action in WAITING else State.ACKNOWLEDGED
        return frozenset({first, State.VERIFIED})

    def settle(self, receipt: Receipt, state: State) -> None:
        if state is State.VERIFIED:
            self._carry_out(receipt.device.vendor_id, receipt.action)

    def _carry_out(self, device_id: str, action: Action) -> None:
        record = self.known[device_id]
        record["date_last_beat"] = stamp(self.now() + timedelta(seconds=2))
        record["lostmode_status"] = REACHED.get(action, record["lostmode_status"])
        if action is Action.LOCATE:
            record |= {"latitude": "44.98", "longitude": "-93.27"}
        elif action is Action.LOST_MODE_OFF:
            record.pop("latitude", None)
            record.pop("longitude", None)
        elif action is Action.WIPE:
            self.reenrol(device_id)

    def _obey(self) -> None:
        """For demos: what has waited `obey_after` seconds is carried out."""
        if self.obey_after is None:
            return
        early = self.now() - timedelta(seconds=self.obey_after)
        for id, (action, at) in list(self.orders.items()):
            if at <= early:
                del self.orders[id]
                if id in self.known:
                    self._carry_out(id, action)


_ALWAYS = {"operation", "devices"}


def _is_pin(pin: object) -> bool:
    return isinstance(pin, str) and len(pin) == 6 and pin.isdigit()


def _answered(told: dict[str, Any]) -> Reply:
    return Reply(200, {"status": "OK", "response": [told]})
