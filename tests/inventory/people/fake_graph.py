"""Microsoft Graph's users and groups, as far as they are used; strict about $select and $top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from tests.inventory.people.fake_google import Users
from tests.mdm.fakes.http import Call, Reply, Route

SELECT = "id,givenName,surname,accountEnabled,userType,department,officeLocation"


class FakeGraph(Users):
    tenant, client_id, client_secret = "maple.example", "app-1", "S3cret/value+x"

    def __init__(self, **options: Any) -> None:
        super().__init__(set(), **options)
        self.users: list[dict[str, Any]] = []
        self.groups: dict[str, tuple[str, list[str]]] = {}

    def add(self, number: int, office: str | None, **more: Any) -> None:
        self.users.append({
            "id": f"00000000-0000-0000-0000-{number:012}", "givenName": "Grace",
            "surname": f"Hopper{number}", "accountEnabled": True, "userType": "Member",
            "department": None, "officeLocation": office, "mobilePhone": "canary",
            "birthday": "canary", **more,
        })  # fmt: skip

    def config(self) -> dict[str, str]:
        return {"tenant": self.tenant, "client_id": self.client_id,
                "client_secret": self.client_secret, "groups": " ".join(self.groups)}  # fmt: skip

    def routes(self) -> Sequence[tuple[str, str, Route]]:
        group = r"/v1.0/groups/(?P<id>[^/]+)"
        return [
            ("POST", f"/{self.tenant}/oauth2/v2.0/token", self.login),
            ("GET", "/v1.0/users", self.listing), ("GET", group, self.group),
            ("GET", f"{group}/transitiveMembers", self.members),
        ]  # fmt: skip

    def is_login(self, call: Call) -> bool:
        return call.path.endswith("/token")

    def throttled(self) -> Reply:
        return Reply(429, {"error": {"code": "TooManyRequests"}}, self.wait_header())

    def login(self, call: Call) -> Reply:
        if call.form.get("client_secret") != self.client_secret:
            return Reply(401, {"error": "invalid_client", "error_description": "AADSTS7000215"})
        return Reply(200, {"access_token": self.issue(3600), "expires_in": 3600})

    def listing(self, call: Call) -> Reply:
        return self._list(call, self.users, SELECT)

    def group(self, call: Call, id: str) -> Reply:
        return Reply(200, {"displayName": self.groups[id][0]})

    def members(self, call: Call, id: str) -> Reply:
        return self._list(call, [{"id": user} for user in self.groups[id][1]], "id")

    def _list(self, call: Call, rows: list[dict[str, Any]], select: str) -> Reply:
        if self.token_of(call) is None:
            return Reply(401, {"error": {"code": "InvalidAuthenticationToken"}})
        asked = int(call.query.get("$top", 100))
        if call.query.get("$select") != select or asked > 999:
            return Reply(400, {"error": {"code": "BadRequest"}})
        found, following = self.page(rows, int(call.query.get("$skiptoken", 0)), asked)
        told = [{key: row.get(key) for key in select.split(",")} for row in found]
        body: dict[str, Any] = {"value": told}
        if following is not None:
            query = urlencode({**call.query, "$skiptoken": following})
            body["@odata.nextLink"] = f"{self.url}{call.path}?{query}"
        return Reply(200, body)
