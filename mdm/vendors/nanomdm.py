"""NanoMDM: Apple devices by raw MDM commands, known by its webhook.

NanoMDM has no list, no state of a command and no way to call one off. What its webhook tells is
kept in the caller's `Memory`; there an answer counts only for a command that was sent to the very
device that gave it. Sources: NanoMDM's OpenAPI document, its operations guide and the schema of its
webhook; Apple's schema of the MDM protocol.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime

from mdm import errors, types as t
from mdm.answers import Answer, device_path
from mdm.client import Client
from mdm.connection import Access, Connection
from mdm.connector import differences
from mdm.fields import Fields
from mdm.memory import Memory
from mdm.tokens import basic
from mdm.types import Action, OutcomeState as State
from mdm.vendors import _nanomdm_events as events
from mdm.vendors._nanomdm_commands import answer_of, outcome_of, plist_of
from mdm.vendors._nanomdm_devices import device
from mdm.vendors._nanomdm_info import INFO as INFO

_DEVICE = "device|"
_NAMESPACE = uuid.UUID("2f4cbb6e-2a3b-4f0e-9f5e-6d0f8b7f5a10")
_NO_MEMORY = "NanoMDM has no list of devices, and nothing here remembers what its webhook told"
_PLIST = "text/plain"  # as NanoMDM's own document has it
_SURELY_NOT = ("decoding command", "invalid command")  # refused before anything was stored


def connect(connection: Connection) -> NanoMdm:
    return NanoMdm(connection)


class NanoMdm:
    """One server of NanoMDM."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._where = connection, connection.where
        self._memory = connection.wiring.memory
        settings = connection.settings
        door = connection.door(settings["url"])
        self._client: Client | None = None
        if settings["api_key"]:
            login = basic("nanomdm", settings["api_key"], self._where)
            self._client = connection.client(door, login, rate=10, burst=20)
        elif connection.access is Access.ACT:
            raise errors.Invalid(self._where, "without the setting api_key nothing can be sent")
        self.capabilities = connection.info.capabilities

    def devices(self, since: datetime | None = None, resume: str | None = None) -> Iterator[t.Page]:
        """What the webhook has told of, but for what has checked out; no request is made."""
        if resume is not None and not resume.startswith(_DEVICE):
            raise errors.ResumeRefused(self._where, "not a cursor of this list")
        if self._memory is None:
            yield t.Page((), problems=(t.Problem(None, _NO_MEMORY),))
            return
        more, after = True, resume
        while more:
            rows, more = self._memory.listed(_DEVICE, after)
            found = [device(key.removeprefix(_DEVICE), _loaded(text)) for key, text in rows]
            after = rows[-1][0] if rows else None
            more = more and after is not None
            yield t.Page(
                tuple(one for one in found if one.managed and _heard_since(one, since)),
                after if more else None,
            )

    def device(self, ref: t.DeviceRef) -> t.Device:
        """As it last told. Raises `Gone` too for one that was never heard of."""
        text = self._remembering().get(_DEVICE + ref.vendor_id)
        found = device(ref.vendor_id, _loaded(text))
        if text is None or not found.managed:
            raise errors.Gone(self._where, "it was never heard of" if text is None else "it left")
        return found

    def send(self, command: t.Command) -> t.Receipt:
        self._connection.permit(command)
        memory, ref, action = self._remembering(), command.device, command.action
        self.device(ref)
        if self._client is None or not events.is_device_id(ref.vendor_id):
            raise errors.Invalid(self._where, "not the id of one device; nothing was sent")
        unlock = _loaded(memory.get(_DEVICE + ref.vendor_id)).get("unlock")
        if action is Action.CLEAR_PASSCODE and not isinstance(unlock, str):
            raise errors.Refused(self._where, "its unlock token was never heard; nothing was sent")
        # The same command twice has the same id, which NanoMDM's databases refuse.
        name = f"{ref.vendor_id}|{action}|{command.key or uuid.uuid4()}"
        command_id, at = str(uuid.uuid5(_NAMESPACE, name)), self._connection.timing.now()
        sent = {"id": command_id, "device": ref.vendor_id, "action": action, "at": at.isoformat()}
        memory.put(f"sent|{command_id}", json.dumps(sent))
        memory.put(f"last|{ref.vendor_id}|{action}", json.dumps(sent))
        path = device_path(self._where, "v1", "enqueue", ref.vendor_id)
        body = plist_of(command, command_id, unlock)
        try:
            answer = self._client.act("PUT", path, raw=body, content_type=_PLIST, also=(500,))
        except errors.Gone as nowhere:  # no word about the device: NanoMDM serves no such path
            raise errors.Refused(self._where, "no API at this address: see -api") from nowhere
        details = self._accepted(self._client, answer, ref.vendor_id, command_id)
        return t.Receipt(self._connection.info.name, ref, action, at, command_id, details)

    def _accepted(
        self, client: Client, answer: Answer, device_id: str, command_id: str
    ) -> dict[str, str]:
        """Details of an accepted command: 500 too may be one, where only the push failed."""
        told = Fields(answer.data)
        mine = told.inside("status", device_id)
        wrong = told.text("command_error") or mine.text("command_error")
        if wrong and any(words in wrong for words in _SURELY_NOT):
            raise errors.Refused(self._where, wrong)
        if wrong and "foreign key" in wrong.lower():
            raise errors.Gone(self._where, f"NanoMDM does not know the device: {wrong}")
        queued = wrong is not None and "duplicate" in wrong.lower()
        if wrong and not queued:
            raise client.lost(f"queueing failed: {wrong}")
        if told.text("command_uuid") != command_id:
            raise client.lost("the answer does not speak of the command")
        push = told.text("push_error") or mine.text("push_error")
        if not queued and push is None and mine.text("push_result") is None:
            raise client.lost("the answer does not speak of the device")
        return {"not_woken": push} if push else {}

    def outcome(self, receipt: t.Receipt) -> t.Outcome:
        ref, action = receipt.device, receipt.action
        if self._memory is None:
            return t.Outcome(State.UNKNOWN, reason=_NO_MEMORY)
        sent = self._sent(self._memory, receipt)
        if sent is None:
            return t.Outcome(State.UNKNOWN, reason="no such command was sent to this device")
        record = _loaded(self._memory.get(_DEVICE + ref.vendor_id))
        answer = self._memory.get(f"result|{ref.vendor_id}|{sent.text('id')}")
        if answer is not None:
            return outcome_of(ref, action, _loaded(answer), record)
        found = device(ref.vendor_id, record)
        other = differences(ref, found.ref)
        if other or not found.managed:
            # NanoMDM empties the queue of a device that enrols anew.
            why = f"no longer the same device: {other[0]}" if other else "it has checked out"
            return t.Outcome(State.UNKNOWN, reason=why)
        if receipt.command_id is None:
            return t.Outcome(State.UNKNOWN, reason="the device has not answered; it may be queued")
        push = receipt.details.get("not_woken")
        return t.Outcome(State.PENDING, reason=f"it was not woken: {push}" if push else "")

    def _sent(self, memory: Memory, receipt: t.Receipt) -> Fields | None:
        """What was written down when the command was sent, if it was to this device."""
        device_id, action = receipt.device.vendor_id, receipt.action
        named = f"sent|{receipt.command_id}" if receipt.command_id else f"last|{device_id}|{action}"
        sent = _loaded(memory.get(named))
        at = sent.moment("at")
        if at is None or (receipt.command_id is None and at < receipt.sent_at):
            return None
        same = (sent.get("device"), sent.get("action")) == (device_id, action)
        return sent if same else None

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        events.verify(headers, body, self._connection.settings["webhook_key"], self._where)

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[t.Event, ...]:
        """Raises `Unsupported` where nothing remembers: a repetition could not be told."""
        memory, key = self._remembering(), self._connection.settings["webhook_key"]
        told = events.read(headers, body, key, self._where, self._connection.timing.now())
        if told is None or memory.get(f"event|{told.id}") is not None:
            return ()
        if not told.is_idle:
            memory.put(f"event|{told.id}", told.at.isoformat())
        meant = _loaded(memory.get(f"sent|{told.command_id}")).text("device")
        if meant is not None and meant != told.device_id:
            why = f"{told.device_id} answered the command {told.command_id} of another device"
            return (t.Event(told.id, told.at, told.device_id, refused=why),)
        known = memory.get(_DEVICE + told.device_id)
        record = events.learned(_loaded(known) if known is not None else None, told)
        if record is not None:
            memory.put(_DEVICE + told.device_id, json.dumps(record))
        outcome = self._answered(memory, told)
        now = _loaded(memory.get(_DEVICE + told.device_id))
        event = t.Event(
            told.id, told.at, told.device_id, device(told.device_id, now),
            told.command_id if outcome else None, outcome,
        )  # fmt: skip
        return (event,)

    def _answered(self, memory: Memory, told: events.Told) -> t.Outcome | None:
        """Keep the answer to a command of ours, unless a newer one is known."""
        sent = _loaded(memory.get(f"sent|{told.command_id}"))
        if told.topic != "mdm.Connect" or sent.get("device") != told.device_id:
            return None
        place = f"result|{told.device_id}|{told.command_id}"
        before = _loaded(memory.get(place)).moment("at")
        if before is not None and told.at < before:
            return None
        action = Action(sent.text("action") or "")
        answer = {"at": told.at.isoformat(), **answer_of(action, told.status, told.payload)}
        memory.put(place, json.dumps(answer))
        record = _loaded(memory.get(_DEVICE + told.device_id))
        ref = device(told.device_id, record).ref
        return outcome_of(ref, action, Fields(answer), record)

    def _remembering(self) -> Memory:
        if self._memory is None:
            raise errors.Unsupported(self._where, f"{_NO_MEMORY}; nothing was sent")
        return self._memory


def _loaded(text: str | None) -> Fields:
    """A value of the memory, which only this module writes."""
    return Fields(json.loads(text) if text else None)


def _heard_since(one: t.Device, since: datetime | None) -> bool:
    return since is None or one.last_check_in is None or one.last_check_in >= since
