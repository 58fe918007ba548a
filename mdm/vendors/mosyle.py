"""Mosyle Manager: Macs, iPads, iPhones, Apple TVs and Vision Pros of a school.

Every call is a POST with the access token in its body, and the token of a login in its header. A
command has no id: what became of it is read off the device's record, as far as that shows it. Each
bulk operation names one device. Lists are by system; Mosyle's articles count pages from 0, their
example and the scripts of districts from 1, so both are taken, and a list ends with an empty page.
Sources: Mosyle's articles on its API (version 2), and public scripts of districts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from hashlib import sha256

from mdm import errors, types as t
from mdm.answers import Answer
from mdm.connection import Connection
from mdm.connector import differences
from mdm.fields import Fields, clean, read_rows
from mdm.paging import follow
from mdm.tokens import LoginToken
from mdm.types import OutcomeState as State
from mdm.vendors import _mosyle_commands as commands, _mosyle_devices as records
from mdm.vendors._mosyle_info import INFO as INFO

_DAY = 86_400.0
_CURSOR = rf"({'|'.join(records.SYSTEMS)})\|(\d{{1,9}}\|[0-9a-f]{{0,16}})"


def connect(connection: Connection) -> Mosyle:
    return Mosyle(connection)


class Mosyle:
    """One organisation at Mosyle Manager."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._where = connection, connection.where
        settings = connection.settings
        door = connection.door("https://managerapi.mosyle.com/v2")
        login = {
            "accessToken": settings["access_token"],
            "email": settings["email"],
            "password": settings["password"],
        }
        self._auth = LoginToken(door, "/login", login, self._token_in, connection.timing, _DAY)
        self._client = connection.client(door, self._auth, rate=5, burst=10)
        self.capabilities = connection.info.capabilities

    def _token_in(self, answer: Answer) -> object:
        found = answer.headers.get("authorization")
        if not found and isinstance(answer.data, dict) and "UserID" not in answer.data:
            raise errors.WrongCredential(self._where, "the login was answered without a token")
        return found

    # --- reading --------------------------------------------------------------------------------

    def devices(self, since: datetime | None = None, resume: str | None = None) -> Iterator[t.Page]:
        """`since` spares nothing; `resume` is system, page and a mark of the page before."""
        system, cursor = records.SYSTEMS[0], None
        if resume is not None:
            found = re.fullmatch(_CURSOR, resume, re.ASCII)
            if found is None:
                raise errors.ResumeRefused(self._where, "not a cursor of this list")
            system, cursor = found[1], found[2]
        number = records.SYSTEMS.index(system)
        for system, following in zip(
            records.SYSTEMS[number:], (*records.SYSTEMS[number + 1 :], None), strict=True
        ):
            for _, rows, after in self._list(system, cursor):
                devices, problems = self._read(system, rows)
                then = f"{following}|0|" if following else None
                yield t.Page(devices, f"{system}|{after}" if after else then, problems)
            cursor = None

    def _list(
        self, system: str, start: str | None, serial: str | None = None
    ) -> Iterator[tuple[Answer, list[object], str | None]]:
        answers: list[Answer] = []

        def fetch(cursor: str | None) -> tuple[list[object], str | None]:
            number, _, before = (cursor or "0|").partition("|")
            page = int(number)
            answer, rows = self._page(system, page, serial)
            again = before != "" and _mark(rows) == before
            if (page == 0 and not rows) or (page == 1 and again):
                page += 1  # there is no page 0, or it is another name of page 1
                answer, rows = self._page(system, page, serial)
            mark = _mark(rows)
            if before and mark == before:
                raise errors.Looping(self._where, "every page of the list is the same")
            answers[:] = [answer]
            return rows, f"{page + 1}|{mark}" if rows else None

        for rows, following in follow(fetch, start, self._where):
            yield answers[0], rows, following

    def _page(self, system: str, page: int, serial: str | None) -> tuple[Answer, list[object]]:
        options: dict[str, object] = {"os": system, "page": page}
        if serial is not None:
            options["serial_numbers"] = [serial]
        answer = self._client.ask("/listdevices", self._body("options", options))
        payload = commands.payload_of(answer.data)
        word = payload.text("status") if payload is not None else None
        if word == commands.NOT_FOUND:
            return answer, []
        status = Fields(answer.data).text("status")
        if word in commands.REFUSALS or status == "ERROR":
            raise errors.Refused(self._where, self._said(answer, payload))
        rows = payload.rows("devices") if payload is not None and status == "OK" else None
        if rows is None:
            raise errors.Malformed(self._where, "no list of devices in the answer")
        return answer, rows

    def _read(
        self, system: str, rows: list[object]
    ) -> tuple[tuple[t.Device, ...], tuple[t.Problem, ...]]:
        return read_rows(rows, partial(records.device, system), id_name="deviceudid")

    def device(self, ref: t.DeviceRef) -> t.Device:
        return self._find(ref)[0]

    def _find(self, ref: t.DeviceRef) -> tuple[t.Device, Fields, Answer]:
        """The device, its row and the answer that held it; Mosyle only looks for serials."""
        system = records.system_of(ref.platform)
        serial = ref.serial if ref.serial and records.is_serial(ref.serial) else None
        for answer, rows, _ in self._list(system, None, serial):
            for row in rows:
                devices, _ = self._read(system, [row])
                if devices and devices[0].vendor_id == ref.vendor_id:
                    return devices[0], Fields(row), answer
        raise errors.Gone(self._where, "Mosyle does not know the device")

    # --- acting ---------------------------------------------------------------------------------

    def send(self, command: t.Command) -> t.Receipt:
        self._connection.permit(command)
        ref, at = command.device, self._connection.timing.now()
        if not records.is_udid(ref.vendor_id):
            raise errors.Invalid(self._where, "not the id of one device; nothing was sent")
        path, element = commands.element_of(command)
        answer = self._client.act("POST", path, json_body=self._body("elements", [element]))
        self._check(answer, ref, command.pin)
        return t.Receipt(INFO.name, ref, command.action, at, None, {"answer": commands.ACCEPTED})

    def _check(self, answer: Answer, ref: t.DeviceRef, pin: str | None) -> None:
        """Raises unless the answer says of this device that the command was sent."""
        payload = commands.payload_of(answer.data)
        told = payload if payload is not None else Fields(None)
        word, status = told.text("status"), Fields(answer.data).text("status")
        missing = [udid.lower() for udid in told.texts("devices_notfound")]
        if ref.vendor_id.lower() in missing or word == commands.NOT_FOUND:
            raise errors.Gone(self._where, "Mosyle does not know the device")
        if word in commands.REFUSALS or (payload is None and status == "ERROR"):
            raise errors.Refused(self._where, self._said(answer, payload, pin))
        if word != commands.ACCEPTED or status != "OK" or missing:
            raise self._client.lost("the answer does not say what became of the command")

    def outcome(self, receipt: t.Receipt) -> t.Outcome:
        try:
            found, row, answer = self._find(receipt.device)
        except errors.Gone:
            return t.Outcome(State.UNKNOWN, reason="Mosyle does not know it any more")
        meant = receipt.device
        if receipt.action is t.Action.WIPE:  # whose goal is another enrolment
            meant = replace(meant, enrolment=None)
        other = differences(meant, found.ref)
        if other:
            return t.Outcome(State.UNKNOWN, reason=f"no longer the same device: {other[0]}")
        now = self._connection.timing.now()
        since = receipt.sent_at + ((answer.date or now) - now)
        place = records.place_of(row) if receipt.action is t.Action.LOCATE else None
        return commands.outcome_of(receipt, found, place, since)

    def set_asset_tag(self, ref: t.DeviceRef, tag: str) -> None:
        self._connection.require_act()
        if ref.platform not in INFO.tags_on:
            raise errors.Unsupported(self._where, "such a device keeps no asset tag")
        if ref.serial is None or not records.is_serial(ref.serial):
            raise errors.Invalid(self._where, "Mosyle needs the serial number to write a tag")
        body = self._body("elements", [{"serialnumber": ref.serial, "asset_tag": tag}])
        answer = self._client.act("POST", "/devices", json_body=body)
        told = Fields(answer.data)
        if told.text("status") in commands.REFUSALS:
            raise errors.Refused(self._where, self._said(answer, commands.payload_of(answer.data)))
        changed = told.rows("devices")
        if told.text("status") != "OK" or changed is None:
            raise self._client.lost("the answer does not say whether the tag was written")
        if ref.serial not in changed:
            raise errors.Gone(self._where, "Mosyle does not know the serial number")

    def _body(self, name: str, value: object) -> dict[str, object]:
        return {"accessToken": self._connection.settings["access_token"], name: value}

    def _said(self, answer: Answer, payload: Fields | None, pin: str | None = None) -> str:
        """Mosyle's own words of a refusal, without secrets."""
        told = payload if payload is not None else Fields(answer.data)
        info = told.get("info") or told.get("error") or ""
        words = f"{told.text('status')}: {info if isinstance(info, str) else ''}"
        for secret in (*self._connection.secrets, *self._auth.hidden(), pin):
            words = words.replace(secret, "…") if secret else words
        return clean(words, 200).rstrip(": ")


def _mark(rows: list[object]) -> str:
    """What tells a page that comes again; "" for rows that are all alike, which do not tell."""
    ids = [Fields(row).get("deviceudid") for row in rows]
    if not ids or (len(ids) > 1 and ids[0] == ids[-1]):
        return ""
    return sha256(repr(ids).encode("utf-8", "replace")).hexdigest()[:16]
