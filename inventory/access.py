"""Who acts, what they may do, and where: pure rules, no database.

There is no "no actor": a job or a CLI call acts as a named system actor. Permission and site scope
fail closed: an asset without a site is visible only to grants that reach the whole district.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from inventory.errors import Forbidden


class Permission(StrEnum):
    """Enumerated once; a route without one fails a test."""

    ASSET_READ = "asset:read"
    ASSET_WRITE = "asset:write"
    ASSET_BULK = "asset:bulk"
    ASSET_RETIRE = "asset:retire"
    CATALOG_WRITE = "catalog:write"
    LOOKUP = "lookup:read"
    DISCOVERY_READ = "discovery:read"
    DISCOVERY_RUN = "discovery:run"
    DISCOVERY_REVIEW = "discovery:review"
    NETWORK_WRITE = "network:write"
    CREDENTIAL_WRITE = "credential:write"
    SITE_READ = "site:read"
    SITE_WRITE = "site:write"
    PERSON_READ = "person:read"
    PERSON_WRITE = "person:write"
    PERSON_IMPORT = "person:import"
    PERSON_APPROVE = "person:approve"
    ACCOUNT_READ = "account:read"
    ACCOUNT_WRITE = "account:write"
    TOKEN_OWN = "token:own"
    AUDIT_READ = "audit:read"
    JOB_READ = "job:read"
    SETTINGS_READ = "settings:read"
    MDM_READ = "mdm:read"
    MDM_WRITE = "mdm:write"
    COMMAND_REQUEST = "command:request"
    COMMAND_REQUEST_DESTRUCTIVE = "command:wipe"
    COMMAND_APPROVE = "command:approve"
    COMMAND_BULK = "command:bulk"
    PIN_READ = "command:pin"
    PLACE_READ = "command:place"
    CUSTODY_READ = "custody:read"
    CUSTODY_WRITE = "custody:write"
    AGREEMENT_WRITE = "agreement:write"
    HOLD_READ = "hold:read"
    HOLD_WRITE = "hold:write"
    POLICY_WRITE = "policy:write"
    BREAKER_CLOSE = "breaker:close"
    NOTICE_WRITE = "notice:write"
    ADMIN_RIGHT_READ = "admin_right:read"
    ADMIN_RIGHT_REQUEST = "admin_right:request"
    ADMIN_RIGHT_AUTHORISE = "admin_right:authorise"
    ENROL = "device:enrol"
    IMPORT_APPLY = "import:apply"
    SELF = "self"


class Role(StrEnum):
    """The district's roles. A grant is (account, role, site) and reaches the site's subtree."""

    HELPDESK = "helpdesk"
    TECHNICIAN = "technician"
    COORDINATOR = "coordinator"
    SUPERINTENDENT = "superintendent"
    SCHOOL_ADMINISTRATOR = "school_administrator"
    AUDITOR = "auditor"
    STAFF = "staff"
    INTEGRATION = "integration"


_P = Permission
_LOOK = {_P.SELF, _P.TOKEN_OWN, _P.LOOKUP, _P.ASSET_READ, _P.SITE_READ}
_TECHNICIAN = _LOOK | {
    _P.ASSET_WRITE, _P.ASSET_BULK, _P.ASSET_RETIRE, _P.DISCOVERY_READ, _P.DISCOVERY_RUN,
    _P.DISCOVERY_REVIEW, _P.PERSON_READ, _P.JOB_READ, _P.MDM_READ, _P.COMMAND_REQUEST,
    _P.COMMAND_REQUEST_DESTRUCTIVE, _P.COMMAND_APPROVE, _P.PIN_READ, _P.HOLD_READ,
    _P.PERSON_WRITE, _P.ENROL,
    _P.CUSTODY_READ, _P.CUSTODY_WRITE,
    _P.ADMIN_RIGHT_READ, _P.ADMIN_RIGHT_REQUEST,
    _P.IMPORT_APPLY,
}  # fmt: skip

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.HELPDESK: frozenset(
        _LOOK | {_P.DISCOVERY_READ, _P.MDM_READ, _P.CUSTODY_READ, _P.ADMIN_RIGHT_READ}
    ),
    Role.TECHNICIAN: frozenset(_TECHNICIAN),
    Role.COORDINATOR: frozenset(Permission),
    Role.SUPERINTENDENT: frozenset(
        _LOOK
        | {_P.AUDIT_READ, _P.ACCOUNT_READ, _P.DISCOVERY_READ, _P.MDM_READ, _P.HOLD_READ,
           _P.HOLD_WRITE, _P.COMMAND_APPROVE, _P.BREAKER_CLOSE, _P.ADMIN_RIGHT_READ}
    ),
    Role.SCHOOL_ADMINISTRATOR: frozenset(
        _LOOK
        | {_P.PERSON_READ, _P.MDM_READ, _P.HOLD_READ, _P.CUSTODY_READ, _P.ADMIN_RIGHT_READ}
    ),
    Role.AUDITOR: frozenset(
        {_P.SELF, _P.ASSET_READ, _P.SITE_READ, _P.AUDIT_READ, _P.ACCOUNT_READ, _P.JOB_READ,
         _P.DISCOVERY_READ, _P.SETTINGS_READ, _P.MDM_READ, _P.HOLD_READ, _P.ADMIN_RIGHT_READ}
    ),
    Role.STAFF: frozenset({_P.SELF}),
    Role.INTEGRATION: frozenset(
        {_P.SELF, _P.LOOKUP, _P.ASSET_READ, _P.ASSET_WRITE, _P.ASSET_BULK, _P.SITE_READ,
         _P.MDM_READ, _P.COMMAND_REQUEST, _P.ENROL}
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grant:
    """Permissions over a set of sites; `site_ids` None is the whole district."""

    permissions: frozenset[Permission]
    site_ids: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts.

    kind    "account", "token" or "system"
    id      the account's id; None for a system actor
    name    the user name, "user via token LABEL", or the system actor's name
    origin  client address or the job's id, for the audit event
    """

    kind: str
    id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    origin: str = ""
    session_id: int | None = field(default=None, compare=False)
    token_id: int | None = field(default=None, compare=False)

    def scope(self, permission: Permission) -> frozenset[int] | None:
        """Site ids where `permission` holds; None for the whole district, empty for nowhere."""
        reached: set[int] = set()
        for grant in self.grants:
            if permission in grant.permissions:
                if grant.site_ids is None:
                    return None
                reached |= grant.site_ids
        return frozenset(reached)

    def holds(self, permission: Permission) -> bool:
        """Whether the permission is held anywhere at all."""
        return any(permission in grant.permissions for grant in self.grants)

    def may(self, permission: Permission, site_id: int | None) -> bool:
        """Whether the permission reaches this site; site None needs the whole district."""
        reached = self.scope(permission)
        return reached is None or (site_id is not None and site_id in reached)

    def require(self, permission: Permission, site_id: int | None) -> None:
        """Raise `Forbidden` unless `may`."""
        if not self.may(permission, site_id):
            raise Forbidden(f"{self.name} lacks {permission.value} here")

    def require_anywhere(self, permission: Permission) -> None:
        """Raise `Forbidden` unless the permission is held for at least one site."""
        if not self.holds(permission):
            raise Forbidden(f"{self.name} lacks {permission.value}")

    def require_everywhere(self, permission: Permission) -> None:
        """Raise `Forbidden` unless the permission reaches the whole district."""
        if self.scope(permission) is not None:
            raise Forbidden(f"{self.name} lacks {permission.value} for the whole district")


def system_actor(name: str, permissions: Iterable[Permission], *, origin: str = "") -> Actor:
    """An actor for a job or the command line: district-wide, but only what it needs."""
    return Actor("system", None, name, (Grant(frozenset(permissions), None),), origin)
