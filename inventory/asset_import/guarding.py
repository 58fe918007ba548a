"""When an import is too much to be believed; and what is odd about it and does no harm."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, select

from inventory.asset_import.comparing import Result
from inventory.asset_import.models import AssetImport, RowOutcome
from inventory.asset_import.options import Options
from inventory.asset_import.unknown import Unknowns
from inventory.assets.models import Asset
from inventory.assets.policy import ENDING

TOUCHED_PERCENT, TOUCHED_LEAST = 30, 50
"""An import that changes more of the inventory than that asks for the number to be typed."""

ENDING_PERCENT, ENDING_LEAST = 10, 20
"""One that retires more than that is refused: lists of what is to be retired come in parts."""

SWAPPED_PERCENT = 20


def is_ending(result: Result) -> bool:
    """Whether the row retires or disposes of an asset that is there."""
    after = (result.after or {}).get("status", "")
    return result.outcome is RowOutcome.UPDATE and after in ENDING


def findings(db: Session, kept: AssetImport, ending: int, swapped: int) -> list[dict[str, Any]]:
    """[{"rule": touched, retired, swapped, unknown; "number", "of", "refused"}]: `refused` ones
    cannot be overruled; the others by naming the number."""
    of = db.exec(select(sa.func.count()).select_from(Asset)).one()
    updates = kept.counts.get(RowOutcome.UPDATE, 0)
    found: list[dict[str, Any]] = []

    def object_to(rule: str, number: int, of: int, *, refused: bool = False) -> None:
        found.append({"rule": rule, "number": number, "of": of, "refused": refused})

    if ending > ENDING_LEAST and ending * 100 > of * ENDING_PERCENT:
        object_to("retired", ending, of, refused=True)
    if updates > TOUCHED_LEAST and updates * 100 > of * TOUCHED_PERCENT:
        object_to("touched", updates, of)
    if swapped and swapped * 100 > kept.rows * SWAPPED_PERCENT:
        object_to("swapped", swapped, kept.rows)
    if waiting := kept.counts.get(RowOutcome.WAITING, 0):
        object_to("unknown", waiting, kept.rows, refused=True)
    return found


def number_to_name(found: list[dict[str, Any]]) -> int | None:
    """The number that overrules the guard; None where it does not object."""
    return max((each["number"] for each in found if not each["refused"]), default=None)


def remarks(kept: AssetImport, options: Options, unknowns: Unknowns) -> list[str]:
    """For people, in English."""
    told = []
    for column, name in zip(kept.columns, options.mapping, strict=True):
        if name in {"tag", "serial"} and column["numbers"]:
            told.append(
                f"{column['name']}: {column['numbers']} cells are numbers, not text; if they began "
                "with zeros, those are lost"
            )
    left = [column["name"] for column, name in zip(kept.columns, options.mapping, strict=True)
            if not name]  # fmt: skip
    if left:
        told.append("not read: " + ", ".join(left)[:300])
    if unknowns.more:
        told.append(f"{unknowns.more} more unknown names are not listed: is the column the right "
                    "one?")  # fmt: skip
    return told
