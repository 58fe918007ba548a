"""Systems Manager in the Dashboard API v1, as far as the connector uses it.

Written by hand from Meraki's OpenAPI document. It is strict: fields that nobody knows, wrong page
sizes, PINs that are no numbers fail as they do there. A selector that may name more than one device
is a mistake of ours, and breaks the fake.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from mdm.types import Action, OutcomeState as State, Receipt
from tests.mdm.fakes.base import FakeVendor, Token
from tests.mdm.fakes.http import Call, Reply, Route
from tests.mdm.fakes.meraki_devices import USUAL, device

NETWORK = "N_24329156"
BASE = f"/api/v1/networks/{NETWORK}/sm/devices"
SETS = {"lock": Action.LOCK, "reboot": Action.RESTART, "checkin": Action.SYNC}


def add_reboot(document: dict[str, Any]) -> None:
    """The document at hand is older than the restart, which is described like the check-in."""
    paths = document["paths"]
    base = "/api/v1/networks/{networkId}/sm/devices"
    paths[f"{base}/reboot"] = {"post": {**paths[f"{base}/checkin"]["post"], "operationId": "boot"}}


class FakeMeraki(FakeVendor):
    """One Systems Manager network, and one administrator's key.

    writes     whether the administrator may write there
    link_host  the origin in the addresses of further pages; None: where the connector calls
    """

    vendor = "meraki"
    spec = "meraki/meraki.mock.json"
    mend = staticmethod(add_reboot)
    partial_action = "lock"
    api_key = "6bec40cf957/fake+d6bdfedb4c1e0de"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.writes = True
        self.link_host: str | None = None
        self.known: dict[str, dict[str, Any]] = {}
        self.waiting: list[tuple[str, Action, datetime]] = []
        self.pins: list[int] = []
        self.tokens[self.api_key] = Token(float("inf"))

    def routes(self) -> Sequence[tuple[str, str, Route]]:
        return [
            ("GET", BASE, self.listing),
            ("POST", rf"{BASE}/(?P<name>lock|reboot|checkin)", self.act),
            ("POST", rf"{BASE}/wipe", self.wipe),
            ("POST", rf"{BASE}/(?P<id>[^/]+)/unenroll", self.unenroll),
        ]

    def config(self) -> dict[str, str]:
        return {"network_id": NETWORK, "api_key": self.api_key}

    def secrets(self) -> list[str]:
        return [self.api_key, quote(self.api_key, safe="")]

    def _barred(self, call: Call, *, acting: bool = False) -> Reply | None:
        if self.token_of(call) is None:
            return error(401, "Invalid API key")
        if acting and not self.writes:
            return error(403, "You do not have write access to this network")
        return None

    def throttled(self) -> Reply:
        reply = error(429, "API rate limit exceeded for organization")
        reply.headers = self.wait_header()
        return reply

    # --- reading --------------------------------------------------------------------------------

    def listing(self, call: Call) -> Reply:
        barred = self._barred(call)
        if barred:
            return barred
        allowed = {"fields[]", "ids[]", "perPage", "startingAfter"}
        assert set(call.query) <= allowed, call.query
        fields = [value for name, value in call.arguments if name == "fields[]"]
        ids = [value for name, value in call.arguments if name == "ids[]"]
        assert len(ids) < 2, ids
        asked, after = call.query.get("perPage", "1000"), call.query.get("startingAfter", "at-0")
        start = re.fullmatch(r"at-(\d{1,6})", after)
        if start is None or not asked.isdigit() or not 3 <= int(asked) <= 1000:
            return error(400, "Invalid page")
        for one in ids:
            self._obey(one)
        found = [self.known[one] for one in self.ids() if not ids or one in ids]
        rows, following = self.page(found, int(start[1]), int(asked))
        told = [_shown(row, {*USUAL, *fields}) for row in rows]
        return Reply(200, told, self._links(asked, following))

    def _links(self, asked: str, following: int | None) -> dict[str, str]:
        origin = f"{self.link_host or self.reached_at}{BASE}?perPage={asked}&"
        links = [f"<{origin}startingAfter=at-0>; rel=first"]
        if following is not None:
            query = urlencode({"startingAfter": f"at-{following}"})
            links.append(f"<{origin}{query}>; rel=next")
        return {"Link": ", ".join(links)}

    # --- acting ---------------------------------------------------------------------------------

    def act(self, call: Call, name: str) -> Reply:
        barred = self._barred(call, acting=True)
        if barred:
            return barred
        body = call.json
        assert set(body) <= ({"ids", "pin"} if name == "lock" else {"ids"}), body
        assert len(body["ids"]) == 1, body
        id = body["ids"][0]
        if id in self.refused and name == self.partial_action:
            return Reply(200, {"ids": []})
        if id in self.refused:
            return error(400, "The command is not possible on this device")
        if id not in self.known:
            return Reply(200, {"ids": []})
        wrong = self._wrong_pin(id, body) if name == "lock" else None
        return wrong or self._done(id, SETS[name], {"ids": [id]})

    def wipe(self, call: Call) -> Reply:
        barred = self._barred(call, acting=True)
        if barred:
            return barred
        body = call.json
        assert set(body) <= {"id", "pin"}, body
        id = body["id"]
        if id not in self.known or id in self.refused:
            return error(400, f"No device to wipe with {body}")
        return self._wrong_pin(id, body) or self._done(id, Action.WIPE, {"id": id})

    def unenroll(self, call: Call, id: str) -> Reply:
        barred = self._barred(call, acting=True)
        if barred or id not in self.known:
            return barred or error(404, "Device not found")
        assert call.body == b"", call.body
        if id in self.refused:
            return Reply(200, {"success": False})
        return self._done(id, Action.RETIRE, {"success": True})

    def _wrong_pin(self, id: str, body: dict[str, Any]) -> Reply | None:
        mac, pin = str(self.known[id]["osName"]).lower().startswith("mac"), body.get("pin")
        assert (pin is not None) == mac, body
        if mac and not (isinstance(pin, int) and 100_000 <= pin <= 999_999):
            return error(400, "pin must be a six digit number")
        self.pins += [pin] if mac else []
        return None

    def _done(self, id: str, action: Action, told: dict[str, Any]) -> Reply:
        self.effects.append((id, action))
        self.waiting.append((id, action, self.now()))
        return Reply(200, told)

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
        """The record is kept; nothing in it is promised to change."""
        self.known[device_id] |= {"isManaged": True, "hasMdm": True}
        self.checked_in(device_id, self.now())

    def checked_in(self, device_id: str, at: datetime) -> None:
        self.known[device_id]["lastConnected"] = int(at.timestamp())

    def reaches(self, receipt: Receipt) -> frozenset[State]:
        return frozenset({State.ACKNOWLEDGED, State.VERIFIED})

    def settle(self, receipt: Receipt, state: State) -> None:
        if state is State.VERIFIED:
            self._carry_out(receipt.device.vendor_id, Action(receipt.action))

    def _carry_out(self, id: str, action: Action) -> None:
        self.checked_in(id, self.now() + timedelta(seconds=1))
        if action in {Action.RETIRE, Action.WIPE}:
            self.known[id] |= {"isManaged": False, "hasMdm": False}

    def _obey(self, id: str) -> None:
        """For demos: what has waited `obey_after` seconds is carried out."""
        for waiting in [one for one in self.waiting if one[0] == id and id in self.known]:
            _, action, since = waiting
            if self.obey_after is not None and self.now() >= since + timedelta(
                seconds=self.obey_after
            ):
                self.waiting.remove(waiting)
                self._carry_out(id, action)


def error(status: int, words: str) -> Reply:
    """An error body as the Dashboard API has it."""
    return Reply(status, {"errors": [words]})


def _shown(record: Any, names: set[str]) -> Any:
    if not isinstance(record, dict):
        return record
    return {name: value for name, value in record.items() if name in names}
