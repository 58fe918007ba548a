"""Jamf School: iPads, Macs and Apple TVs through its REST API.

All devices come as one answer; pages are cut here, in the order of the UDIDs, so that a list can
be resumed. A command has no id and there is nothing to ask after it, so its end is read off the
device. "Not managed" is also what Jamf School says of a device that was silent for seven days:
it only counts where the device was managed before and has been heard of since. A refusal comes as
{code, message} or {error: {code, message}}, also inside a success, and 405 means that the key may
not do this. Sources: see `_jamf_school_info`; what was seen of failures inside a success is in
MacsInSpace's MDMKit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from mdm import errors, types as t
from mdm.answers import Answer, device_path
from mdm.connection import Connection
from mdm.connector import differences
from mdm.errors import Where
from mdm.fields import Fields, read_rows
from mdm.paging import rows_of
from mdm.refusals import said
from mdm.tokens import FixedHeader, basic
from mdm.types import Action, OutcomeState as State
from mdm.vendors import _jamf_school_devices as records
from mdm.vendors._jamf_school_info import INFO as INFO

_PAGE = 500
_SILENCE = timedelta(days=6)  # safely less than the seven days
_CALLED = {
    Action.RESTART: "restart", Action.SYNC: "refresh", Action.RETIRE: "unenroll",
    Action.WIPE: "wipe",
}  # fmt: skip


def connect(connection: Connection) -> JamfSchool:
    return JamfSchool(connection)


class _Login:
    """Network id and key; without the version, answers come in older shapes."""

    def __init__(self, pair: FixedHeader) -> None:
        self._pair = pair

    def headers(self) -> Mapping[str, str]:
        return {**self._pair.headers(), "X-Server-Protocol-Version": "3"}

    def renew(self) -> bool:
        return False

    def hidden(self) -> tuple[str, ...]:
        return self._pair.hidden()


class JamfSchool:
    """One Jamf School."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._where = connection, connection.where
        settings = connection.settings
        door = connection.door(settings["url"].rstrip("/").removesuffix("/api") + "/api")
        login = _Login(_pair(settings["network_id"], settings["api_key"], self._where))
        self._client = connection.client(door, login, rate=10, burst=20)
        self._apps = {"includeApps": "true"} if settings["software"] == "yes" else None
        self.capabilities = connection.info.capabilities

    def devices(self, since: datetime | None = None, resume: str | None = None) -> Iterator[t.Page]:
        """`since` spares nothing; `resume` is the UDID that the page before ended with."""
        after = ""
        if resume is not None:
            found = re.fullmatch(r"after\|(.{1,512})", resume)
            if found is None:
                raise errors.ResumeRefused(self._where, "not a cursor of this list")
            after = found[1]
        try:
            answer = self._get("/devices")
        except errors.Gone as none:
            told = "no list of devices there; is it the address of Jamf School?"
            raise errors.Unsupported(self._where, told) from none
        self._agreed(answer)
        if Fields(answer.data).get("devices") is None:  # no empty school: that has an empty list
            raise errors.Malformed(self._where, "no list of devices in the answer")
        rows = sorted(rows_of(answer, self._where, "devices"), key=_udid)
        rows = [row for row in rows if not after or _udid(row) > after]
        # Rows that share a UDID, or have none, stay on one page: the cursor tells by it.
        ends = [n for n in range(1, len(rows)) if _udid(rows[n]) != _udid(rows[n - 1])]
        start = 0
        while True:
            end = next((n for n in ends if n - start >= _PAGE), len(rows))
            devices, problems = read_rows(rows[start:end], records.device, id_name="UDID")
            more = end < len(rows)
            yield t.Page(devices, f"after|{_udid(rows[end - 1])}" if more else None, problems)
            if not more:
                return
            start = end

    def device(self, ref: t.DeviceRef) -> t.Device:
        return self._read(ref)[0]

    def _read(self, ref: t.DeviceRef) -> tuple[t.Device, Answer]:
        answer = self._get(device_path(self._where, "devices", ref.vendor_id))
        self._agreed(answer)
        row = Fields(answer.data).get("device")
        devices, problems = read_rows([row], records.device, id_name="UDID")
        if problems:
            raise errors.Malformed(self._where, f"the device cannot be read: {problems[0].reason}")
        if devices[0].vendor_id != ref.vendor_id:
            raise errors.Malformed(self._where, "the answer is about another device")
        if records.in_trash(Fields(row)):
            raise errors.Gone(self._where, "the device is in the trash of Jamf School")
        return devices[0], answer

    def send(self, command: t.Command) -> t.Receipt:
        """Looks at the device first: commands go to the hardware, whoever enrolled it."""
        self._connection.permit(command)
        ref, found = command.device, self.device(command.device)
        other = differences(ref, found.ref)
        if other:
            raise errors.Refused(self._where, f"not the same device: {other[0]}; nothing was sent")
        at = self._connection.timing.now()
        self._act(ref, _CALLED[command.action])
        details = {"managed": "yes" if found.managed else "no"}
        return t.Receipt(INFO.name, ref, command.action, at, None, details)

    def set_asset_tag(self, ref: t.DeviceRef, tag: str) -> None:
        self._connection.require_act()
        if ref.platform not in INFO.tags_on:
            raise errors.Unsupported(self._where, "such a device keeps no asset tag")
        self._act(ref, "details", {"assetTag": tag})

    def outcome(self, receipt: t.Receipt) -> t.Outcome:
        try:
            found, answer = self._read(receipt.device)
        except (errors.Gone, errors.Invalid):
            return t.Outcome(State.UNKNOWN, reason="Jamf School does not know it any more")
        other = differences(receipt.device, found.ref)
        if other:
            return t.Outcome(State.UNKNOWN, reason=f"no longer the same device: {other[0]}")
        # The receipt was written by our clock, the device's time by theirs.
        ours = self._connection.timing.now()
        now = answer.date or ours
        seen, was_managed = found.last_check_in, receipt.details.get("managed")
        if seen is None or seen < receipt.sent_at + (now - ours):
            state = State.ACKNOWLEDGED if was_managed else State.UNKNOWN
            return t.Outcome(state, reason="the device was not heard of since")
        left = was_managed == "yes" and found.managed is False and now - seen < _SILENCE
        if receipt.action is Action.SYNC:
            return t.Outcome(State.VERIFIED, seen, "the device was heard of since")
        if receipt.action in {Action.WIPE, Action.RETIRE} and left:
            return t.Outcome(State.VERIFIED, seen, "heard of since, and no longer managed")
        state = State.ACKNOWLEDGED if was_managed else State.UNKNOWN
        return t.Outcome(state, seen, "heard of since; whether it has obeyed is not told")

    def _get(self, path: str) -> Answer:
        try:
            return self._client.get(path, self._apps)
        except errors.Refused as refused:
            raise self._right(refused) from refused

    def _act(self, ref: t.DeviceRef, name: str, body: object = None) -> None:
        path = device_path(self._where, "devices", ref.vendor_id, name)
        try:
            answer = self._client.act("POST", path, json_body=body)
        except errors.Refused as refused:
            raise self._right(refused) from refused
        self._agreed(answer, acted=True)
        told = Fields(answer.data)
        if told.text("message") is None:
            raise self._client.lost("the answer does not say that it was accepted")
        about = told.text("device")
        if about is not None and about.lower() != ref.vendor_id.lower():
            raise self._client.lost("the answer is about another device")

    def _agreed(self, answer: Answer, *, acted: bool = False) -> None:
        """Raises what a refusal inside a success means. Old answers have 0 for a success."""
        told = Fields(answer.data)
        code = told.number("error", "code") or told.number("code") or 0
        words = f"HTTP {answer.status}, but {code:g}: {said(answer, self._connection.secrets)}"
        if told.get("error") is None and (code == 0 or 200 <= code < 300):
            return
        if code >= 500 or code < 400:  # no code of a refusal: nobody knows what was done
            raise self._client.lost(words) if acted else errors.Unavailable(self._where, words)
        kinds: dict[float, type[errors.MdmError]] = {
            401: errors.RevokedCredential, 403: errors.MissingRight, 404: errors.Gone,
            405: errors.MissingRight,
        }  # fmt: skip
        raise kinds.get(code, errors.Refused)(self._where, words)

    def _right(self, refused: errors.Refused) -> errors.MdmError:
        """ "Requested method (POST) not allowed using this API key" comes with 405."""
        if refused.reason.startswith("HTTP 405"):
            return errors.MissingRight(self._where, refused.reason)
        return refused


def _pair(network_id: str, api_key: str, where: Where) -> FixedHeader:
    if ":" in network_id:  # RFC 7617 §2: it would end the user's name
        raise errors.Invalid(where, "the network id cannot have a colon")
    return basic(network_id, api_key, where)


def _udid(row: object) -> str:
    found = Fields(row).get("UDID")
    return found if isinstance(found, str) else ""
