"""The Android Management API: fully managed devices and work profiles.

A command becomes an operation, which is followed by its name; one whose answer was lost is looked
for among the device's operations. Disabling is a state of the device and is read off it. A wipe is
always the command, never the deletion of the device: only the command waits for the device's word
and can be called off. Source: the discovery document of androidmanagement_v1, revision 20261104.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from mdm import errors, types as t
from mdm.answers import Answer, device_path
from mdm.connection import Connection
from mdm.connector import differences
from mdm.fields import Fields, read_rows
from mdm.paging import cursor_of, follow, rows_of
from mdm.tokens import OAuthToken
from mdm.types import Action, OutcomeState as State, Ownership
from mdm.vendors._android_devices import FIELDS, SOFTWARE, device
from mdm.vendors._android_info import INFO as INFO, VALID
from mdm.vendors._google_login import LOGIN, service_account, throttled

_API = "https://androidmanagement.googleapis.com/v1"
_SCOPE = "https://www.googleapis.com/auth/androidmanagement"
_PAGE = 100
_SLACK = timedelta(seconds=5)  # between two clocks at Google
_TYPES = {
    Action.LOCK: "LOCK", Action.LOST_MODE_ON: "START_LOST_MODE", Action.RESTART: "REBOOT",
    Action.LOST_MODE_OFF: "STOP_LOST_MODE", Action.CLEAR_PASSCODE: "RESET_PASSWORD",
    Action.WIPE: "WIPE",
}  # fmt: skip
_CHANGED = {Action.DISABLE: "DISABLED", Action.ENABLE: "ACTIVE"}
_ALREADY = {"SUCCESS", "ALREADY_IN_LOST_MODE", "NOT_IN_LOST_MODE"}
_UNTOLD = "_UNSPECIFIED"
_ENDED: dict[float | None, State] = {1: State.CANCELLED, 4: State.EXPIRED}  # google.rpc.Code
_UNCERTAIN = {1, 2, 4, 13, 14, 15}
_REASON = 200
"""The most letters of a reason that is shown before a work profile goes."""


def connect(connection: Connection) -> AndroidManagement:
    return AndroidManagement(connection)


class AndroidManagement:
    """One enterprise."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._where = connection, connection.where
        self._enterprise = connection.settings["enterprise"].removeprefix("enterprises/")
        if not re.fullmatch(r"[A-Za-z0-9_-]+", self._enterprise):
            raise errors.Invalid(self._where, "enterprise must be an id like LC01abcdef")
        login = OAuthToken(
            connection.door(LOGIN, login=True), "/token",
            service_account(connection, (_SCOPE,)), connection.timing,
        )  # fmt: skip
        self._fields = FIELDS + (SOFTWARE if connection.settings["software"] == "yes" else "")
        self._client = connection.client(
            connection.door(_API), login, rate=10, burst=20, throttled=throttled
        )
        self.capabilities = connection.info.capabilities

    def devices(self, since: datetime | None = None, resume: str | None = None) -> Iterator[t.Page]:
        """`since` spares nothing: the list is always whole."""
        if resume == "":
            raise errors.ResumeRefused(self._where, "not a cursor of this list")

        def fetch(cursor: str | None) -> tuple[list[object], str | None]:
            answer = self._client.get(self._at(), {
                "pageSize": _PAGE, "pageToken": cursor,
                "fields": f"nextPageToken,devices({self._fields})",
            })  # fmt: skip
            return rows_of(answer, self._where, "devices"), cursor_of(answer, "nextPageToken")

        for rows, cursor in follow(fetch, resume, self._where):
            devices, problems = read_rows(rows, device, id_name="name")
            yield t.Page(devices, cursor, problems)

    def device(self, ref: t.DeviceRef) -> t.Device:
        return self._read(self._client.get(self._at(ref.vendor_id), {"fields": self._fields}))

    def _read(self, answer: Answer) -> t.Device:
        devices, problems = read_rows([answer.data], device, id_name="name")
        if problems:
            raise errors.Malformed(self._where, f"the device cannot be read: {problems[0].reason}")
        return devices[0]

    def send(self, command: t.Command) -> t.Receipt:
        self._connection.permit(command)
        ref, at = command.device, self._connection.timing.now()
        if command.action in _CHANGED:
            operation = None
            self._change(command, _CHANGED[command.action])
        else:
            path = self._at(ref.vendor_id) + ":issueCommand"
            answer = self._client.act("POST", path, json_body=_body(command))
            operation = self._accepted(ref, Fields(answer.data))
        return t.Receipt(self._connection.info.name, ref, command.action, at, operation)

    def _change(self, command: t.Command, to: str) -> None:
        body: dict[str, object] = {"state": to}
        if command.action is Action.DISABLE and command.message:
            body["disabledReason"] = {"defaultMessage": command.message}
        answer = self._client.act(
            "PATCH", self._at(command.device.vendor_id), json_body=body,
            query={"updateMask": ",".join(body), "fields": "name,state"},
        )  # fmt: skip
        if Fields(answer.data).text("state") != to:
            raise self._client.lost("the answer does not tell the new state")

    def _accepted(self, ref: t.DeviceRef, told: Fields) -> str:
        """The id of an operation. One that is born with an error was refused."""
        code = told.number("error", "code")
        if code is not None and code not in _UNCERTAIN:
            words = told.text("error", "message") or f"code {code:g}"
            raise (errors.Gone if code == 5 else errors.Refused)(self._where, words)
        start = f"enterprises/{self._enterprise}/devices/{ref.vendor_id}/operations/"
        operation = (told.text("name", limit=1024) or "").removeprefix(start)
        if not operation or "/" in operation:
            raise self._client.lost("accepted without the name of its operation")
        return operation

    def outcome(self, receipt: t.Receipt) -> t.Outcome:
        try:
            if receipt.action in _CHANGED:
                return self._obeyed(receipt)
            told = self._operation(receipt)
        except errors.Gone:
            # So it is after a wipe, and after somebody deleted the device.
            return t.Outcome(State.UNKNOWN, reason="Google does not know it any more")
        if told is None:
            return t.Outcome(State.UNKNOWN, reason="no operation of the device can be told as this")
        return _outcome(told)

    def _operation(self, receipt: t.Receipt) -> Fields | None:
        if receipt.command_id is not None:
            path = self._at(receipt.device.vendor_id, "operations", receipt.command_id)
            return Fields(self._client.get(path).data)
        path, earliest = self._at(receipt.device.vendor_id, "operations"), receipt.sent_at - _SLACK

        def fetch(cursor: str | None) -> tuple[list[object], str | None]:
            nonlocal earliest
            answer = self._client.get(path, {"pageSize": _PAGE, "pageToken": cursor})
            if cursor is None:
                earliest += self._skew(answer)
            rows = rows_of(answer, self._where, "operations")
            return rows, cursor_of(answer, "nextPageToken")

        kind = _type_of(receipt.action, receipt.device)
        found = [
            row
            for rows, _ in follow(fetch, None, self._where)
            for row in map(Fields, rows)
            if kind is not None
            and row.text("metadata", "type") == kind
            and (made := row.moment("metadata", "createTime")) is not None
            and made >= earliest
        ]
        return found[0] if len(found) == 1 else None

    def _obeyed(self, receipt: t.Receipt) -> t.Outcome:
        answer = self._client.get(self._at(receipt.device.vendor_id), {"fields": FIELDS})
        found, to = self._read(answer), _CHANGED[receipt.action]
        other = differences(receipt.device, found.ref)
        if other:
            return t.Outcome(State.UNKNOWN, reason=f"no longer the same device: {other[0]}")
        if found.state != to:
            return t.Outcome(State.UNKNOWN, reason=f"its state is {found.state or '?'}")
        heard, applied = found.last_check_in, found.extras.get("applied_state")
        reported = heard is not None and heard >= receipt.sent_at + self._skew(answer)
        state = State.VERIFIED if applied == to and reported else State.ACKNOWLEDGED
        return t.Outcome(state, heard, f"the device says {applied or 'nothing'}")

    def _skew(self, answer: Answer) -> timedelta:
        """What Google's clock is ahead of ours, by which receipts are written."""
        now = self._connection.timing.now()
        return (answer.date or now) - now

    def cancel(self, receipt: t.Receipt) -> t.Outcome:
        self._connection.require_act()
        if receipt.command_id is None:
            raise errors.Unsupported(self._where, f"{receipt.action} cannot be called off")
        path = self._at(receipt.device.vendor_id, "operations", receipt.command_id) + ":cancel"
        self._client.act("POST", path, json_body={})
        return self.outcome(receipt)

    def _at(self, *more: str) -> str:
        return device_path(self._where, "enterprises", self._enterprise, "devices", *more)


