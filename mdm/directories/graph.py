"""Microsoft Entra ID: the users of a tenant through Microsoft Graph v1.0.

Paged by `@odata.nextLink`, which is followed as it is. The office location takes the place of an
organisational unit, which Entra ID has none of. Groups are read only where they are named.
Sources: Microsoft's pages "List users" and "List group transitive members" of Graph v1.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mdm.answers import Argument, path
from mdm.connection import ConfigField, Connection, VendorInfo
from mdm.directories.types import Entry, EntryPage
from mdm.errors import Invalid
from mdm.fields import Fields, Unreadable
from mdm.paging import cursor_of, follow, rows_of
from mdm.tokens import OAuthToken, client_credentials

FIELDS = ("id", "givenName", "surname", "accountEnabled", "userType", "department",
          "officeLocation")  # fmt: skip
PAGE = 999
MOST_GROUPS = 50
_LOGIN, _API = "https://login.microsoftonline.com", "https://graph.microsoft.com/v1.0"
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

INFO = VendorInfo(
    name="graph",
    label="Microsoft Entra ID",
    fields=(
        ConfigField("tenant", "Tenant", help="Its id or one of its domains."),
        ConfigField("client_id", "Application (client) id"),
        ConfigField("client_secret", "Client secret", secret=True, help="Its value, not its id."),
        ConfigField(
            "groups",
            "Groups",
            required=False,
            help="Object ids of groups that tell schools or roles, with blanks between.",
        ),
    ),
    capabilities=(),
    to_read=("User.Read.All", "GroupMember.Read.All (only with groups)"),
    setup="In the Entra admin center register an application, give it the application permission "
    "User.Read.All of Microsoft Graph with an administrator's consent, and make a client secret.",
)


class GraphDirectory:
    """The users of one tenant; guests are not ours."""

    def __init__(self, connection: Connection) -> None:
        """Raises `mdm.errors.Invalid` for a tenant or group that cannot be asked for."""
        self._where, settings = connection.where, connection.settings
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", settings["tenant"]):
            raise Invalid(self._where, "tenant must be an id or a domain")
        self._groups = tuple(dict.fromkeys(settings["groups"].replace(",", " ").split()))
        if len(self._groups) > MOST_GROUPS or not all(map(_ID.fullmatch, self._groups)):
            raise Invalid(self._where, f"groups must be at most {MOST_GROUPS} object ids")
        form = client_credentials(
            settings["client_id"], settings["client_secret"],
            scope="https://graph.microsoft.com/.default",
        )  # fmt: skip
        token = OAuthToken(
            connection.door(_LOGIN, login=True), f"/{settings['tenant']}/oauth2/v2.0/token", form,
            connection.timing,
        )  # fmt: skip
        self._client = connection.client(connection.door(_API), token, rate=10, burst=20)

    def people(self) -> Iterator[EntryPage]:
        members = self._members()
        for rows in self._listed("/users", FIELDS):
            yield _page(rows, members)

    def _members(self) -> dict[str, list[str]]:
        """Names of the groups of each user, by the user's id."""
        found: dict[str, list[str]] = {}
        for group in self._groups:
            told = Fields(self._client.get(path("groups", group), {"$select": "displayName"}).data)
            name = told.text("displayName") or group
            for rows in self._listed(f"{path('groups', group)}/transitiveMembers", ("id",)):
                for row in rows:
                    user = Fields(row).text("id")
                    if user:
                        found.setdefault(user, []).append(name)
        return found

    def _listed(self, of: str, select: tuple[str, ...]) -> Iterator[list[object]]:
        query: dict[str, Argument] = {"$top": PAGE, "$select": ",".join(select)}

        def fetch(cursor: str | None) -> tuple[list[object], str | None]:
            answer = self._client.get(cursor) if cursor else self._client.get(of, query)
            return rows_of(answer, self._where, "value"), cursor_of(answer, "@odata.nextLink")

        for rows, _ in follow(fetch, None, self._where):
            yield rows


def _page(rows: list[object], members: dict[str, list[str]]) -> EntryPage:
    found, unreadable, guests = [], 0, 0
    for row in rows:
        try:
            told = Fields.row(row)
            entry = _entry(told, members)
        except Unreadable:
            unreadable += 1
            continue
        if (told.text("userType") or "").casefold() == "guest":
            guests += 1
        else:
            found.append(entry)
    return EntryPage(tuple(found), unreadable, guests)


def _entry(told: Fields, members: dict[str, list[str]]) -> Entry:
    id_, office = told.id("id"), (told.text("officeLocation") or "").replace("/", "-")
    enabled = told.flag("accountEnabled")
    if enabled is None:
        # Not told is not "no": who is unknown must not leave.
        raise Unreadable("a user of whom it is not told whether they are enabled")
    return Entry(
        id_, told.text("givenName") or "", told.text("surname") or "", enabled,
        unit=f"/{office}" if office else "", department=told.text("department") or "",
        groups=tuple(dict.fromkeys(members.get(id_, ()))),
    )  # fmt: skip
