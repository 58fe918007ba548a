"""NanoMDM's webhook: who may tell, what was told, and what is remembered of it.

A call is JSON, signed in X-Hmac-Signature (base64 of HMAC-SHA256 over the body), and holds the
device's own message as a plist. Calls may come late, twice or never, as NanoMDM repeats none: so
the times in them decide what is newer, and a call that is told again changes nothing, however long
ago it was. MicroMDM's calls have the same form and no signature. Sources: NanoMDM's schema of the
webhook and its operations guide; MicroMDM's source (workflow/webhook); Apple's schema of the
check-in messages.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import plistlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.parsers.expat import ExpatError

from mdm.errors import Invalid, Where
from mdm.fields import Fields
from mdm.vendors._nanomdm_devices import QUERIES, SECURITY, facts_of

MAX_BODY = 8 * 1024 * 1024
AHEAD = timedelta(days=1)
"""How far a vendor's clock may be ahead: what it tells would stay the newest for as long."""
_PARTS = {
    "mdm.Authenticate": "checkin_event", "mdm.TokenUpdate": "checkin_event",
    "mdm.CheckOut": "checkin_event", "mdm.Connect": "acknowledge_event",
}  # fmt: skip
_ID = re.compile(r"[A-Za-z0-9-]{1,128}")
_UNREADABLE = (
    ExpatError, plistlib.InvalidFileException, ValueError, TypeError, AttributeError, LookupError,
    OverflowError, RecursionError,
)  # fmt: skip
_USERS = ("UserID", "EnrollmentUserID", "UserShortName")


@dataclass(frozen=True, slots=True)
class Told:
    """One call. `event` is the object that its topic promises, `payload` the device's message."""

    id: str
    at: datetime
    topic: str
    device_id: str
    personal: bool
    event: Fields
    payload: Fields

    @property
    def status(self) -> str:
        return self.payload.text("Status") or ""

    @property
    def command_id(self) -> str:
        return self.payload.text("CommandUUID") or ""

    @property
    def is_idle(self) -> bool:
        """The device only asks what there is to do: no need to remember that it did."""
        return self.topic == "mdm.Connect" and self.status == "Idle"


def is_device_id(text: str) -> bool:
    """Whether an id names one device: NanoMDM takes a comma for the end of an id."""
    return _ID.fullmatch(text) is not None


def read(
    headers: Mapping[str, str], body: bytes, key: str, where: Where, now: datetime
) -> Told | None:
    """A verified call; None where it tells nothing of a device.

    Raises `Invalid` where the signature is missing or wrong, and for what is no such call.
    """
    verify(headers, body, key, where)
    try:
        call = Fields(json.loads(body))
    except (ValueError, RecursionError):
        raise Invalid(where, "a webhook call that is not JSON") from None
    topic = call.text("topic") or ""
    if topic not in _PARTS:
        return None
    event, at = call.inside(_PARTS[topic]), call.moment("created_at")
    payload = _plist(event.get("raw_payload"))
    if at is None or payload is None:
        raise Invalid(where, f"a webhook call of {topic} without a time or a readable message")
    if at > now + AHEAD:
        raise Invalid(where, f"a webhook call of {topic} from the future: {at.isoformat()}")
    if any(payload.get(name) is not None for name in _USERS):
        return None
    udid, enrolment_id = payload.text("UDID"), payload.text("EnrollmentID")
    device_id = udid or enrolment_id or ""
    agrees = (event.text("udid"), event.text("enrollment_id")) == (udid, enrolment_id)
    if not agrees or not is_device_id(device_id):
        raise Invalid(where, f"a webhook call of {topic} that does not say which device told it")
    if _PARTS[topic] == "acknowledge_event" and not _same_answer(event, payload):
        raise Invalid(where, "a webhook call that contradicts the device's own message")
    # Before event_id there was none; the same bytes are the same event.
    event_id = call.text("event_id") or hashlib.sha256(body).hexdigest()
    return Told(event_id, at, topic, device_id, udid is None, event, payload)