def _type_of(action: Action, ref: t.DeviceRef) -> str | None:
    if action is Action.RETIRE:
        return "RELINQUISH_OWNERSHIP" if ref.ownership is Ownership.COMPANY else "WIPE"
    return _TYPES.get(action)


def _body(command: t.Command) -> dict[str, object]:
    kind = _type_of(command.action, command.device)
    body: dict[str, object] = {
        "type": kind,
        "duration": f"{VALID[command.action].total_seconds():.0f}s",
    }
    if kind == "START_LOST_MODE":
        shown = {"lostMessage": command.message, "lostPhoneNumber": command.phone}
        body["startLostModeParams"] = {
            name: {"defaultMessage": text} for name, text in shown.items() if text
        }
    if kind == "WIPE":
        body["wipeParams"] = _wipe(command)
    return body


def _wipe(command: t.Command) -> dict[str, object]:
    """A personal device keeps its memory card: that is not the school's to erase."""
    flags = [] if command.keep_data_plan else ["WIPE_ESIMS"]
    if command.device.ownership is Ownership.COMPANY:
        flags.append("WIPE_EXTERNAL_STORAGE")
    told: dict[str, object] = {"wipeDataFlags": flags}
    if command.message:
        told["wipeReason"] = {"defaultMessage": command.message[:_REASON]}
    return told


def _outcome(told: Fields) -> t.Outcome:
    """What an operation tells: first its command's own status, then its code, then its error."""
    if told.flag("done") is not True:
        return t.Outcome(State.PENDING, reason="the device has not answered")
    code, words = told.number("error", "code"), told.text("error", "message") or ""
    if code in _ENDED:
        return t.Outcome(_ENDED[code], reason=words)
    command = told.inside("metadata")
    for name in ("startLostModeStatus", "stopLostModeStatus"):
        status = command.text(name, "status") or _UNTOLD
        if not status.endswith(_UNTOLD):
            return t.Outcome(State.VERIFIED if status in _ALREADY else State.FAILED, reason=status)
    wrong = command.text("errorCode") or _UNTOLD
    if not wrong.endswith(_UNTOLD):
        return t.Outcome(State.FAILED, reason=f"{wrong}: {words}".rstrip(": "))
    if told.get("error") is not None:
        return t.Outcome(State.FAILED, reason=words or "no reason given")
    if not isinstance(told.get("response"), dict):
        return t.Outcome(State.UNKNOWN, reason="ended, and neither a response nor an error is told")
    return t.Outcome(State.VERIFIED)
