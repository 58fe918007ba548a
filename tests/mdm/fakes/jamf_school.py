"""Jamf School's REST API, as far as the connector uses it.

Written by hand from recorded answers and Jamf's own Go library. It is strict where Jamf School is:
the protocol version, the methods that a key may use, and what a body may hold are looked at. How
it refuses a command is not known: a wipe is refused inside a success, the others with 400.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from mdm.types import Action, OutcomeState as State, Receipt
from tests.mdm.fakes.base import FakeVendor
from tests.mdm.fakes.http import Call, Reply, Route
from tests.mdm.fakes.jamf_school_devices import alone, listed, text

BASE = "/api/devices"
ACTIONS = {
    "wipe": (Action.WIPE, "DeviceWipeScheduled"),
    "restart": (Action.RESTART, "DeviceRestartScheduled"),
    "refresh": (Action.SYNC, "CommandScheduled"),
    "unenroll": (Action.RETIRE, "DeviceUnenrolled"),
}
ENDS = {Action.WIPE, Action.RETIRE}
AWAY = timedelta(minutes=4)


class FakeJamfSchool(FakeVendor):
    """A school with one API key, which may use the methods in `allowed`.

    zone, shift  the time zone of its clock, as the answer about one device names it
    waiting      commands that devices have yet to carry out, and since when
    left         devices that were wiped or unenrolled, and when; they enrol anew after `AWAY`
    """

    vendor = "jamf_school"
    own_address = True
    spec = "jamf-school/jamf-school.mock.json"
    partial_action = Action.WIPE
    network_id = "10482058"
    api_key = "K7SCHOOLfake/KEY+OF0JAMF=="

    def __init__(self, **options: Any) -> None:
        self.known: dict[str, dict[str, Any]] = {}
        super().__init__(**options)
        self.allowed = {"GET", "POST"}
        self.zone, self.shift = "UTC", timedelta()
        self.waiting: list[tuple[str, Action, datetime]] = []
        self.left: dict[str, datetime] = {}

    @property
    def page_size(self) -> int:  # type: ignore[override]
        """The list has no pages: one answer holds everything, whatever a test asks for."""
        return len(self.known)

    @page_size.setter
    def page_size(self, _: int) -> None: ...

    def routes(self) -> Sequence[tuple[str, str, Route]]:
        return [
            ("GET", BASE, self.listing),
            ("GET", rf"{BASE}/(?P<udid>[^/]+)", self.get),
            ("POST", rf"{BASE}/(?P<udid>[^/]+)/details", self.details),
            ("POST", rf"{BASE}/(?P<udid>[^/]+)/(?P<name>wipe|restart|refresh|unenroll)", self.act),
        ]

    def config(self) -> dict[str, str]:
        return {"url": self.reached_at, "network_id": self.network_id, "api_key": self.api_key}

    def secrets(self) -> list[str]:
        return [self.api_key, self._pair()]

    def _pair(self) -> str:
        return base64.b64encode(f"{self.network_id}:{self.api_key}".encode()).decode()

    def unauthorized(self) -> Reply:
        return Reply(401, {"error": {"code": 401, "message": "Unauthorized"}})

    def _barred(self, call: Call) -> Reply | None:
        if self.revoked or call.headers.get("authorization") != f"Basic {self._pair()}":
            return self.unauthorized()
        if call.method not in self.allowed:
            told = f"Requested method ({call.method}) not allowed using this API key"
            return Reply(405, {"error": {"code": 405, "message": told}})
        if call.headers.get("x-server-protocol-version") != "3":
            return Reply(404, {"code": 404, "message": "NotFound"})
        assert call.query in ({}, {"includeApps": "true"}), call.query
        return None

    # --- reading --------------------------------------------------------------------------------

    def listing(self, call: Call) -> Reply:
        barred = self._barred(call)
        if barred:
            return barred
        found = [record for record in self.known.values() if not record.get("inTrash")]
        rows = [self.out(_asked(call, record)) for record in found]
        return Reply(200, {"code": 200, "count": len(rows), "devices": rows})

    def get(self, call: Call, udid: str) -> Reply:
        barred = self._barred(call)
        if barred or udid not in self.known:
            return barred or _gone()
        self._obey(udid)
        told = alone(self.known[udid], self.zone, self.shift)
        return Reply(200, {"code": 200, "device": self.out(_asked(call, told))})

    # --- acting ---------------------------------------------------------------------------------

    def act(self, call: Call, udid: str, name: str) -> Reply:
        barred = self._barred(call)
        if barred or udid not in self.known:
            return barred or _gone()
        assert call.json is None, call.json
        action, message = ACTIONS[name]
        if udid in self.refused:
            told = {"code": 400, "message": f"{name.title()}Failed", "reason": "not possible"}
            return Reply(200 if action == self.partial_action else 400, told)
        self.effects.append((udid, action))
        self.waiting.append((udid, action, self.now()))
        if name == "refresh":
            return Reply(200, {"code": 200, "message": message, "UUID": "6a1f-0b9f"})
        return Reply(200, {"message": message, "device": udid})

    def details(self, call: Call, udid: str) -> Reply:
        barred = self._barred(call)
        if barred or udid not in self.known:
            return barred or _gone()
        assert set(call.json) <= {"assetTag", "notes"}, call.json
        self.known[udid] |= call.json
        return Reply(200, {"code": 200, "message": "DeviceUpdated"})

    # --- devices --------------------------------------------------------------------------------

    def seed(self, count: int) -> None:
        for _ in range(count):
            record = listed(self.random, next(self.numbers), self.now())
            self.known[record["UDID"]] = record

    def ids(self) -> list[str]:
        """In the order of the connector; Jamf School promises none."""
        return sorted(self.known)

    def record(self, device_id: str) -> dict[str, Any]:
        return self.known[device_id]

    def forget(self, device_id: str) -> None:
        self.known.pop(device_id, None)

    def reenrol(self, device_id: str) -> None:
        """The device keeps its UDID; nothing tells that it was enrolled anew."""
        self.known[device_id] |= {"isManaged": True}
        self.checked_in(device_id, self.now())

    def checked_in(self, device_id: str, at: datetime) -> None:
        self.known[device_id]["lastCheckin"] = text(at)

    def reaches(self, receipt: Receipt) -> frozenset[State]:
        return frozenset({State.ACKNOWLEDGED, State.VERIFIED})

    def settle(self, receipt: Receipt, state: State) -> None:
        if state is State.VERIFIED:
            self._carry_out(receipt.device.vendor_id, Action(receipt.action))

    def _carry_out(self, udid: str, action: Action) -> None:
        self.checked_in(udid, self.now() + timedelta(seconds=1))
        if action in ENDS:
            self.known[udid]["isManaged"] = False
            self.left[udid] = self.now()

    def _obey(self, udid: str) -> None:
        """Who was away comes back; for demos, what has waited `obey_after` seconds is done."""
        if udid in self.left and self.now() >= self.left[udid] + AWAY:
            del self.left[udid]
            self.reenrol(udid)
        for waiting in [one for one in self.waiting if one[0] == udid]:
            _, action, since = waiting
            if self.obey_after is not None and self.now() >= since + timedelta(
                seconds=self.obey_after
            ):
                self.waiting.remove(waiting)
                self._carry_out(udid, action)


def _asked(call: Call, record: dict[str, Any]) -> dict[str, Any]:
    """With the apps only where they were asked for."""
    return {k: v for k, v in record.items() if k != "apps" or "includeApps" in call.query}


def _gone() -> Reply:
    return Reply(404, {"code": 404, "message": "DeviceNotFound"})