def learned(known: Fields | None, told: Told) -> dict[str, object] | None:
    """The record of a device after a call; None where the call is older than its enrolment.

    facts     by Apple's names        times     when each of them was told
    heard     the latest call         enrolled  when it enrolled, where that was heard
    tokens    its last push token     changed   when it last enrolled or left
    left      whether it has left     unlock    its unlock token, a secret, in base64
    """
    past = known or Fields(None)
    changed, ends = past.moment("changed"), told.topic in {"mdm.Authenticate", "mdm.CheckOut"}
    if changed is not None and (told.at < changed or (ends and told.at == changed)):
        return None
    at, left = told.at.isoformat(), past.flag("left") is True
    heard = max(filter(None, (past.moment("heard"), told.at))).isoformat()
    record: dict[str, object] = {
        "facts": _dict(past.get("facts")), "times": _dict(past.get("times")),
        "enrolled": past.get("enrolled"),
        "changed": past.get("changed"), "tokens": past.get("tokens"), "left": left,
        "heard": heard, "personal": told.personal, "unlock": past.get("unlock"),
    }  # fmt: skip
    if told.topic == "mdm.CheckOut":
        return record | {"left": True, "changed": at}
    if told.topic == "mdm.Authenticate" or left or _is_first_token(past, told):
        # For the latter two its Authenticate was not heard: it has enrolled anew all the same.
        record |= {"facts": {}, "times": {}, "enrolled": at, "changed": at, "tokens": None}
        record |= {"left": False, "unlock": None}
    if told.topic == "mdm.TokenUpdate" and at >= str(record["tokens"] or ""):
        unlock, record["tokens"] = told.payload.get("UnlockToken"), at
        if isinstance(unlock, bytes):  # a later token update may leave it out
            record["unlock"] = base64.b64encode(unlock).decode()
    facts, times = dict(_dict(record["facts"])), dict(_dict(record["times"]))
    for name, value in _facts(told).items():
        if at >= str(times.get(name) or ""):
            facts[name], times[name] = value, at
    return record | {"facts": facts, "times": times}


def _is_first_token(past: Fields, told: Told) -> bool:
    """The first token of an enrolment, although we heard one of this enrolment before."""
    before = past.moment("tokens")
    first = told.topic == "mdm.TokenUpdate" and told.event.number("token_update_tally") == 1
    return first and before is not None and told.at > before


def _facts(told: Told) -> dict[str, object]:
    if told.topic == "mdm.Authenticate":
        return facts_of(told.payload, QUERIES)
    return facts_of(told.payload.inside("QueryResponses"), QUERIES) | facts_of(
        told.payload.inside("SecurityInfo"), SECURITY
    )


def verify(headers: Mapping[str, str], body: bytes, key: str, where: Where) -> None:
    """Raises `Invalid` where the signature is missing or wrong; nothing else of a call is read."""
    if len(body) > MAX_BODY:
        raise Invalid(where, "a webhook call that is too large")
    by_name = {name.lower(): value for name, value in headers.items()}
    try:
        sent = base64.b64decode(by_name.get("x-hmac-signature", ""), validate=True)
    except (ValueError, binascii.Error):
        sent = b""
    wanted = hmac.digest(key.encode(), body, "sha256")
    if not hmac.compare_digest(sent, wanted):
        raise Invalid(where, "a webhook call without the right signature; it was not believed")


def _same_answer(event: Fields, payload: Fields) -> bool:
    pairs = (("status", "Status"), ("command_uuid", "CommandUUID"))
    return all((event.text(ours) or "") == (payload.text(theirs) or "") for ours, theirs in pairs)


def _plist(encoded: object) -> Fields | None:
    """The dictionary of a plist in base64; entities and binary plists are not taken."""
    if not isinstance(encoded, str):
        return None
    try:
        raw = base64.b64decode(encoded, validate=True)
        found = plistlib.loads(raw, fmt=plistlib.FMT_XML)
    except _UNREADABLE:
        return None
    return Fields(found) if isinstance(found, dict) else None


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
