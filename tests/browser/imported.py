"""Imports of assets for the gates: one staged, one with questions, one applied."""

import io

from sqlmodel import Session

from inventory.access import Permission, system_actor
from inventory.asset_import import imports, planning, staging
from inventory.asset_import.applying import approve
from inventory.asset_import.options import options_of
from inventory.db import Database, now

ACTOR = system_actor("browser tests", Permission)
HEAD = "Tag,Kind,Manufacturer,Model,Place,Bought on,Notes\n"


def fill_imports(database: Database, evil: str) -> dict[str, int]:
    """Ids by the names of `Made`."""
    quoted = evil.replace('"', '""')
    rows = "".join(f"IMP-{n},laptop,Acme,Book {n % 2},,2025-08-1{n},first\n" for n in range(1, 9))
    applied = _planned(database, HEAD + rows)
    with database.unit() as db:
        approve(db, ACTOR, applied, now=now())
    odd = (
        HEAD
        + rows.replace(",first", ",second")
        + f'E-1,laptop,"{quoted}",,"{quoted}",,"{quoted}"\n'
        "E-2,spoon,Acmee,Book 1,,soon,\nE-3,,,,,,\nIMP-1,laptop,,,,,\n"
    )
    return {
        "import_applied": applied, "import_waiting": _planned(database, odd, create=()),
        "import_staged": _staged(database, odd),
    }  # fmt: skip


def _staged(database: Database, text: str) -> int:
    stream = io.BytesIO(text.encode())
    return staging.receive(database, ACTOR, stream, name="devices.csv", most_rows=100, now=now())


def _planned(
    database: Database, text: str, create: tuple[str, ...] = ("manufacturer", "model")
) -> int:
    import_id = _staged(database, text)
    with database.unit(write=False) as db:
        options = options_of({**_options(db, import_id), "create": create})
    planning.plan(database, ACTOR, import_id, options=options, now=now())
    return import_id


def _options(db: Session, import_id: int) -> dict[str, object]:
    return dict(imports.get(db, ACTOR, import_id).options)
