"""LDAP: the people below one entry of a directory (RFC 4511), among them Active Directory.

The only user of ldap3. The connection is always protected, by LDAPS (ldaps://) or StartTLS
(ldap://), and the certificate is checked unless a setting says otherwise. Referrals are not
followed: a password must not go to another host. Keys are objectGUID ([MS-ADTS] 3.1.1.1.4) or
entryUUID (RFC 4530); a disabled account of Active Directory has bit 2 of userAccountControl.
"""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from ldap3 import NONE, SUBTREE, Connection as Ldap, Server, Tls
from ldap3.core import exceptions as told
from ldap3.utils.dn import parse_dn

from mdm import errors
from mdm.connection import ConfigField, Connection, VendorInfo
from mdm.directories.types import Entry, EntryPage
from mdm.errors import Where
from mdm.fields import clean

PAGE, MOST_PAGES = 500, 2_000
CONNECT_SECONDS, ANSWER_SECONDS = 10, 60
AD, OTHER = "active_directory", "other"
DISABLED = 2
_CONTROL = "1.2.840.113556.1.4.319"  # pagedResults, RFC 2696
FILTERS = {AD: "(&(objectCategory=person)(objectClass=user))", OTHER: "(objectClass=inetOrgPerson)"}
ASKED: Mapping[str, tuple[str, ...]] = {
    AD: ("objectGUID", "givenName", "sn", "userAccountControl", "department"),
    OTHER: ("entryUUID", "givenName", "sn", "departmentNumber"),
}

INFO = VendorInfo(
    name="ldap",
    label="LDAP or Active Directory",
    fields=(
        ConfigField("url", "Address", help="ldaps://HOST, or ldap://HOST for StartTLS."),
        ConfigField("schema", "Kind", default=AD, choices=(AD, OTHER)),
        ConfigField("user", "User to sign in as", help="A distinguished name that may only read."),
        ConfigField("password", "Password", secret=True),
        ConfigField("base", "People below", help="As in OU=People,DC=example,DC=org."),
        ConfigField("filter", "Filter", required=False, help="Blank: everybody."),
        ConfigField("groups", "Read groups", default="no", choices=("yes", "no")),
        ConfigField(
            "certificate",
            "Certificate of the server",
            default="checked",
            choices=("checked", "unchecked"),
            help="Unchecked lets whoever stands between read the password.",
        ),
        ConfigField(
            "ca",
            "Authority of the certificate",
            required=False,
            help="Its certificate in PEM form, where the system does not know it.",
        ),
    ),
    capabilities=(),
    to_read=("Read access to the entries of people",),
    setup="Make an account of its own that may only read. The server needs a certificate.",
)


class LdapDirectory:
    """The people of one directory."""

    def __init__(self, connection: Connection) -> None:
        """Raises `mdm.errors.Invalid` for an address that the password must not be sent to."""
        self._where, self._settings = connection.where, connection.settings
        self._schema = connection.settings["schema"]
        self._host, self._port, self._tls_first = _address(connection.settings["url"], self._where)
        self._tls = self._protection()

    def people(self) -> Iterator[EntryPage]:
        with _translated(self._where), self._opened() as ldap:
            cookie: bytes | None = None
            for _ in range(MOST_PAGES):
                rows, following = self._page(ldap, cookie)
                yield self._read(rows)
                if not following:
                    return
                cookie = following
            raise errors.Looping(self._where, f"the list does not end after {MOST_PAGES} pages")

    def _protection(self) -> Tls:
        checked = self._settings["certificate"] == "checked"
        try:
            return Tls(
                validate=ssl.CERT_REQUIRED if checked else ssl.CERT_NONE,
                ca_certs_data=self._settings["ca"] or None, sni=self._host,
            )  # fmt: skip
        except told.LDAPExceptionError:
            raise errors.Invalid(self._where, "the authority's certificate is no PEM") from None

    @contextmanager
    def _opened(self) -> Iterator[Ldap]:
        server = Server(
            self._host, self._port, use_ssl=self._tls_first, tls=self._tls, get_info=NONE,
            connect_timeout=CONNECT_SECONDS,
        )  # fmt: skip
        ldap = Ldap(
            server, self._settings["user"], self._settings["password"], raise_exceptions=True,
            auto_referrals=False, check_names=False, read_only=True,
            receive_timeout=ANSWER_SECONDS,
        )  # fmt: skip
        try:
            ldap.open()
            if not self._tls_first:
                self._start_tls(ldap)
            ldap.bind(read_server_info=False)
            yield ldap
        finally:
            with _quietly():
                ldap.unbind()
            # It is left open where the certificate was refused.
            if ldap.socket is not None:
                ldap.socket.close()

    def _start_tls(self, ldap: Ldap) -> None:
        try:
            ldap.start_tls(read_server_info=False)
        except told.LDAPOperationResult:
            raise errors.Refused(self._where, "the server refuses StartTLS") from None

    def _page(self, ldap: Ldap, cookie: bytes | None) -> tuple[list[Any], bytes]:
        asked = [*ASKED[self._schema], *(["memberOf"] if self._settings["groups"] == "yes" else [])]
        ldap.search(
            self._settings["base"], self._settings["filter"] or FILTERS[self._schema], SUBTREE,
            attributes=asked, paged_size=PAGE, paged_cookie=cookie, paged_criticality=True,
        )  # fmt: skip
        if ldap.result["result"] != 0:
            # ldap3 raises nothing for some results, such as a limit of size or time: half a list.
            raise errors.TooLarge(
                self._where, f"the list is not whole: {clean(ldap.result['description'], 60)}"
            )
        control = (ldap.result.get("controls") or {}).get(_CONTROL) or {}
        following = control.get("value", {}).get("cookie") or b""
        return [row for row in ldap.response if row["type"] == "searchResEntry"], following

    def _read(self, rows: list[Any]) -> EntryPage:
        found = [self._entry(row["dn"], row["raw_attributes"]) for row in rows]
        known = tuple(each for each in found if each is not None)
        return EntryPage(known, len(found) - len(known))

    def _entry(self, dn: str, raw: Mapping[str, list[bytes]]) -> Entry | None:
        cells = {name.casefold(): values for name, values in raw.items()}

        def text(name: str) -> str:
            values = cells.get(name.casefold()) or [b""]
            return clean(values[0].decode("utf-8", "replace"))

        active = True
        if self._schema == AD:
            flags = text("userAccountControl")
            if not flags.isdigit():
                return None
            active = not int(flags) & DISABLED
        key = _key(self._schema, cells)
        if key is None:
            return None
        groups = tuple(dict.fromkeys(
            _first(value.decode("utf-8", "replace")) for value in cells.get("memberof", [])[:200]
        ))  # fmt: skip
        department = text("department" if self._schema == AD else "departmentNumber")
        return Entry(key, text("givenName"), text("sn"), active, _unit(dn), department, groups)


