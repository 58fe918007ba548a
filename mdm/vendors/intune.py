"""Microsoft Intune: managed devices through Microsoft Graph v1.0.

An action answers 204 and has no id. It is followed by the device's `deviceActionResults`: the entry
of its name that began with our request, by the clock of Microsoft's own answer. Sources: the
metadata of Graph v1.0, Microsoft's pages on managedDevice, on Intune's device actions and on Multi
Admin Approval. The names of wipe and retire in the results stand nowhere: both that are in use for
them elsewhere in Graph are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from mdm import errors, types as t
from mdm.answers import Answer, Argument, device_path
from mdm.connection import Connection
from mdm.connector import differences
from mdm.fields import Fields, read_rows
from mdm.paging import cursor_of, follow, rows_of
from mdm.tokens import OAuthToken, client_credentials
from mdm.types import Action, OutcomeState as State
from mdm.vendors._intune_devices import FIELDS, device
from mdm.vendors._intune_info import INFO as INFO

_LOGIN, _API = "https://login.microsoftonline.com", "https://graph.microsoft.com/v1.0"
_SCOPE = "https://graph.microsoft.com/.default"
_LIST = "/deviceManagement/managedDevices"
_PAGE = 1000
_SLACK = timedelta(seconds=5)  # between two clocks at Microsoft
_CALLED = {
    Action.LOCK: "remoteLock", Action.LOST_MODE_OFF: "disableLostMode",
    Action.LOCATE: "locateDevice", Action.RESTART: "rebootNow", Action.SYNC: "syncDevice",
    Action.CLEAR_PASSCODE: "resetPasscode", Action.RETIRE: "retire", Action.WIPE: "wipe",
}  # fmt: skip
_ALSO = {"factoryreset": "wipe", "removecompanydata": "retire"}
_STATES = {
    "none": State.PENDING, "pending": State.PENDING, "active": State.ACKNOWLEDGED,
    "done": State.VERIFIED, "failed": State.FAILED, "notSupported": State.FAILED,
    "canceled": State.CANCELLED,
}  # fmt: skip
_DEVICE_STATES = {
    (Action.WIPE, "wipePending"): State.PENDING, (Action.RETIRE, "retirePending"): State.PENDING,
    (Action.WIPE, "wipeIssued"): State.PENDING, (Action.RETIRE, "retireIssued"): State.PENDING,
}  # fmt: skip


def connect(connection: Connection) -> Intune:
    return Intune(connection)


class Intune:
    """One tenant of Intune."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._where = connection, connection.where
        settings = connection.settings
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", settings["tenant"]):
            raise errors.Invalid(self._where, "tenant must be an id or a domain")
        form = client_credentials(settings["client_id"], settings["client_secret"], scope=_SCOPE)
        token = OAuthToken(
            connection.door(_LOGIN, login=True), f"/{settings['tenant']}/oauth2/v2.0/token", form,
            connection.timing,
        )  # fmt: skip
        self._door = connection.door(_API)
        self._client = connection.client(self._door, token, rate=10, burst=20)
        self.capabilities = connection.info.capabilities

    def devices(self, since: datetime | None = None, resume: str | None = None) -> Iterator[t.Page]:
        """`resume` is the address of the next page as Graph gave it."""
        if resume is not None and not self._leads_on(resume):
            raise errors.ResumeRefused(self._where, "not a cursor of this list")
        heard = f"lastSyncDateTime gt {_before(since):%Y-%m-%dT%H:%M:%SZ}" if since else None
        query: dict[str, Argument] = {"$top": _PAGE, "$select": ",".join(FIELDS), "$filter": heard}

        def fetch(cursor: str | None) -> tuple[list[object], str | None]:
            answer = self._client.get(cursor) if cursor else self._client.get(_LIST, query)
            return rows_of(answer, self._where, "value"), cursor_of(answer, "@odata.nextLink")

        for rows, cursor in follow(fetch, resume, self._where):
            devices, problems = read_rows(rows, device, id_name="id")
            yield t.Page(devices, cursor, problems)

    def _leads_on(self, cursor: str) -> bool:
        try:
            path, _ = self._door.within(cursor)
        except errors.ProtocolError:
            return False
        return path.lower() == (self._door.base + _LIST).lower()

    def device(self, ref: t.DeviceRef) -> t.Device:
        return self._read(self._client.get(self._at(ref), {"$select": ",".join(FIELDS)}))

    def _read(self, answer: Answer) -> t.Device:
        devices, problems = read_rows([answer.data], device, id_name="id")
        if problems:
            raise errors.Malformed(self._where, f"the device cannot be read: {problems[0].reason}")
        return devices[0]

    def send(self, command: t.Command) -> t.Receipt:
        self._connection.permit(command)
        timing, path = self._connection.timing, self._at(command.device, _CALLED[command.action])
        at, started = timing.now(), timing.monotonic()
        body = _wipe(command) if command.action is Action.WIPE else None
        try:
            answer = self._client.act("POST", path, json_body=body)
        except errors.MissingRight as barred:
            if "approval" in barred.reason.lower():
                raise errors.Refused(
                    self._where, f"Multi Admin Approval guards this: {barred.reason}"
                ) from barred
            raise
        details: dict[str, str] = {}
        if answer.date is not None:
            took = timedelta(seconds=timing.monotonic() - started)
            details["not_before"] = (answer.date - took - _SLACK).isoformat()
        name = self._connection.info.name
        return t.Receipt(name, command.device, command.action, at, details=details)

    def outcome(self, receipt: t.Receipt) -> t.Outcome:
        asked = ",".join((*FIELDS, "deviceActionResults"))
        try:
            answer = self._client.get(self._at(receipt.device), {"$select": asked})
        except errors.Gone:
            return t.Outcome(State.UNKNOWN, reason="Intune does not know it any more")
        found, now = self._read(answer), self._connection.timing.now()
        other = differences(receipt.device, found.ref)
        if other:
            return t.Outcome(State.UNKNOWN, reason=f"no longer the same device: {other[0]}")
        mine = _result_of(receipt, Fields(answer.data), ahead=(answer.date or now) - now)
        if mine is None:
            state = _DEVICE_STATES.get((receipt.action, found.state or ""), State.UNKNOWN)
            return t.Outcome(state, reason="Intune does not list the action")
        word = mine.text("actionState") or ""
        state = _STATES.get(word, State.UNKNOWN)
        code, located = mine.text("errorCode"), receipt.action is Action.LOCATE
        return t.Outcome(
            state,
            mine.moment("lastUpdatedDateTime"),
            reason=f"{word}, error {code}" if code not in {None, "0"} else word,
            pin=_pin(receipt.action, mine),
            place=_place(mine.inside("deviceLocation")) if located else None,
        )

    def _at(self, ref: t.DeviceRef, *more: str) -> str:
        return device_path(self._where, "deviceManagement", "managedDevices", ref.vendor_id, *more)


