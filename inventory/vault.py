"""Secrets sealed at rest: AES-256-GCM under a data key of its own, bound to its row and column.

seal = "v1.<key id>.<wrapped data key>.<nonce + ciphertext>", base64url parts. The data key is
wrapped (AES-GCM) by the master key; both layers carry `binding|key id` as associated data, so a
ciphertext that was moved to another row, column or key does not open.
"""

import base64
import binascii
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlmodel import Session

from inventory.errors import Misconfigured, SealBroken
from inventory.settings import Settings

_NONCE = 12


def binding_of(table: str, uid: str, column: str) -> str:
    """What a sealed value is bound to."""
    return f"{table}|{uid}|{column}"


@dataclass(frozen=True)
class Vault:
    """The master keys in use: `active` seals, all of them open."""

    active: str
    keys: dict[str, bytes] = field(repr=False)

    def seal(self, plaintext: bytes, *, binding: str) -> str:
        """A text fit for a `db.sealed()` column."""
        data_key = AESGCM.generate_key(256)
        body = _encrypt(data_key, plaintext, f"{binding}|{self.active}")
        wrapped = _encrypt(self.keys[self.active], data_key, f"{binding}|{self.active}")
        return f"v1.{self.active}.{_b64(wrapped)}.{_b64(body)}"

    def open(self, sealed: str, *, binding: str) -> bytes:
        """The plaintext. Raises `SealBroken` if the key is unknown or the bytes were moved."""
        key_id, wrapped, body = self._split(sealed)
        data_key = _decrypt(self.keys[key_id], wrapped, f"{binding}|{key_id}")
        return _decrypt(data_key, body, f"{binding}|{key_id}")

    def rewrap(self, sealed: str, *, binding: str) -> str:
        """The same secret under the active key."""
        return self.seal(self.open(sealed, binding=binding), binding=binding)

    def _split(self, sealed: str) -> tuple[str, bytes, bytes]:
        try:
            version, key_id, wrapped, body = sealed.split(".")
            if version != "v1":
                raise SealBroken(f"unknown seal version {version!r}")
            parts = _unb64(wrapped), _unb64(body)
        except (ValueError, binascii.Error) as broken:
            raise SealBroken("a sealed secret is damaged") from broken
        if key_id not in self.keys:
            raise SealBroken(f"the master key {key_id!r} is not in the key file")
        return key_id, *parts

    def derive(self, purpose: str) -> bytes:
        """32 bytes for another use of the active master key, e.g. signing a cookie."""
        return HKDF(hashes.SHA256(), 32, None, purpose.encode()).derive(self.keys[self.active])


def vault_of(db: Session) -> Vault:
    """The vault that the edge gave this session. Raises `Misconfigured` where there is none."""
    vault = db.info.get("vault")
    if not isinstance(vault, Vault):
        raise Misconfigured("this command was started without the master key")
    return vault


def open_vault(settings: Settings, *, create: bool = False) -> Vault:
    """The vault of these settings; with `create`, a new key file where none exists.

    Raises `Misconfigured` when the file is missing, damaged or readable by others.
    """
    if settings.master_key:
        return Vault("env", {"env": _key_from_text(settings.master_key, "master_key")})
    path = settings.key_path
    if create and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        key_id = new_key_id()
        write_keys(path, Vault(key_id, {key_id: AESGCM.generate_key(256)}))
    return read_keys(path)


def new_key_id() -> str:
    return f"k{secrets.token_hex(4)}"


def read_keys(path: Path) -> Vault:
    """Read a key file. Raises `Misconfigured`, never showing what the file holds."""
    try:
        mode = path.stat().st_mode & 0o777
        raw = json.loads(path.read_text("ascii"))
        keys = {str(k): _key_from_text(v, str(path)) for k, v in raw["keys"].items()}
        active = str(raw["active"])
    except FileNotFoundError as missing:
        raise Misconfigured(
            f"there is no master key at {path}; `homeroom init` makes one"
        ) from missing
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as broken:
        raise Misconfigured(f"the master key file {path} cannot be read") from broken
    if mode & 0o077:
        raise Misconfigured(f"{path} is readable by others (mode {mode:o}); chmod 600 it")
    if active not in keys:
        raise Misconfigured(f"the master key file {path} names no active key")
    return Vault(active, keys)


def write_keys(path: Path, vault: Vault) -> None:
    """Write a key file (0600) in one step: a crash leaves the old or the new, never a half."""
    text = json.dumps({"active": vault.active, "keys": {k: _b64(v) for k, v in vault.keys.items()}})
    draft = path.with_name(f"{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


def _encrypt(key: bytes, plaintext: bytes, binding: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, binding.encode())


def _decrypt(key: bytes, sealed: bytes, binding: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], binding.encode())
    except (InvalidTag, ValueError) as broken:
        raise SealBroken("a sealed secret does not open with this master key") from broken


def _key_from_text(text: str, source: str) -> bytes:
    try:
        key = _unb64(text)
    except (ValueError, binascii.Error, AttributeError) as broken:
        raise Misconfigured(f"{source}: not a base64 key") from broken
    if len(key) != 32:
        raise Misconfigured(f"{source}: a master key has 32 bytes, this one {len(key)}")
    return key


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(
        text.replace("+", "-").replace("/", "_") + "=" * (-len(text) % 4)
    )
