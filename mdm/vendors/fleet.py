"""Fleet (fleetdm): computers, tablets and phones through its REST API.

A command has no id. Whether it was carried out is read off the host: `device_status`, and the
`pending_action` it waits for. Fleet's "lock" is Lost Mode on iPhones and iPads, and is told as
that. Pages are asked for by their number, as Fleet advises: a host that leaves while the list is
read can hide another one until the next list. Its filter by time is not used: it loses hosts that
changed in the same second. Source: Fleet's REST API documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from mdm import errors, types as t
from mdm.answers import Answer, device_path
from mdm.connection import Connection
from mdm.connector import differences
from mdm.fields import Fields, read_rows
from mdm.paging import follow, rows_of
from mdm.tokens import bearer
from mdm.types import Action, OutcomeState as State
from mdm.vendors._fleet_devices import ADMINS, device
from mdm.vendors._fleet_info import INFO as INFO
from mdm.vendors._numbered_pages import Repeats

_PAGE = 100
_PAGE_WITH_SOFTWARE = 20
_CALLED = {
    Action.LOCK: "lock", Action.UNLOCK: "unlock", Action.LOST_MODE_ON: "lock",
    Action.LOST_MODE_OFF: "unlock", Action.WIPE: "wipe",
}  # fmt: skip
_GOALS = {"lock": "locked", "unlock": "unlocked", "wipe": "wiped"}
_ON_THE_WAY = {"lock": "locking", "unlock": "unlocking", "wipe": "wiping"}


def connect(connection: Connection) -> Fleet:
    return Fleet(connection)


class Fleet:
    """One Fleet server."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._where = connection, connection.where
        settings = connection.settings
        door = connection.door(settings["url"].rstrip("/") + "/api/v1/fleet")
        token = bearer(settings["token"], self._where)
        self._client = connection.client(door, token, rate=10, burst=20)
        self._software = settings["software"] == "yes"
        self.capabilities = connection.info.capabilities

    def devices(self, since: datetime | None = None, resume: str | None = None) -> Iterator[t.Page]:
        """`since` spares nothing; `resume` is the number of a page, of the size before it."""
        size, sized = (_PAGE_WITH_SOFTWARE, "s") if self._software else (_PAGE, "")
        if resume is not None and not re.fullmatch(rf"{sized}\d{{1,9}}", resume, re.ASCII):
            raise errors.ResumeRefused(self._where, "not a cursor of this list")
        repeats = Repeats(self._where, "id")

        def fetch(cursor: str | None) -> tuple[list[object], str | None]:
            page = int((cursor or "0").removeprefix(sized))
            answer = self._client.get("/hosts", {
                "page": page, "per_page": size, "order_key": "id", "order_direction": "asc",
                "additional_info_filters": ADMINS, "device_mapping": True,
                "populate_software": True if self._software else None,
            })  # fmt: skip
            rows = rows_of(answer, self._where, "hosts")
            repeats.check(rows)
            return rows, f"{sized}{page + 1}" if rows else None

        for rows, cursor in follow(fetch, resume, self._where):
            devices, problems = read_rows(rows, device, id_name="id")
            yield t.Page(devices, cursor, problems)

    def device(self, ref: t.DeviceRef) -> t.Device:
        answer = self._ask(ref)
        try:  # Fleet tells it in lists, and of one host apart
            told = Fields(self._client.get(self._at(ref, "device_mapping")).data)
        except errors.Gone:
            told = Fields(None)
        return self._read(answer, told.get("device_mapping"))

    def _ask(self, ref: t.DeviceRef) -> Answer:
        return self._client.get(self._at(ref), {"exclude_software": not self._software})

    def _read(self, answer: Answer, mapping: object = None) -> t.Device:
        told = Fields(answer.data).get("host")
        row = {**told, "device_mapping": mapping} if isinstance(told, dict) else told
        devices, problems = read_rows([row], device, id_name="id")
        if problems:
            raise errors.Malformed(self._where, f"the host cannot be read: {problems[0].reason}")
        return devices[0]

    def send(self, command: t.Command) -> t.Receipt:
        self._connection.permit(command)
        at = self._connection.timing.now()
        self._client.act("POST", self._at(command.device, _CALLED[command.action]))
        return t.Receipt(self._connection.info.name, command.device, command.action, at)

    def outcome(self, receipt: t.Receipt) -> t.Outcome:
        try:
            answer = self._ask(receipt.device)
        except errors.Gone:
            return t.Outcome(State.UNKNOWN, reason="Fleet does not know it any more")
        found = self._read(answer)
        other = differences(receipt.device, found.ref)
        if other:
            return t.Outcome(State.UNKNOWN, reason=f"no longer the same device: {other[0]}")
        called = _CALLED.get(receipt.action, "")
        status = found.extras.get("device_status", "")
        pending = found.extras.get("pending_action", "")
        reason = f"the host is {status or '?'}" + (f", to {pending}" if pending else "")
        if called in _GOALS and (pending == called or status == _ON_THE_WAY[called]):
            return t.Outcome(State.PENDING, reason=reason)
        # Every host is unlocked that was never locked: only one that spoke since has obeyed.
        done = status == _GOALS.get(called) and (called != "unlock" or self._heard(receipt, answer))
        return t.Outcome(State.VERIFIED if done else State.UNKNOWN, found.last_check_in, reason)

    def _heard(self, receipt: t.Receipt, answer: Answer) -> bool:
        """Whether the host was heard of since, by Fleet's clock; ours wrote the receipt."""
        seen, now = self._read(answer).last_check_in, self._connection.timing.now()
        return seen is not None and seen >= receipt.sent_at + ((answer.date or now) - now)

    def _at(self, ref: t.DeviceRef, *more: str) -> str:
        return device_path(self._where, "hosts", ref.vendor_id, *more)
