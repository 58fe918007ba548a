"""Google Workspace: the users of a domain (directory_v1, `users.list`).

The service account acts for an administrator (domain-wide delegation) with the one scope that only
reads users. A page has at most 500 of them. Source: Google's reference of the Directory API.
"""

from __future__ import annotations

from collections.abc import Iterator

from mdm.connection import ConfigField, Connection, VendorInfo
from mdm.directories.types import Entry, EntryPage
from mdm.fields import Fields, Unreadable
from mdm.paging import cursor_of, follow, rows_of
from mdm.tokens import OAuthToken
from mdm.vendors._google_login import LOGIN, service_account, throttled

SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly"
ASKED = (
    "nextPageToken,users(id,name(givenName,familyName),suspended,archived,orgUnitPath,"
    "organizations(department,primary))"
)
PAGE = 500
_API = "https://admin.googleapis.com/admin/directory/v1"

INFO = VendorInfo(
    name="google",
    label="Google Workspace",
    fields=(
        ConfigField("service_account", "Service account key", secret=True, help="Its JSON file."),
        ConfigField("admin", "Administrator to act for", help="An address in your domain."),
        ConfigField(
            "customer", "Customer id", default="my_customer", help="Or the C… of the console."
        ),
    ),
    capabilities=(),
    to_read=(SCOPE,),
    setup="In the Google Cloud console make a service account with a key. In the Admin console, "
    "under Security, API controls, Domain-wide delegation, allow its client id this one scope.",
)


class GoogleDirectory:
    """The users of one customer."""

    def __init__(self, connection: Connection) -> None:
        """Raises `mdm.errors.Invalid` for a key that cannot be used."""
        self._where, self._customer = connection.where, connection.settings["customer"]
        form = service_account(connection, (SCOPE,), connection.settings["admin"])
        login = OAuthToken(connection.door(LOGIN, login=True), "/token", form, connection.timing)
        self._client = connection.client(
            connection.door(_API), login, rate=10, burst=20, throttled=throttled
        )

    def people(self) -> Iterator[EntryPage]:
        def fetch(cursor: str | None) -> tuple[list[object], str | None]:
            answer = self._client.get("/users", {
                "customer": self._customer, "maxResults": PAGE, "orderBy": "email",
                "projection": "basic", "fields": ASKED, "pageToken": cursor,
            })  # fmt: skip
            return rows_of(answer, self._where, "users"), cursor_of(answer, "nextPageToken")

        for rows, _ in follow(fetch, None, self._where):
            yield page_of(rows)


def page_of(rows: list[object]) -> EntryPage:
    found, unreadable = [], 0
    for row in rows:
        try:
            found.append(_entry(Fields.row(row)))
        except Unreadable:
            unreadable += 1
    return EntryPage(tuple(found), unreadable)


def _entry(told: Fields) -> Entry:
    works = [Fields(row) for row in told.rows("organizations") or []]
    first = next((each for each in works if each.flag("primary")), works[0] if works else None)
    return Entry(
        told.id("id"),
        told.text("name", "givenName") or "",
        told.text("name", "familyName") or "",
        not (told.flag("suspended") or told.flag("archived")),
        unit=told.text("orgUnitPath") or "",
        department=(first.text("department") or "") if first else "",
    )
