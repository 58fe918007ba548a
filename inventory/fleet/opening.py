"""The way from a connection to a connector: its seal is opened here and nowhere else.

Opening makes no request. The session that opened it must be closed before the connector is used.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from inventory.errors import Conflict, Forbidden, SealBroken
from inventory.fleet.models import MdmConnection
from inventory.fleet.remembering import SealedMemory, Unit, apart
from inventory.vault import binding_of, vault_of
from mdm.connection import Access, Wiring
from mdm.connector import Connector
from mdm.registry import open_connector

ACTS = "mdm_acts"
"""In a session's `info` where this process may act on devices: only an edge that works sets it."""

WIRING = "mdm_wiring"
"""In a session's `info`: the `Wiring` of a test, whose waits are short."""


def open_reader(db: Session, connection: MdmConnection, *, unit: Unit | None = None) -> Connector:
    """With the credential that reads. Raises `SealBroken`, `mdm.errors.Invalid`.

    unit  the sessions of its memory; None: of their own, as `db` is closed by then
    """
    config = opened(db, connection, "read_config")
    return _open(db, connection, config, Access.READ, unit)


def open_actor(db: Session, connection: MdmConnection) -> Connector:
    """With the credential that acts, in a process that works; a web request never gets it.

    It is opened whatever `mode` says: whoever sends looks at that. Raises `Forbidden` in any other
    process, `Conflict` for a connection without such a credential, `SealBroken`,
    `mdm.errors.Invalid`.
    """
    if db.info.get(ACTS) is not True:
        raise Forbidden("only the worker may open a credential that acts on devices")
    if connection.act_config is None:
        raise Conflict(f"{connection.label} has no credential to act with")
    config = opened(db, connection, "act_config")
    return _open(db, connection, config, Access.ACT)


def seal(db: Session, uid: str, column: str, config: Mapping[str, str]) -> str:
    """The sealed form of a connection's settings."""
    text = json.dumps(dict(config), ensure_ascii=False, sort_keys=True)
    return vault_of(db).seal(text.encode(), binding=_binding(uid, column))


def opened(db: Session, connection: MdmConnection, column: str) -> dict[str, str]:
    """The settings in the clear; for a connector, and to lay a change over them."""
    sealed: str | None = getattr(connection, column)
    if sealed is None:
        return {}
    text = vault_of(db).open(sealed, binding=_binding(connection.uid, column))
    found: Any = json.loads(text)
    if not isinstance(found, dict):
        raise SealBroken(f"the settings of {connection.label} cannot be read")
    return {str(name): str(value) for name, value in found.items()}


def _open(
    db: Session,
    connection: MdmConnection,
    config: Mapping[str, str],
    access: Access,
    unit: Unit | None = None,
) -> Connector:
    given = db.info.get(WIRING)
    wiring = given if isinstance(given, Wiring) else Wiring()
    memory = SealedMemory(connection.id, unit or apart(db))
    return open_connector(
        connection.vendor,
        config,
        name=connection.label,
        access=access,
        base_url=connection.address or None,
        wiring=replace(wiring, memory=memory),
    )


def _binding(uid: str, column: str) -> str:
    return binding_of("mdm_connection", uid, column)
