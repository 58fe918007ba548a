"""Jamf Pro 11.30 as far as it is used: commands and their record, on top of the inventory.

Written by hand from Jamf's description of its API and Apple's schema of commands: a command needs
what its type needs, on the device that it is for, and the privilege for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from mdm.types import Action, OutcomeState as State, Receipt
from tests.mdm.fakes.http import Call, Reply, Route
from tests.mdm.fakes.jamf_pro_commands import CLIENTS, KINDS, complaint, new_command, privilege
from tests.mdm.fakes.jamf_pro_devices import new_uuid, precise, text
from tests.mdm.fakes.jamf_pro_inventory import MACS, NUMBER, JamfProInventory, error
from tests.mdm.fakes.rsql import matcher

COMMANDS = "/api/v2/mdm/commands"
VIEW = "View MDM command information in Jamf Pro API"
FILTERS = {"uuid", "clientManagementId", "command"}
STATES = {
    State.PENDING: "PENDING", State.VERIFIED: "ACKNOWLEDGED", State.FAILED: "ERROR",
    State.NOT_NOW: "NOT_NOW",
}  # fmt: skip


class FakeJamfPro(JamfProInventory):
    """A whole server. `commands`: by their UUID, with the device they are for under "of"."""

    vendor = "jamf_pro"
    spec = "jamf-pro/jamf-pro.mock.json"
    partial_action = "sync"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands: dict[str, dict[str, Any]] = {}

    @staticmethod
    def mend(document: dict[str, Any]) -> None:
        """In the document a mobile device is of all four kinds at once, so that none is valid."""
        schemas = document["components"]["schemas"]
        for kind, name in schemas["MobileDeviceResponse"]["discriminator"]["mapping"].items():
            schema = schemas[name.rpartition("/")[2]]
            schema["allOf"].append({"properties": {"deviceType": {"enum": [kind]}}})

    def routes(self) -> Sequence[tuple[str, str, Route]]:
        return [
            *self.inventory_routes(),
            ("GET", COMMANDS, self.list_commands),
            ("POST", COMMANDS, self.command),
            ("POST", "/api/v2/mdm/blank-push", self.push),
            ("POST", f"{MACS}/{NUMBER}/remove-mdm-profile", self.retire_computer),
            ("POST", f"/api/v2/mobile-devices/{NUMBER}/unmanage", self.retire_mobile),
        ]

    def list_commands(self, call: Call) -> Reply:
        barred = self.barred(call, VIEW)
        if barred or not call.query.get("filter"):
            return barred or error(400, "INVALID_FIELD", "a filter is needed")
        self._obey()
        wanted = matcher(call.query["filter"], FILTERS)
        names = {"uuid": "uuid", "command": "commandType"}
        found = [
            {key: value for key, value in record.items() if key != "of"}
            for record in self.commands.values()
            if wanted(
                lambda name, r=record: (
                    r["client"]["managementId"]
                    if name == "clientManagementId"
                    else r.get(names[name])
                )
            )
        ]
        return Reply(200, {"totalCount": len(found), "results": found[:100]})

    # --- acting ---------------------------------------------------------------------------------

    def command(self, call: Call) -> Reply:
        clients, data = call.json.get("clientData") or [], call.json.get("commandData") or {}
        id = self._managed(clients[0].get("managementId") if len(clients) == 1 else None)
        name = data.get("commandType")
        barred = self.barred(call, privilege(name, id or "mobile"))
        if barred:
            return barred
        wrong = None if id is None else complaint(data, id, self.records[id])
        if id is None or wrong or id in self.refused:
            return error(400, "INVALID_FIELD", wrong or "the client cannot be sent this")
        sent = self._queue(id, name, KINDS[name])
        return Reply(201, [{"id": sent, "href": f"{self.url}{COMMANDS}/{sent}"}])

    def push(self, call: Call) -> Reply:
        barred = self.barred(call, VIEW)
        if barred:
            return barred
        asked = call.json["clientManagementIds"]
        failed = [one for one in asked if (self._managed(one) or "") in {"", *self.refused}]
        for one in asked:
            if one not in failed:
                self.effects.append((self._managed(one) or "", Action.SYNC))
        return Reply(200, {"errorUuids": failed})

    def retire_computer(self, call: Call, number: str) -> Reply:
        barred = self.barred(call, "Send Computer Unmanage Command")
        return barred or self._retire(f"computer-{number}", number)

    def retire_mobile(self, call: Call, number: str) -> Reply:
        barred = self.barred(call, "Unmanage Mobile Devices")
        return barred or self._retire(f"mobile-{number}", number)

    def _retire(self, id: str, number: str) -> Reply:
        if id not in self.records:
            return error(404, "INVALID_ID", "no such device")
        if id in self.refused:
            return error(400, "UNMANAGED", "the device is not managed")
        sent = self._queue(id, "REMOVE_PROFILE", Action.RETIRE)
        del self.commands[sent]["commandType"]  # the document has no name for this kind
        return Reply(200, {"deviceId": number, "commandUuid": sent})

    def _queue(self, id: str, name: str, action: Action) -> str:
        self.effects.append((id, action))
        sent = new_uuid(self.random)
        record = self.records[id]
        client = CLIENTS.get(record.get("deviceType", "Mac"), "MOBILE_DEVICE")
        target = record["general"]["managementId"]
        self.commands[sent] = new_command(sent, name, client, target, precise(self.now()))
        self.commands[sent]["of"] = id
        return sent

    def _managed(self, target: Any) -> str | None:
        found = (i for i, r in self.records.items() if r["general"]["managementId"] == target)
        return next(found, None)

    # --- how devices obey -----------------------------------------------------------------------

    def forget(self, device_id: str) -> None:
        self.records.pop(device_id, None)
        kept = {id: one for id, one in self.commands.items() if one["of"] != device_id}
        self.commands = kept

    def reaches(self, receipt: Receipt) -> frozenset[State]:
        if receipt.action is Action.SYNC:
            return frozenset({State.PENDING, State.VERIFIED})
        return frozenset(STATES)

    def settle(self, receipt: Receipt, state: State) -> None:
        if receipt.action is not Action.SYNC:
            assert receipt.command_id is not None
            self._bring(self.commands[receipt.command_id], receipt.action, state)
        elif state is State.VERIFIED:
            self.checked_in(receipt.device.vendor_id, self.now())

    def _bring(self, command: dict[str, Any], action: Action, state: State) -> None:
        record, word = self.records[command["of"]], STATES[state]
        mac = command["client"]["clientType"] == "COMPUTER"
        if mac and action is Action.WIPE and state is State.FAILED:
            word = "COMMAND_FORMAT_ERROR"  # a Mac's plain error does not say that it failed
        command["commandState"] = word
        if state in {State.VERIFIED, State.FAILED}:
            command["dateCompleted"] = precise(self.now())
        if state is State.FAILED:
            command["commandError"] = {
                "errorCode": 12021, "errorDomain": "MCMDMErrorDomain",
                "errorLocalizedDescription": "No es válido", "errorEnglishDescription": "Not valid",
            }  # fmt: skip
        if state is not State.VERIFIED:
            return
        if action in {Action.LOST_MODE_ON, Action.LOST_MODE_OFF}:
            record["security"]["lostModeEnabled"] = action is Action.LOST_MODE_ON
        elif action is Action.LOCATE:
            record["security"]["lostModeLocation"] = {
                "lastLocationUpdate": text(self.now()), "lostModeLocationLatitude": 44.98,
                "lostModeLocationLongitude": -93.27,
                "lostModeLocationHorizontalAccuracyMeters": 65.0,
            }  # fmt: skip
        elif action is Action.RETIRE:
            place = record["general"]["remoteManagement"] if mac else record["general"]
            place["managed"] = False

    def _obey(self) -> None:
        """For demos: what has waited `obey_after` seconds is carried out."""
        if self.obey_after is None:
            return
        early = precise(self.now() - timedelta(seconds=self.obey_after))
        for command in self.commands.values():
            if command["commandState"] == "PENDING" and command["dateSent"] <= early:
                action = KINDS.get(command.get("commandType", ""), Action.RETIRE)
                self._bring(command, action, State.VERIFIED)
