"""Cisco Meraki Systems Manager, through the Dashboard API v1.

Most commands take a set of devices, which may even be "all" (`scope`). Here a command names exactly
one device by Meraki's id, and never a serial, an address or a scope. A command has no id, and what
the device did with it is told nowhere: an outcome is what the device's record shows, which is
little. The address of a next page may be on another host of Meraki's; only its cursor is taken,
and sent to the host that the connection names. Sources: Meraki's OpenAPI document and its SDK.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from mdm import errors, types as t
from mdm.answers import Answer, Argument, device_path
from mdm.capabilities import Need
from mdm.connection import Connection
from mdm.connector import differences
from mdm.fields import Fields, read_rows
from mdm.paging import follow
from mdm.tokens import bearer
from mdm.types import Action, OutcomeState as State
from mdm.vendors import _meraki_devices as records
from mdm.vendors._meraki_info import INFO as INFO

_PAGE = 1000
_HOST = r"(?:[a-z0-9-]+\.)*(?:meraki\.(?:com|ca|cn|in)|gov-meraki\.com)"
_ADDRESS = re.compile(rf"https://({_HOST})(?:/api/v1)?/?", re.ASCII)
_CURSOR = re.compile(r"next\|([!-~]{1,500})", re.ASCII)
_LINK = re.compile(r"<([^<>]{1,4000})>((?:\s*;[^,;<>]{0,200}){0,5})")
_NEXT = re.compile(r";\s*rel\s*=\s*\"?next\"?\s*(?:;|$)", re.IGNORECASE)
_SETS = {Action.LOCK: "lock", Action.RESTART: "reboot", Action.SYNC: "checkin"}
_ACCEPTED = {"answer": "accepted"}


def connect(connection: Connection) -> Meraki:
    return Meraki(connection)


class Meraki:
    """One Systems Manager network."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._where = connection, connection.where
        settings = connection.settings
        found = _ADDRESS.fullmatch(settings["url"].lower())
        if found is None:  # the key opens the whole network's dashboard: it goes nowhere else
            raise errors.Invalid(self._where, "url must be https:// and a host of Meraki's")
        if not re.fullmatch(r"[A-Z]_\d{1,30}", settings["network_id"], re.ASCII):
            raise errors.Invalid(self._where, "network_id must be like N_123 or L_123")
        self._door = connection.door(f"https://{found[1]}/api/v1")
        key = bearer(settings["api_key"], self._where)
        self._client = connection.client(self._door, key, rate=5, burst=20)
        self._list = self._at()
        self.capabilities = connection.info.capabilities

    # --- reading --------------------------------------------------------------------------------

    def devices(self, since: datetime | None = None, resume: str | None = None) -> Iterator[t.Page]:
        """`since` spares nothing; `resume` is the cursor out of the address of the next page."""
        if resume is not None and _CURSOR.fullmatch(resume) is None:
            raise errors.ResumeRefused(self._where, "not a cursor of this list")

        def fetch(cursor: str | None) -> tuple[list[object], str | None]:
            after = cursor.removeprefix("next|") if cursor is not None else None
            answer = self._ask({"perPage": _PAGE, "startingAfter": after})
            return self._rows(answer), self._following(answer)

        for rows, cursor in follow(fetch, resume, self._where):
            devices, problems = read_rows(rows, records.device, id_name="id")
            yield t.Page(devices, cursor, problems)

    def _ask(self, query: dict[str, Argument]) -> Answer:
        try:
            return self._client.get(self._list, {**query, "fields[]": records.FIELDS})
        except errors.Gone as gone:
            raise errors.Invalid(
                self._where, f"no such network, or the key does not see it: {gone.reason}"
            ) from gone
        except errors.Redirected as elsewhere:
            raise errors.Redirected(
                self._where, f"{elsewhere.reason}; a host of Meraki's can be set as the address"
            ) from elsewhere

    def _rows(self, answer: Answer) -> list[object]:
        if not isinstance(answer.data, list):
            raise errors.Malformed(self._where, "no list of devices in the answer")
        return answer.data

    def _following(self, answer: Answer) -> str | None:
        """The cursor in the address of the next page (RFC 8288), None on the last page."""
        links = _LINK.finditer(answer.headers.get("link", ""))
        address = next((link[1] for link in links if _NEXT.search(link[2])), None)
        if address is None:
            return None
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            raise errors.Malformed(self._where, "the next page's address is unreadable") from None
        if re.fullmatch(_HOST, host, re.ASCII):
            path, query = parts.path, tuple(parse_qsl(parts.query, keep_blank_values=True))
        else:
            path, query = self._door.within(address)
        cursor = f"next|{dict(query).get('startingAfter', '')}"
        if path != self._door.base + self._list or _CURSOR.fullmatch(cursor) is None:
            raise errors.Malformed(self._where, "the next page's address is not of this list")
        return cursor

    def device(self, ref: t.DeviceRef) -> t.Device:
        return self._find(ref)[0]

    def _find(self, ref: t.DeviceRef) -> tuple[t.Device, Answer]:
        device_path(self._where, ref.vendor_id)
        answer = self._ask({"ids[]": [ref.vendor_id]})
        rows = self._rows(answer)
        mine = [row for row in rows if Fields(row).text("id") == ref.vendor_id]
        devices, problems = read_rows(mine or rows, records.device, id_name="id")
        if problems:
            raise errors.Malformed(self._where, f"the device cannot be read: {problems[0].reason}")
        if not devices:
            raise errors.Gone(self._where, "Systems Manager does not know the device")
        if not mine:
            raise errors.Malformed(self._where, "the answer is about other devices")
        return devices[0], answer

    # --- acting ---------------------------------------------------------------------------------

    def send(self, command: t.Command) -> t.Receipt:
        """Looks at the device first: a command goes to whatever has the id now."""
        row, ref = self._connection.permit(command), command.device
        pin = command.pin if Need.PIN in row.needs else None
        if pin is not None and pin.startswith("0"):
            # Meraki takes the PIN as a number, and nobody knows what it makes of a shorter one.
            raise errors.Invalid(self._where, "a PIN cannot begin with 0 here; nothing was sent")
        found = self.device(ref)
        other = differences(ref, found.ref)
        if other:
            raise errors.Refused(self._where, f"not the same device: {other[0]}; nothing was sent")
        at = self._connection.timing.now()
        self._act(ref, command.action, pin)
        details = {**_ACCEPTED, "managed": "yes" if found.managed else "no"}
        return t.Receipt(INFO.name, ref, command.action, at, None, details)

    def _act(self, ref: t.DeviceRef, action: Action, pin: str | None) -> None:
        more = {"pin": int(pin)} if pin is not None else {}
        if action in _SETS:
            answer = self._post(self._at(_SETS[action]), {"ids": [ref.vendor_id], **more}, pin)
            told = Fields(answer.data).get("ids")
            if told == []:
                raise errors.Refused(self._where, "Meraki took it for no device")
            about = [str(one) for one in told] if isinstance(told, list) else None
            done = about == [ref.vendor_id]
        elif action is Action.WIPE:
            answer = self._post(self._at("wipe"), {"id": ref.vendor_id, **more}, pin)
            done = Fields(answer.data).text("id") == ref.vendor_id
        else:
            answer = self._post(self._at(ref.vendor_id, "unenroll"), None, None)
            told = Fields(answer.data).get("success")
            if told is False:
                raise errors.Refused(self._where, "Meraki says that it did not succeed")
            done = told is True
        if not done:
            raise self._client.lost("the answer does not say that this device was meant")

    def _post(self, path: str, body: object, pin: str | None) -> Answer:
        try:
            return self._client.act("POST", path, json_body=body)
        except (errors.Refused, errors.MissingRight) as refused:
            if pin is not None and pin in refused.reason:
                raise type(refused)(self._where, refused.reason.replace(pin, "…")) from None
            raise

    def outcome(self, receipt: t.Receipt) -> t.Outcome:
        try:
            found, answer = self._find(receipt.device)
        except errors.Gone:
            return t.Outcome(State.UNKNOWN, reason="Systems Manager does not know it any more")
        other = differences(receipt.device, found.ref)
        if other:
            return t.Outcome(State.UNKNOWN, reason=f"no longer the same device: {other[0]}")
        accepted = receipt.details.get("answer") == _ACCEPTED["answer"]
        state = State.ACKNOWLEDGED if accepted else State.UNKNOWN
        # The receipt was written by our clock, the device's time by theirs.
        now, seen = self._connection.timing.now(), found.last_check_in
        if receipt.action is Action.SYNC:
            if seen is not None and seen >= receipt.sent_at + ((answer.date or now) - now):
                return t.Outcome(State.VERIFIED, seen, "the device was heard of since")
            return t.Outcome(state, reason="the device was not heard of since")
        if receipt.action is Action.RETIRE:
            if receipt.details.get("managed") == "yes" and found.managed is False:
                return t.Outcome(State.VERIFIED, reason="no longer listed as managed")
            return t.Outcome(state, reason="whether it is no longer managed is not told yet")
        return t.Outcome(state, reason="Meraki does not tell what the device did with it")

    def _at(self, *more: str) -> str:
        network = self._connection.settings["network_id"]
        return device_path(self._where, "networks", network, "sm", "devices", *more)
