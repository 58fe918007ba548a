"""/api/v1/credentials: how devices are asked. Secrets go in and never come out."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.discovery import credentials
from inventory.discovery.credential_rules import SECRETS, CredentialDraft
from inventory.discovery.models import SnmpCredential
from inventory.discovery.schemas import (
    CredentialChange,
    CredentialDraftSchema,
    CredentialPage,
    CredentialView,
)
from inventory.http.blueprint import api_blueprint
from inventory.http.etag import etag_of, if_match, require_match
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.paging import PageArgs
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("credentials", "/credentials", "SNMP communities and users; write-only.")

ID = "<int(max=2147483647):credential_id>"
Shown = tuple[dict[str, Any], dict[str, str]]


def body(row: SnmpCredential) -> dict[str, Any]:
    """What may be shown: of secrets only that they are there."""
    plain = row.model_dump(exclude=set(SECRETS))
    return {**plain, "has": credentials.kept(row)}


def shown(row: SnmpCredential) -> Shown:
    return body(row), {"ETag": etag_of("credential", row.id, row.version)}


@bp.route("")
@guarded(Permission.NETWORK_WRITE)
@bp.arguments(PageArgs, location="query")
@bp.response(200, CredentialPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Credentials by their labels, for whoever may give them to a network."""
    limit = args["limit"]
    rows = credentials.all_of(
        current_db(), current_actor(), after=after_id(args) or 0, limit=limit + 1
    )
    return page_of_rows(rows, limit, lambda kept: [body(row) for row in kept])


# No Idempotency-Key here: its record would hold a digest of the secret. Labels are unique, so a
# request that is sent twice is refused the second time.
@bp.route("", methods=["POST"])
@guarded(Permission.CREDENTIAL_WRITE)
@bp.arguments(CredentialDraftSchema)
@bp.response(201, CredentialView)
def create(given: dict[str, Any]) -> Shown:
    """A new credential; needs the permission for the whole district."""
    row = credentials.create(
        current_db(), current_actor(), CredentialDraft(**given), now=current_now()
    )
    answer, headers = shown(row)
    return answer, {**headers, "Location": f"/api/v1/credentials/{row.id}"}


@bp.route(f"/{ID}")
@guarded(Permission.NETWORK_WRITE)
@bp.response(200, CredentialView)
def get(credential_id: int) -> Shown:
    """One credential, without its secrets."""
    return shown(credentials.get(current_db(), current_actor(), credential_id))


@bp.route(f"/{ID}", methods=["PATCH"])
@guarded(Permission.CREDENTIAL_WRITE)
@bp.doc(parameters=[if_match()])
@bp.arguments(CredentialChange)
@bp.response(200, CredentialView)
def change(changes: dict[str, Any], credential_id: int) -> Shown:
    """Change the named fields; a secret that is not sent stays. Needs If-Match."""
    _matched(credential_id)
    return shown(
        credentials.change(current_db(), current_actor(), credential_id, changes, now=current_now())
    )


@bp.route(f"/{ID}", methods=["DELETE"])
@guarded(Permission.CREDENTIAL_WRITE)
@bp.doc(parameters=[if_match()])
@bp.response(204)
def delete(credential_id: int) -> None:
    """Delete a credential that no network uses; needs If-Match."""
    _matched(credential_id)
    credentials.delete(current_db(), current_actor(), credential_id, now=current_now())


def _matched(credential_id: int) -> None:
    row = credentials.get(current_db(), current_actor(), credential_id, lock=True)
    require_match("credential", row.id, row.version)
