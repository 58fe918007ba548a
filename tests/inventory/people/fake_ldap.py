"""A small LDAP server over TLS: bind, StartTLS, search by pages, and how it refuses (RFC 4511)."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
import uuid
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from ldap3.protocol import rfc4511 as ldap
from ldap3.protocol.rfc2696 import Cookie, RealSearchControlValue, Size
from pyasn1.codec.ber import encoder

Parts = list[tuple[int, bytes]]
BIND, SEARCH, EXTENDED = 0x60, 0x63, 0x77
PAGED = "1.2.840.113556.1.4.319"
USER, PASSWORD = "cn=reader,dc=maple,dc=example", "l0ok-only"


def certificate(folder: Path) -> tuple[Path, str]:
    """A key and certificate for 127.0.0.1, its own authority: the file of both, and the PEM."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")]),
    )
    begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(7).not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=30))
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    public = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )  # fmt: skip
    file = folder / "server.pem"
    file.write_bytes(private + public)
    return file, public.decode()


class FakeLdap:
    """entries: (dn, attributes); limit: more than so many are refused; tls_first: LDAPS."""

    def __init__(self, folder: Path, *, tls_first: bool = True) -> None:
        file, self.pem = certificate(folder)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(file)
        self.tls_first, self.start_tls, self.limit = tls_first, True, 0
        self.entries: list[tuple[str, dict[str, list[bytes]]]] = []
        self.asked: list[str] = []
        self.binds: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def add(self, number: int, ou: str, *, flags: int = 512, **more: list[bytes]) -> str:
        key = uuid.UUID(int=number)
        self.entries.append((f"CN=Alan {number},{ou},DC=maple,DC=example", {
            "objectGUID": [key.bytes_le], "givenName": [b"Alan"],
            "sn": [f"Turing{number}".encode()], "userAccountControl": [str(flags).encode()],
            "unicodePwd": [b"canary"], "thumbnailPhoto": [b"canary"], **more,
        }))  # fmt: skip
        return str(key)

    def config(self, **more: str) -> dict[str, str]:
        scheme = "ldaps" if self.tls_first else "ldap"
        return {"url": f"{scheme}://127.0.0.1:{self.port}", "user": USER, "password": PASSWORD,
                "base": "DC=maple,DC=example", "ca": self.pem, **more}  # fmt: skip

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        try:
            if self.tls_first:
                peer = self.tls.wrap_socket(peer, server_side=True)
            rest = b""
            while piece := peer.recv(65_536):
                rest += piece
                while (size := _size(rest)) is not None:
                    upgraded = self._answer(peer, _parts(_parts(rest[:size])[0][1]))
                    rest = rest[size:]
                    if upgraded is not None:
                        peer = upgraded
        except OSError:
            return
        finally:
            peer.close()

    def _answer(self, peer: socket.socket, message: Parts) -> socket.socket | None:
        number, (operation, body) = int.from_bytes(message[0][1], "big"), message[1]
        if operation == EXTENDED:
            code = 0 if self.start_tls else 52
            _send(peer, number, "extendedResp", _result(ldap.ExtendedResponse(), code))
            return self.tls.wrap_socket(peer, server_side=True) if code == 0 else None
        if operation == BIND:
            _, name, secret = _parts(body)
            self.binds.append(name[1].decode())
            good = isinstance(peer, ssl.SSLSocket) and secret[1] == PASSWORD.encode()
            _send(peer, number, "bindResponse", _result(ldap.BindResponse(), 0 if good else 49))
        elif operation == SEARCH:
            self._search(peer, number, _parts(body), _parts(_parts(message[2][1])[0][1]))
        return None

    def _search(self, peer: socket.socket, number: int, body: Parts, control: Parts) -> None:
        asked = [name.decode() for _, name in _parts(body[7][1])]
        self.asked += asked
        size, cookie = _parts(_parts(control[-1][1])[0][1])
        start = int(cookie[1] or b"0")
        end = start + int.from_bytes(size[1], "big")
        for place, (dn, cells) in enumerate(self.entries[start:end], start):
            if self.limit and place >= self.limit:
                _send(peer, number, "searchResDone", _result(ldap.SearchResultDone(), 4))
                return
            _send(peer, number, "searchResEntry", _entry(dn, cells, asked))
        more = str(end).encode() if end < len(self.entries) else b""
        done = _result(ldap.SearchResultDone(), 0)
        _send(peer, number, "searchResDone", done, more)


def _parts(data: bytes) -> Parts:
    """The elements that stand in a row, as (tag, content)."""
    found = []
    while (size := _size(data)) is not None:
        head = 2 + (data[1] & 0x7F if data[1] & 0x80 else 0)
        found.append((data[0], data[head:size]))
        data = data[size:]
    return found


def _size(data: bytes) -> int | None:
    """Bytes of the first message; None where it is not whole."""
    if len(data) < 2:
        return None
    length, head = data[1], 2
    if length & 0x80:
        head += length & 0x7F
        if len(data) < head:
            return None
        length = int.from_bytes(data[2:head], "big")
    return head + length if len(data) >= head + length else None


def _result(kind: Any, code: int) -> Any:
    kind["resultCode"] = code
    kind["matchedDN"] = ldap.LDAPDN("")
    kind["diagnosticMessage"] = ldap.LDAPString("")
    return kind


def _entry(dn: str, cells: dict[str, list[bytes]], asked: list[str]) -> Any:
    entry, attributes = ldap.SearchResultEntry(), ldap.PartialAttributeList()
    entry["object"] = ldap.LDAPDN(dn)
    wanted = [name for name in cells if name.casefold() in {a.casefold() for a in asked}]
    for place, name in enumerate(wanted):
        one, values = ldap.PartialAttribute(), ldap.Vals()
        one["type"] = ldap.AttributeDescription(name)
        for index, value in enumerate(cells[name]):
            values[index] = ldap.AttributeValue(value)
        one["vals"] = values
        attributes[place] = one
    entry["attributes"] = attributes
    return entry


def _send(
    peer: socket.socket, number: Any, name: str, body: Any, cookie: bytes | None = None
) -> None:
    message, operation = ldap.LDAPMessage(), ldap.ProtocolOp()
    operation[name] = body
    message["messageID"], message["protocolOp"] = number, operation
    if cookie is not None:
        value = RealSearchControlValue()
        value["size"], value["cookie"] = Size(0), Cookie(cookie)
        control, controls = ldap.Control(), ldap.Controls()
        control["controlType"] = ldap.LDAPOID(PAGED)
        control["criticality"] = ldap.Criticality(False)
        control["controlValue"] = ldap.ControlValue(encoder.encode(value))
        controls[0] = control
        message["controls"] = controls
    peer.sendall(encoder.encode(message))
