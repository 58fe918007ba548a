"""The way from a stored source to its directory: the seal is opened here and nowhere else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from inventory.errors import SealBroken
from inventory.people.sources.models import RosterDirectory
from inventory.vault import binding_of, vault_of
from mdm.connection import Wiring
from mdm.directories.registry import open_directory
from mdm.directories.types import Directory
from mdm.timing import Timing

WIRING = "mdm_wiring"
"""In a session's `info`: the `Wiring` of a test, whose waits are short."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of asking for the first page; `error` is "" where it is good."""

    error: str
    people: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.error


def seal(db: Session, uid: str, config: Mapping[str, str]) -> str:
    """The sealed form of the settings."""
    text = json.dumps(dict(config), ensure_ascii=False, sort_keys=True)
    return vault_of(db).seal(text.encode(), binding=binding_of("roster_directory", uid, "config"))


def opened(db: Session, row: RosterDirectory) -> dict[str, str]:
    """The settings in the clear. Raises `SealBroken`."""
    binding = binding_of("roster_directory", row.uid, "config")
    found: Any = json.loads(vault_of(db).open(row.config, binding=binding))
    if not isinstance(found, dict):
        raise SealBroken("the settings of a directory cannot be read")
    return {str(name): str(value) for name, value in found.items()}


def open_source(db: Session, row: RosterDirectory, name: str, *, patient: bool = True) -> Directory:
    """The directory; no request is made. Raises `SealBroken`, `mdm.errors.Invalid`.

    patient  False: somebody waits for the answer, so that there is no pause between tries
    """
    given = db.info.get(WIRING)
    if not patient and given is None:
        given = Wiring(timing=Timing(sleep=lambda _: None))
    return open_directory(
        row.kind.value, opened(db, row), name=name, base_url=row.address or None,
        wiring=given if isinstance(given, Wiring) else None,
    )  # fmt: skip
