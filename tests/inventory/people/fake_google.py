"""Google Workspace's users.list, as far as it is used; strict about scope, fields and page size."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tests.mdm.fakes.google_login import GoogleLogin, error
from tests.mdm.fakes.http import Call, Reply, Route

SCOPE = "https://www.googleapis.com/auth/admin.directory.user.readonly"
FIELDS = re.compile(
    r"nextPageToken,users\(id,name\(givenName,familyName\),suspended,archived,orgUnitPath,"
    r"organizations\(department,primary\)\)"
)


class Users(GoogleLogin):
    """The half of a fake vendor that devices would need is not there."""

    def secrets(self) -> list[str]:
        return []

    def seed(self, count: int) -> None:
        raise NotImplementedError

    ids = record = forget = reenrol = settle = reaches = seed  # type: ignore[assignment]


class FakeGoogle(Users):
    """`users` are records as Google has them, with much that must not be asked for."""

    subject = "roster@maple.example"

    def __init__(self, **options: Any) -> None:
        super().__init__({SCOPE}, **options)
        self.users: list[dict[str, Any]] = []

    def add(self, number: int, unit: str, given: str = "Ada", **more: Any) -> None:
        self.users.append({
            "id": f"1000{number}", "name": {"givenName": given, "familyName": f"Osei{number}"},
            "suspended": False, "archived": False, "orgUnitPath": unit, "password": "canary",
            "thumbnailPhotoUrl": "canary", "phones": ["canary"], **more,
        })  # fmt: skip

    def config(self) -> dict[str, str]:
        return {"service_account": self.account_key(), "admin": self.subject}

    def routes(self) -> Sequence[tuple[str, str, Route]]:
        return [("POST", "/token", self.token), ("GET", "/admin/directory/v1/users", self.listing)]

    def listing(self, call: Call) -> Reply:
        barred = self.barred(call, {SCOPE})
        if barred:
            return barred
        asked = int(call.query.get("maxResults", 100))
        if asked > 500 or not FIELDS.fullmatch(call.query.get("fields", "")):
            return error(400, "Invalid Input")
        rows, following = self.page(self.users, int(call.query.get("pageToken", 0)), asked)
        kept = ("id", "name", "suspended", "archived", "orgUnitPath", "organizations")
        told = [{key: row[key] for key in kept if key in row} for row in rows]
        more = {} if following is None else {"nextPageToken": str(following)}
        return Reply(200, {**({"users": told} if told else {}), **more})