def _address(url: str, where: Where) -> tuple[str, int, bool]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise errors.Invalid(where, "the address is no URL") from None
    odd = parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in {"ldap", "ldaps"} or not host or odd:
        raise errors.Invalid(where, "the address must be ldaps://HOST or ldap://HOST")
    tls_first = parts.scheme == "ldaps"
    return host, port or (636 if tls_first else 389), tls_first


def _key(schema: str, cells: Mapping[str, list[bytes]]) -> str | None:
    values = cells.get("objectguid" if schema == AD else "entryuuid") or [b""]
    try:
        if schema == AD:
            return str(uuid.UUID(bytes_le=values[0]))
        return str(uuid.UUID(values[0].decode("ascii")))
    except ValueError:
        return None


def _parts(dn: str) -> list[tuple[str, str]]:
    try:
        return [(name.casefold(), value) for name, value, _ in parse_dn(dn, escape=False)]
    except told.LDAPExceptionError:
        return []


def _unit(dn: str) -> str:
    """`CN=Ada,OU=Lincoln,OU=Students,DC=x` → `/Students/Lincoln`."""
    units = [clean(value).replace("/", "-") for name, value in _parts(dn) if name == "ou"]
    return "".join(f"/{unit}" for unit in reversed(units) if unit)


def _first(dn: str) -> str:
    """The name of a group: the value of the first part of its distinguished name."""
    parts = _parts(dn)
    return clean(parts[0][1] if parts else dn)


@contextmanager
def _quietly() -> Iterator[None]:
    try:
        yield
    except (told.LDAPExceptionError, OSError):
        return


@contextmanager
def _translated(where: Where) -> Iterator[None]:
    """ldap3's errors as ours; its own words may hold what was sent, so few are passed on."""
    try:
        yield
    except told.LDAPInvalidCredentialsResult:
        raise errors.WrongCredential(where, "user or password is wrong") from None
    except (told.LDAPInsufficientAccessRightsResult, told.LDAPStrongerAuthRequiredResult):
        raise errors.MissingRight(where, "the user may not read there") from None
    except told.LDAPAdminLimitExceededResult:
        raise errors.TooLarge(where, "the server gives no more people; raise its limit") from None
    except told.LDAPNoSuchObjectResult:
        raise errors.Refused(where, "the entry that people are below is not there") from None
    except told.LDAPStartTLSError as refused:
        raise errors.Untrusted(where, f"no StartTLS: {_why(refused)}") from None
    except (told.LDAPCommunicationError, ssl.SSLError) as lost:
        kind = errors.Untrusted if "certificate" in str(lost).lower() else errors.Unavailable
        raise kind(where, _why(lost)) from None
    except (told.LDAPBusyResult, told.LDAPUnavailableResult):
        raise errors.Unavailable(where, "the server is busy") from None
    except told.LDAPOperationResult as refused:
        raise errors.Refused(where, clean(str(refused.description), 60)) from None
    except told.LDAPExceptionError as odd:
        raise errors.Malformed(where, f"not understood ({type(odd).__name__})") from None


def _why(failed: Exception) -> str:
    text = str(failed).lower()
    if "certificate" in text:
        return "its certificate is not trusted"
    if "timed out" in text or "timeout" in text:
        return "it does not answer in time"
    return f"not reached ({type(failed).__name__})"
