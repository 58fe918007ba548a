"""Google Workspace: ChromeOS and mobile devices through the Directory API (directory_v1).

ChromeOS commands have an id and are followed by it; disabling and mobile actions have none and are
read off the device. "Executed" is no success without its result. Enrolling a Chromebook needs the
district's licence, so it counts as company-owned. Sources: the discovery document of directory_v1,
revision 20261104, and for mobile wipes Google's help page 173390.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mdm import errors, types as t
from mdm.answers import Answer, device_path
from mdm.connection import Access, Connection
from mdm.connector import differences
from mdm.fields import Fields, read_rows
from mdm.paging import cursor_of, follow, rows_of
from mdm.tokens import OAuthToken
from mdm.types import Action, OutcomeState as State, Platform
from mdm.vendors._google_devices import FIELDS, ID, PAGE, READ, SOFTWARE, kind_of
from mdm.vendors._google_info import INFO as INFO
from mdm.vendors._google_login import LOGIN, service_account, throttled

_API = "https://admin.googleapis.com/admin/directory/v1"
_ISSUED = {
    Action.RESTART: "REBOOT", Action.CLEAR_USERS: "WIPE_USERS", Action.WIPE: "REMOTE_POWERWASH"
}  # fmt: skip
_CHANGED = {
    Action.DISABLE: ("DISABLE", "DISABLED"), Action.ENABLE: ("REENABLE", "ACTIVE"),
    Action.RETIRE: ("DEPROVISION", "DEPROVISIONED"),
}  # fmt: skip
_WHY = {"DEPROVISION": {"deprovisionReason": "DEPROVISION_REASON_RETIRING_DEVICE"}}
_MOBILE = {
    Action.WIPE: ("admin_remote_wipe", "wip"), Action.RETIRE: ("admin_account_wipe", "account_wip")
}  # fmt: skip
_STATES = {
    "PENDING": State.PENDING, "SENT_TO_CLIENT": State.PENDING, "EXPIRED": State.EXPIRED,
    "CANCELLED": State.CANCELLED, "ACKED_BY_CLIENT": State.ACKNOWLEDGED,
    "EXECUTED_BY_CLIENT": State.ACKNOWLEDGED,
}  # fmt: skip
_RESULTS = {"SUCCESS": State.VERIFIED, "FAILURE": State.FAILED, "IGNORED": State.FAILED}
_RPC: dict[float, type[errors.MdmError]] = {
    5: errors.Gone,
    7: errors.MissingRight,
}  # google.rpc.Code
_RPC_UNCERTAIN = {1, 2, 4, 13, 14, 15}


def connect(connection: Connection) -> GoogleWorkspace:
    return GoogleWorkspace(connection)


class GoogleWorkspace:
    """One customer of Google Workspace."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._where = connection, connection.where
        info, mobile = connection.info, connection.settings["mobile"] == "yes"
        scopes = info.to_act if connection.access is Access.ACT else info.to_read
        self._kinds = ("chromeos", "mobile") if mobile else ("chromeos",)
        software = f",{SOFTWARE}" if connection.settings["software"] == "yes" else ""
        self._fields = {**FIELDS, "mobile": FIELDS["mobile"] + software}
        login = OAuthToken(
            connection.door(LOGIN, login=True), "/token",
            service_account(
                connection, scopes if mobile else scopes[:1], connection.settings["admin"]
            ),
            connection.timing,
        )  # fmt: skip
        self._client = connection.client(
            connection.door(_API), login, rate=10, burst=20, throttled=throttled
        )
        self.capabilities = info.capabilities

    def devices(self, since: datetime | None = None, resume: str | None = None) -> Iterator[t.Page]:
        """`since` counts in days (the query knows no zone, so one more is asked for)."""
        day = f"{(since - timedelta(days=1)).date()}" if since else ""
        start = self._kinds[0]
        token: str | None = None
        if resume is not None:
            start, day, token = _resumed(resume, self._kinds, self._where)
        for kind in self._kinds[self._kinds.index(start) :]:
            yield from self._list(kind, day, token)
            token = None

    def _list(self, kind: str, day: str, start: str | None) -> Iterator[t.Page]:
        name, read = f"{kind}devices", READ[kind]

        def fetch(cursor: str | None) -> tuple[list[object], str | None]:
            answer = self._client.get(self._at(kind), {
                "maxResults": PAGE[kind], "projection": "FULL", "pageToken": cursor,
                "query": f"sync:{day}.." if day else None,
                "fields": f"nextPageToken,{name}({self._fields[kind]})",
            })  # fmt: skip
            return rows_of(answer, self._where, name), cursor_of(answer, "nextPageToken")

        following = self._kinds[self._kinds.index(kind) + 1 :]
        for rows, cursor in follow(fetch, start, self._where):
            devices, problems = read_rows(rows, read, id_name=ID[kind])
            resume = f"{kind}|{day}|{cursor}" if cursor else None
            if resume is None and following:
                resume = f"{following[0]}|{day}|"
            yield t.Page(devices, resume, problems)

    def device(self, ref: t.DeviceRef) -> t.Device:
        return self._read(ref)[0]

    def _read(self, ref: t.DeviceRef) -> tuple[t.Device, Answer]:
        kind = kind_of(ref)
        path = self._at(kind, ref.vendor_id)
        answer = self._client.get(path, {"projection": "FULL", "fields": self._fields[kind]})
        devices, problems = read_rows([answer.data], READ[kind], id_name=ID[kind])
        if problems:
            raise errors.Malformed(self._where, f"the device cannot be read: {problems[0].reason}")
        return devices[0], answer

    def send(self, command: t.Command) -> t.Receipt:
        self._connection.permit(command)
        ref, action, at = command.device, command.action, self._connection.timing.now()
        command_id: str | None = None
        if kind_of(ref) == "mobile":
            self._act(self._at("mobile", ref.vendor_id) + "/action", action=_MOBILE[action][0])
        elif action in _CHANGED:
            self._change(ref.vendor_id, _CHANGED[action][0])
        else:
            path = self._at("chromeos", ref.vendor_id) + ":issueCommand"
            command_id = Fields(self._act(path, commandType=_ISSUED[action]).data).text("commandId")
            if command_id is None:
                raise self._client.lost("accepted without a command id")
        return t.Receipt(self._connection.info.name, ref, action, at, command_id)

    def _change(self, device_id: str, to: str) -> None:
        action = f"CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_{to}"
        answer = self._act(
            self._at("chromeos") + ":batchChangeStatus",
            deviceIds=[device_id], changeChromeOsDeviceStatusAction=action, **_WHY.get(to, {}),
        )  # fmt: skip
        told = Fields(answer.data).rows("changeChromeOsDeviceStatusResults") or []
        mine = [row for row in map(Fields, told) if row.get("deviceId") == device_id]
        refused = mine[0].inside("error") if mine else Fields(None)
        code, words = refused.number("code"), refused.text("message") or "no reason given"
        if not mine or code in _RPC_UNCERTAIN:
            raise self._client.lost(f"the result for the device is not told ({words})")
        if isinstance(mine[0].get("error"), dict):
            kind = errors.LicenceRequired if "licen" in words.lower() else errors.Refused
            raise _RPC.get(code or 0, kind)(self._where, words)

    def outcome(self, receipt: t.Receipt) -> t.Outcome:
        try:
            if kind_of(receipt.device) == "chromeos" and receipt.action in _ISSUED:
                return self._followed(receipt)
            found, answer = self._read(receipt.device)
        except errors.Gone:
            return t.Outcome(State.UNKNOWN, reason="Google does not know it any more")
        other = differences(receipt.device, found.ref)
        state = (found.state or "").lower().replace(" ", "_")
        if other:
            return t.Outcome(State.UNKNOWN, reason=f"no longer the same device: {other[0]}")
        book = kind_of(receipt.device) == "chromeos"
        if book and receipt.action in _CHANGED and found.state == _CHANGED[receipt.action][1]:
            # The record changes at once; the device obeys when it next synchronises.
            heard, now = found.last_check_in, self._connection.timing.now()
            since = receipt.sent_at + ((answer.date or now) - now)  # by Google's clock
            synced = heard is not None and heard >= since
            return t.Outcome(State.VERIFIED if synced else State.ACKNOWLEDGED, heard)
        if not book and receipt.action in _MOBILE:
            word = _MOBILE[receipt.action][1]
            if state in {f"{word}ing", f"{word}ed"}:
                return t.Outcome(State.PENDING if state.endswith("ing") else State.VERIFIED)
        return t.Outcome(State.UNKNOWN, reason=f"Google says that the device is {state or '?'}")

    def _followed(self, receipt: t.Receipt) -> t.Outcome:
        if receipt.command_id is None:
            return t.Outcome(State.UNKNOWN, reason="Google does not list commands without their id")
        path = self._at("chromeos", receipt.device.vendor_id, "commands", receipt.command_id)
        told = Fields(self._client.get(path).data)
        result = told.inside("commandResult")
        state = _STATES.get(told.text("state") or "", State.UNKNOWN)
        if told.text("state") == "EXECUTED_BY_CLIENT":
            state = _RESULTS.get(result.text("result") or "", state)
        reason = result.text("errorMessage") or result.text("result") or told.text("state") or ""
        return t.Outcome(state, result.moment("executeTime"), reason)

    def cancel(self, receipt: t.Receipt) -> t.Outcome:
        self._connection.require_act()
        if receipt.action is not Action.WIPE or kind_of(receipt.device) != "mobile":
            raise errors.Unsupported(self._where, f"{receipt.action} cannot be called off")
        path = self._at("mobile", receipt.device.vendor_id) + "/action"
        self._act(path, action="cancel_remote_wipe_then_activate")
        return self.outcome(receipt)

    def set_asset_tag(self, ref: t.DeviceRef, tag: str) -> None:
        self._connection.require_act()
        if ref.platform is not Platform.CHROMEOS:
            raise errors.Unsupported(self._where, "only Chromebooks keep an asset tag")
        path = self._at("chromeos", ref.vendor_id)
        self._client.act("PATCH", path, json_body={"annotatedAssetId": tag})

    def _act(self, path: str, **body: object) -> Answer:
        return self._client.act("POST", path, json_body=body)

    def _at(self, kind: str, *more: str) -> str:
        customer = self._connection.settings["customer"]
        return device_path(self._where, "customer", customer, "devices", kind, *more)


def _resumed(
    resume: str, kinds: tuple[str, ...], where: errors.Where
) -> tuple[str, str, str | None]:
    kind, _, rest = resume.partition("|")
    day, bar, token = rest.partition("|")
    if kind not in kinds or not bar:
        raise errors.ResumeRefused(where, "not a cursor of this list")
    return kind, day, token or None
