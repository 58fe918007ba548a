"""Jamf Pro: computers and mobile devices through the Jamf Pro API.

A command goes to the management id of the enrolment that it was meant for, and has a UUID to be
followed by. After a lost answer Jamf's list of commands tells whether it was queued. Cookies of
Jamf's cluster are kept by the door, so that one connector talks to one node. Sources: Jamf Pro's
own description of its API (11.30), Jamf's page on RSQL, Apple's schema of device management. The
coordinates of a lost device stand in no description; their names are those that scripts read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mdm import errors, types as t
from mdm.answers import Answer, Argument, device_path
from mdm.connection import Connection
from mdm.connector import differences
from mdm.fields import Fields, read_rows
from mdm.paging import follow, rows_of
from mdm.tokens import OAuthToken, client_credentials
from mdm.types import Action, OutcomeState as State
from mdm.vendors import _jamf_pro_commands as commands, _jamf_pro_devices as records
from mdm.vendors._jamf_pro_info import INFO as INFO
from mdm.vendors._numbered_pages import Repeats

_PAGE = 100
_COMMANDS = "/v2/mdm/commands"
_SLACK = timedelta(seconds=5)  # between two clocks at Jamf


def connect(connection: Connection) -> JamfPro:
    return JamfPro(connection)


class JamfPro:
    """One Jamf Pro server."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._where = connection, connection.where
        settings = connection.settings
        kinds = {"computers": ("computer",), "mobile": ("mobile",)}
        self._kinds = kinds.get(settings["lists"], ("computer", "mobile"))
        more = settings["software"] == "yes"
        self._sections = records.WITH_SOFTWARE if more else records.SECTIONS
        door = connection.door(settings["url"].rstrip("/") + "/api")
        form = client_credentials(settings["client_id"], settings["client_secret"])
        token = OAuthToken(door, "/v1/oauth/token", form, connection.timing)
        self._client = connection.client(door, token, rate=10, burst=20)
        self.capabilities = connection.info.capabilities

    def devices(self, since: datetime | None = None, resume: str | None = None) -> Iterator[t.Page]:
        """`resume` is kind, time, page and the rows before it."""
        start, cursor = self._kinds[0], None
        after = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if since else ""
        if resume is not None:
            found = re.fullmatch(r"(\w+)\|([\dTZ:-]*)\|(\d{1,9}\|\d{1,9})?", resume, re.ASCII)
            if found is None or found[1] not in self._kinds:
                raise errors.ResumeRefused(self._where, "not a cursor of this list")
            start, after, cursor = found[1], found[2], found[3]
        for kind in self._kinds[self._kinds.index(start) :]:
            yield from self._list(kind, after, cursor)
            cursor = None

    def _list(self, kind: str, after: str, start: str | None) -> Iterator[t.Page]:
        repeats = Repeats(self._where, records.ID[kind])
        heard = ",".join(f"{name}=ge={after}" for name in records.HEARD[kind]) if after else None

        def fetch(cursor: str | None) -> tuple[list[object], str | None]:
            page, seen = map(int, (cursor or "0|0").split("|"))
            query: dict[str, Argument] = {
                "section": self._sections[kind], "page": page, "page-size": _PAGE,
                "sort": f"{records.ID[kind]}:asc", "filter": heard,
                # One device that Jamf cannot read does not cost the page.
                "exception-handling": "LENIENT" if kind == "mobile" else None,
            }  # fmt: skip
            try:
                answer = self._client.get(records.LISTS[kind], query)
            except errors.Gone as none:
                told = "no such list at this address; Jamf Pro 11.30 or later is needed"
                raise errors.Unsupported(self._where, told) from none
            rows = rows_of(answer, self._where, "results")
            repeats.check(rows)
            seen, total = seen + len(rows), Fields(answer.data).number("totalCount")
            more = bool(rows) and (total is None or seen < total)
            return rows, f"{page + 1}|{seen}" if more else None

        following = self._kinds[self._kinds.index(kind) + 1 :]
        for rows, cursor in follow(fetch, start, self._where):
            devices, problems = read_rows(rows, records.READ[kind], id_name=records.ID[kind])
            resume = f"{kind}|{after}|{cursor}" if cursor else None
            if resume is None and following:
                resume = f"{following[0]}|{after}|"
            yield t.Page(devices, resume, problems)

    def device(self, ref: t.DeviceRef) -> t.Device:
        return self._read(ref)[0]

    def _read(self, ref: t.DeviceRef) -> tuple[t.Device, Fields]:
        kind, number = self._record(ref)
        if kind == "computer":
            path = device_path(self._where, "v4", "computers-inventory", number)
            rows = [self._client.get(path, {"section": self._sections[kind]}).data]
        else:  # the other way to one mobile device tells less, in another form
            query = {"section": self._sections[kind], "filter": f'mobileDeviceId=="{number}"'}
            rows = rows_of(self._client.get(records.LISTS[kind], query), self._where, "results")
        devices, problems = read_rows(rows, records.READ[kind], id_name=records.ID[kind])
        if problems:
            raise errors.Malformed(self._where, f"the device cannot be read: {problems[0].reason}")
        for device, row in zip(devices, rows, strict=True):
            if device.vendor_id == ref.vendor_id:
                return device, Fields(row)
        raise errors.Gone(self._where, "Jamf Pro does not know the device")

    def _record(self, ref: t.DeviceRef) -> tuple[str, str]:
        found = records.record_of(ref)
        if found is None:
            raise errors.Invalid(self._where, "not the id of a device of Jamf Pro")
        return found

    def send(self, command: t.Command) -> t.Receipt:
        self._connection.permit(command)
        ref, timing, details = command.device, self._connection.timing, dict[str, str]()
        at, started, command_id = timing.now(), timing.monotonic(), None
        if command.action is Action.SYNC:
            answer = self._pushed(ref)
            if answer.date is not None:
                took = timedelta(seconds=timing.monotonic() - started)
                details["not_before"] = (answer.date - took - _SLACK).isoformat()
        elif command.action is Action.RETIRE:
            command_id = self._retired(ref)
        else:
            command_id = self._queued(command)
        return t.Receipt(INFO.name, ref, command.action, at, command_id, details)

    def _queued(self, command: t.Command) -> str:
        ref, token = command.device, None
        target = [{"managementId": self._target(ref)}]
        if command.action is Action.CLEAR_PASSCODE:
            path = device_path(self._where, "v2", "mobile-devices", self._record(ref)[1], "detail")
            token = Fields(self._client.get(path).data).get("ios", "unlockToken")
            if not isinstance(token, str) or not token:
                raise errors.Refused(self._where, "Jamf Pro has no unlock token of the device")
        body = {"clientData": target, "commandData": commands.data_of(command, token)}
        rows = self._act(ref, _COMMANDS, body).data
        told = rows[0] if isinstance(rows, list) and len(rows) == 1 else None
        return self._id_of(Fields(told).get("id"))

    def _retired(self, ref: t.DeviceRef) -> str:
        """Only this goes to the record and not to the enrolment, so that is looked at first."""
        other = differences(ref, self.device(ref).ref)
        if other:
            raise errors.Refused(self._where, f"not the same device: {other[0]}; nothing was sent")
        kind, number = self._record(ref)
        way = ["v2", "mobile-devices", number, "unmanage"]
        if kind == "computer":
            way = ["v4", "computers-inventory", number, "remove-mdm-profile"]
        answer = self._act(ref, device_path(self._where, *way))
        return self._id_of(Fields(answer.data).get("commandUuid"))

    def _pushed(self, ref: t.DeviceRef) -> Answer:
        answer = self._act(ref, "/v2/mdm/blank-push", {"clientManagementIds": [self._target(ref)]})
        failed = Fields(answer.data).rows("errorUuids")
        if failed is None:
            raise self._client.lost("it does not say which devices were pushed")
        if failed:  # only one was asked for
            raise self._gone(ref) or errors.Refused(self._where, "the push was not sent")
        return answer

    def _act(self, ref: t.DeviceRef, path: str, body: object = None) -> Answer:
        try:
            return self._client.act("POST", path, json_body=body)
        except errors.Refused as refused:
            gone = self._gone(ref)  # what Jamf answers for a device that has left stands nowhere
            if gone is not None:
                raise gone from refused
            raise

    def _gone(self, ref: t.DeviceRef) -> errors.Gone | None:
        try:
            self._read(ref)
        except errors.Gone as gone:
            return gone
        except errors.MdmError:
            pass
        return None

    def _target(self, ref: t.DeviceRef) -> str:
        found = records.management_id(ref)
        if found is None:
            raise errors.Invalid(self._where, "the device has no management id; nothing was sent")
        return found

    def _id_of(self, value: object) -> str:
        found = commands.uuid_of(value)
        if found is None:
            raise self._client.lost("accepted without the id of the command")
        return found

    def outcome(self, receipt: t.Receipt) -> t.Outcome:
        try:
            if receipt.action is Action.SYNC:
                return commands.heard_from(self.device(receipt.device), receipt)
            told = self._followed(receipt)
            if told.text("commandState") is None:
                return self._unlisted(receipt)
            found = commands.outcome_of(told, receipt)
            if receipt.action is Action.LOCATE and found.state is State.VERIFIED:
                return replace(found, place=commands.place_of(self._read(receipt.device)[1]))
            return found
        except (errors.Gone, errors.Invalid):
            return t.Outcome(State.UNKNOWN, reason="Jamf Pro does not know it any more")

    def _followed(self, receipt: t.Receipt) -> Fields:
        """Jamf's record of the command; empty where it lists none."""
        uuid, target = commands.uuid_of(receipt.command_id), records.management_id(receipt.device)
        if uuid is not None:
            query = {"filter": f'uuid=="{uuid}"'}
            rows = rows_of(self._client.get(_COMMANDS, query), self._where, "results")
            mine = (row for row in map(Fields, rows) if row.text("uuid") == uuid)
            return next(mine, Fields(None))
        name = commands.NAMES.get(receipt.action)
        if target is None or name is None:
            return Fields(None)
        wanted = f'clientManagementId=="{target}";command=={name}'
        answer = self._client.get(_COMMANDS, {"filter": wanted, "sort": "dateSent:desc"})
        now = self._connection.timing.now()
        since = receipt.sent_at + ((answer.date or now) - now) - _SLACK
        rows = rows_of(answer, self._where, "results")
        return commands.queued_since(rows, receipt, target, since)

    def _unlisted(self, receipt: t.Receipt) -> t.Outcome:
        if receipt.action is Action.RETIRE and self.device(receipt.device).managed is False:
            return t.Outcome(State.VERIFIED, reason="no longer managed")
        return t.Outcome(State.UNKNOWN, reason="Jamf Pro lists no such command")

    def set_asset_tag(self, ref: t.DeviceRef, tag: str) -> None:
        self._connection.require_act()
        if ref.platform not in INFO.tags_on:
            raise errors.Unsupported(self._where, "such a device keeps no asset tag")
        kind, number = self._record(ref)
        way, body = ["v2", "mobile-devices"], dict[str, object](assetTag=tag)
        if kind == "computer":
            way, body = ["v4", "computers-inventory-detail"], {"general": body}
        self._client.act("PATCH", device_path(self._where, *way, number), json_body=body)