def _before(since: datetime) -> datetime:
    """The filter knows "later than", in whole seconds."""
    return since.astimezone(UTC) - timedelta(seconds=1)


def _wipe(command: t.Command) -> dict[str, object]:
    body: dict[str, object] = {
        "keepEnrollmentData": False,
        "keepUserData": False,
        "persistEsimDataPlan": command.keep_data_plan,
    }
    if command.device.platform is t.Platform.MACOS:
        body["macOsUnlockCode"] = command.pin
    return body


def _result_of(receipt: t.Receipt, told: Fields, *, ahead: timedelta) -> Fields | None:
    """The latest result of this action that cannot be older than our request.

    `ahead`: by how much Microsoft's clock is before ours, by which receipts are written.
    """
    earliest = Fields(dict(receipt.details)).moment("not_before")
    if earliest is None:
        earliest = receipt.sent_at + ahead - _SLACK
    called = _CALLED.get(receipt.action, "-").lower()
    found: list[tuple[datetime, Fields]] = []
    for row in map(Fields, told.rows("deviceActionResults") or []):
        name, began = (row.text("actionName") or "").lower(), row.moment("startDateTime")
        if _ALSO.get(name, name) == called and began is not None:
            found.append((began, row))
    recent = [pair for pair in found if pair[0] >= earliest]
    return max(recent, key=lambda pair: pair[0])[1] if recent else None


def _pin(action: Action, result: Fields) -> str | None:
    """What unlocks the device: a Mac's PIN, an Android device's new passcode."""
    name = {Action.LOCK: "unlockPin", Action.CLEAR_PASSCODE: "passcode"}.get(action)
    return result.text(name) if name else None


def _place(told: Fields) -> t.Place | None:
    latitude, longitude = told.number("latitude"), told.number("longitude")
    if latitude is None or longitude is None or (latitude, longitude) == (0, 0):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    accuracy = told.number("horizontalAccuracy") or None  # 0 where it is not known
    return t.Place(latitude, longitude, accuracy, told.moment("lastCollectedDateTime"))
