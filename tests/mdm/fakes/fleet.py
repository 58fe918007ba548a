"""Fleet's REST API, as far as the connector uses it.

Written by hand from Fleet's documentation. It is strict where Fleet is: a host that already waits
for a command refuses the next one, and a role, the plan and the platform are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from mdm.types import Action, OutcomeState as State, Receipt
from tests.mdm.fakes.base import FakeVendor, Token
from tests.mdm.fakes.fleet_devices import host, text
from tests.mdm.fakes.http import Call, Reply, Route

BASE = "/api/v1/fleet/hosts"
MOBILE = {"ios", "ipados"}
GOALS = {"lock": "locked", "unlock": "unlocked", "wipe": "wiped"}


class FakeFleet(FakeVendor):
    """A server with one API-only user, whose role is `role`.

    premium  whether its licence is Fleet Premium
    newer    it answers commands with a body, as versions since Lost Mode and for Android do
    """

    vendor = "fleet"
    own_address = True
    spec = "fleet/fleet.mock.json"
    api_token = "Lg5fakeT/oken+ofFleet=="

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.role = "maintainer"
        self.premium = True
        self.newer = False
        self.known: dict[str, dict[str, Any]] = {}
        self.tokens[self.api_token] = Token(float("inf"))

    @staticmethod
    def mend(document: dict[str, Any]) -> None:
        """The document lacks "Get host's device mapping", which stands in Fleet's own."""
        paths, one = document["paths"], "/api/v1/fleet/hosts/{id}"
        told = paths[f"{one}/device_mapping"] = deepcopy({"get": paths[one]["get"]})
        content = told["get"]["responses"]["200"]["content"]["application/json"]
        rows = {"type": "array", "items": {"type": "object", "required": ["email", "source"]}}
        content["schema"] = {
            "type": "object", "required": ["device_mapping"],
            "properties": {"host_id": {"type": "integer"}, "device_mapping": rows},
        }  # fmt: skip
        content.pop("example", None)

    def routes(self) -> Sequence[tuple[str, str, Route]]:
        return [
            ("GET", BASE, self.listing),
            ("GET", rf"{BASE}/(?P<id>[^/]+)", self.get),
            ("GET", rf"{BASE}/(?P<id>[^/]+)/device_mapping", self.mapping),
            ("POST", rf"{BASE}/(?P<id>[^/]+)/(?P<name>lock|unlock|wipe)", self.act),
        ]

    def config(self) -> dict[str, str]:
        return {"url": self.reached_at, "token": self.api_token}

    def secrets(self) -> list[str]:
        return [self.api_token, quote(self.api_token, safe="")]

    def _barred(self, call: Call, *roles: str) -> Reply | None:
        if self.token_of(call) is None:
            return error(401, "Authentication required", "base", "Authentication required")
        if self.role not in roles:
            return error(403, "Permission Denied", "base", "forbidden")
        return None

    # --- reading --------------------------------------------------------------------------------

    def listing(self, call: Call) -> Reply:
        barred = self._barred(call, "observer", "maintainer", "admin")
        if barred:
            return barred
        assert call.query["order_key"] == "id", call.query
        size = min(int(call.query["per_page"]), self.page_size)
        page = 0 if self.loops else int(call.query["page"])
        rows, _ = self.page([*self.known.values()], page * size, size)
        return Reply(200, {"hosts": [_listed(row, call.query) for row in rows]})

    def mapping(self, call: Call, id: str) -> Reply:
        barred = self._barred(call, "observer", "maintainer", "admin")
        if barred or id not in self.known:
            return barred or _gone()
        return Reply(200, {"host_id": int(id), "device_mapping": self.known[id]["device_mapping"]})

    def get(self, call: Call, id: str) -> Reply:
        barred = self._barred(call, "observer", "maintainer", "admin")
        if barred or id not in self.known:
            return barred or _gone()
        assert set(call.query) == {"exclude_software"}, call.query
        self._obey(id)
        row, bare = self.out(self.known[id]), call.query["exclude_software"] == "true"
        return Reply(200, {"host": _without(row, "device_mapping", *(["software"] * bare))})

    # --- acting ---------------------------------------------------------------------------------

    def act(self, call: Call, id: str, name: str) -> Reply:
        barred = self._barred(call, "maintainer", "admin")
        if barred or id not in self.known:
            return barred or _gone()
        if not self.premium:
            return error(402, "Requires Fleet Premium license", "base", "missing license")
        record, mdm = self.known[id], self.known[id]["mdm"]
        why_not = self._why_not(record, name) if id not in self.refused else "scripts are disabled"
        if why_not:
            return error(422, "Validation Failed", "mdm", f"Can't {name} the host: {why_not}.")
        mobile = record["platform"] in MOBILE
        action = {
            "lock": Action.LOST_MODE_ON if mobile else Action.LOCK,
            "unlock": Action.LOST_MODE_OFF if mobile else Action.UNLOCK,
            "wipe": Action.WIPE,
        }[name]
        self.effects.append((id, action))
        mdm["pending_action"] = name
        record["updated_at"] = text(self.now())
        if not self.newer or record["platform"] == "darwin":
            return Reply(204)
        if record["platform"] == "android":
            told = {"command_uuid": "0b9f", "request_type": name.upper(), "platform": "android"}
            return Reply(200, told)
        return Reply(200, {"device_status": mdm["device_status"], "pending_action": name})

    def _why_not(self, record: dict[str, Any], name: str) -> str:
        mdm, platform = record["mdm"], record["platform"]
        personal = mdm["enrollment_status"] == "On (personal)"
        if name == "unlock" and platform in {"darwin", "android"}:
            return "it is unlocked with its PIN"
        if personal and (name == "wipe" or platform in MOBILE):
            return "it is personally owned"
        return ""

    # --- devices --------------------------------------------------------------------------------

    def seed(self, count: int) -> None:
        for _ in range(count):
            record = host(self.random, next(self.numbers), self.now())
            self.known[str(record["id"])] = record

    def ids(self) -> list[str]:
        return [*self.known]

    def record(self, device_id: str) -> dict[str, Any]:
        return self.known[device_id]

    def forget(self, device_id: str) -> None:
        self.known.pop(device_id, None)

    def reenrol(self, device_id: str) -> None:
        """The host keeps its id, and has no lock any more."""
        record = self.known[device_id]
        record["last_enrolled_at"] = text(self.now() + timedelta(minutes=1))
        record["mdm"] |= {"device_status": "unlocked", "pending_action": ""}

    def checked_in(self, device_id: str, at: datetime) -> None:
        self.known[device_id]["seen_time"] = text(at)

    def reaches(self, receipt: Receipt) -> frozenset[State]:
        return frozenset({State.PENDING, State.VERIFIED})

    def settle(self, receipt: Receipt, state: State) -> None:
        if state is State.VERIFIED:
            self._carry_out(self.known[receipt.device.vendor_id])

    def _carry_out(self, record: dict[str, Any]) -> None:
        pending = record["mdm"]["pending_action"]
        if pending:
            record["mdm"] |= {"device_status": GOALS[pending], "pending_action": ""}
            record["detail_updated_at"] = text(self.now() + timedelta(seconds=1))

    def _obey(self, device_id: str) -> None:
        """For demos: what has waited `obey_after` seconds is carried out."""
        record = self.known[device_id]
        if self.obey_after is not None:
            early = text(self.now() - timedelta(seconds=self.obey_after))
            if record["updated_at"] <= early:
                self._carry_out(record)


def error(status: int, message: str, name: str, reason: str) -> Reply:
    """An error body as Fleet has it."""
    told = [{"name": name, "reason": reason}]
    return Reply(status, {"message": message, "errors": told, "uuid": "6a1f"})


def _listed(row: Any, query: Mapping[str, str]) -> Any:
    """A row of the list: much comes only where it was asked for by name."""
    if not isinstance(row, dict):
        return row
    asked = {
        "additional": query.get("additional_info_filters") == "homeroom_admins",
        "device_mapping": query.get("device_mapping") == "true",
        "software": query.get("populate_software") == "true",
    }
    return _without(row, *(name for name, wanted in asked.items() if not wanted))


def _without(row: Any, *names: str) -> Any:
    return {k: v for k, v in row.items() if k not in names} if isinstance(row, dict) else row


def _gone() -> Reply:
    return error(404, "Resource Not Found", "base", "Host was not found in the datastore")
