"""A mark outside the database: how far its audit log had come when this machine last looked.

A database that was restored from a backup does not know what happened since, and would send again
what was sent. The mark is one small file in the data folder: the number and digest of the newest
audit event. It is written before every call to a vendor, so that no command of this machine can be
forgotten unnoticed, unless the folder is restored together with the database.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from inventory.audit.models import AuditEvent, AuditHead
from inventory.settings import Settings

NAME = "commands.anchor"


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest audit event at some moment."""

    last_id: int
    digest: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The file."""

    path: Path

    @classmethod
    def of(cls, settings: Settings) -> "Anchor":
        return cls(Path(settings.data_dir) / NAME)

    def read(self) -> Mark | None:
        """What was marked last; None where there is no readable file."""
        try:
            kept = json.loads(self.path.read_text("ascii"))
            return Mark(int(kept["last_id"]), str(kept["digest"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, mark: Mark, *, now: datetime) -> None:
        """Mark durably and in one step: after a power cut it is the old mark or the new one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"last_id": mark.last_id, "digest": mark.digest, "at": now.isoformat()})
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self.path)


def mark_of(db: Session) -> Mark:
    """Where the audit log is now."""
    head = db.exec(select(AuditHead).where(AuditHead.id == 1)).one()
    return Mark(head.last_id, head.digest)


def fits(db: Session, mark: Mark) -> bool:
    """Whether this database went through the moment that was marked."""
    if mark.last_id == 0:
        return True
    query = select(AuditEvent.digest).where(AuditEvent.id == mark.last_id)
    return db.exec(query).first() == mark.digest
