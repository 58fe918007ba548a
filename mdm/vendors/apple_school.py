"""Apple School Manager: what the school owns of Apple, and how it was bought. It sends nothing.

The API knows the devices that enrol by themselves (Automated Device Enrollment), before any MDM
does, and what the order was; it has no lock and no wipe. Nothing in it tells whether a device is
managed or when it was last heard of. Pages are followed by the cursor in the link to the next one;
only the cursor is believed, never the link's host. Apple publishes no limit and shares it between
all of a school's clients, so pages are large and asked for slowly. Sources: the API's description
(version 1.3, unofficial, after Apple's pages), and for the token what several public clients agree
on: an assertion for .../oauth2/v2/token is sent to .../oauth2/token.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from mdm import errors, types as t
from mdm.answers import Answer, device_path
from mdm.connection import Connection
from mdm.fields import Fields, read_rows
from mdm.paging import cursor_of, follow, rows_of
from mdm.tokens import Form, OAuthToken, client_assertion, private_key
from mdm.types import OutcomeState as State
from mdm.vendors._apple_school_devices import device
from mdm.vendors._apple_school_info import INFO as INFO

_API = "https://api-school.apple.com/v1"
_LOGIN = "https://account.apple.com/auth/oauth2"
_AUDIENCE = "https://account.apple.com/auth/oauth2/v2/token"
_SCOPE = "school.api"
_PAGE = 1000
_SECONDS_A_CALL = 5.0
_BUSINESS = "BUSINESSAPI."


def connect(connection: Connection) -> AppleSchool:
    return AppleSchool(connection)


class AppleSchool:
    """One organisation in Apple School Manager, read only."""

    def __init__(self, connection: Connection) -> None:
        self._where = connection.where
        login = OAuthToken(
            connection.door(_LOGIN, login=True), "/token", _assertion(connection),
            connection.timing,
        )  # fmt: skip
        self._client = connection.client(
            connection.door(_API), login, rate=1 / _SECONDS_A_CALL, burst=5
        )
        self.capabilities = connection.info.capabilities

    def devices(self, since: datetime | None = None, resume: str | None = None) -> Iterator[t.Page]:
        """`since` spares nothing; `resume` is Apple's cursor. Released devices are not listed."""

        def fetch(cursor: str | None) -> tuple[list[object], str | None]:
            answer = self._client.get("/orgDevices", {"limit": _PAGE, "cursor": cursor})
            return rows_of(answer, self._where, "data"), self._following(answer)

        for rows, cursor in follow(fetch, resume, self._where):
            devices, problems = read_rows(rows, device, id_name="id")
            yield t.Page(devices, cursor, problems)

    def _following(self, answer: Answer) -> str | None:
        """The cursor of the next page. A link without one must not end the list quietly."""
        told = Fields(answer.data)
        link = told.get("links", "next")
        if link is None:
            return cursor_of(answer, "meta", "paging", "nextCursor")
        try:
            cursor = dict(parse_qsl(urlsplit(str(link)).query)).get("cursor")
        except ValueError:
            cursor = None
        if not cursor:
            raise errors.Malformed(self._where, "the link to the next page cannot be read")
        return cursor

    def device(self, ref: t.DeviceRef) -> t.Device:
        """Also one that was released since, which its extras then tell (`released_at`)."""
        answer = self._client.get(device_path(self._where, "orgDevices", ref.vendor_id))
        devices, problems = read_rows([Fields(answer.data).get("data")], device, id_name="id")
        if problems:
            raise errors.Malformed(self._where, f"the device cannot be read: {problems[0].reason}")
        return devices[0]

    def send(self, command: t.Command) -> t.Receipt:
        raise errors.Unsupported(
            self._where, f"it has no commands, not even {command.action}; nothing was sent"
        )

    def outcome(self, receipt: t.Receipt) -> t.Outcome:
        return t.Outcome(State.UNKNOWN, reason="Apple School Manager has no commands")


def _assertion(connection: Connection) -> Form:
    """How to log in. Raises `Invalid` for settings that Apple could not take."""
    where, settings = connection.where, connection.settings
    if settings["client_id"].upper().startswith(_BUSINESS):
        raise errors.Invalid(where, "client_id belongs to Apple Business Manager")
    key = private_key(settings["private_key"], where)
    if not hasattr(key, "curve") or key.curve.name != "secp256r1":
        raise errors.Invalid(where, "private_key must be the key that Apple made (P-256)")
    return client_assertion(
        key, client_id=settings["client_id"], key_id=settings["key_id"], audience=_AUDIENCE,
        scope=_SCOPE,
    )  # fmt: skip
