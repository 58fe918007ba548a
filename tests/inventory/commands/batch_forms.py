"""The form that asks for a batch, as a person fills it in."""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col, select

from inventory.commands.models import CommandBatch
from inventory.fleet.models import MdmDevice
from mdm.types import Platform
from tests.inventory.commands.world import World
from tests.inventory.conftest import Caller

NEW = "/commands/batches/new"
HOSTILE = "<script>alert(1)</script> \"' \u202e"


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, plain(page)
    return found[1]


def look(caller: Caller, assets: Sequence[int], action: str = "wipe", **more: object) -> str:
    """The page that tells what would happen."""
    given = {"step": "look", "ids": ",".join(map(str, assets)), "action": action,
             "reason": "the cart was stolen", **more}  # fmt: skip
    answer = caller.post(NEW, data=given)
    assert answer.status_code == 200, plain(answer.text)
    return answer.text


def filled(page: str, code: str = "", **more: object) -> dict[str, object]:
    """The form of that page as a person fills it in."""
    names = ("ids", "back", "action", "reason", "digest", "uid")
    given = {name: hidden(page, name) for name in names}
    count = len(given["ids"].split(","))
    return {**given, "step": "ask", "count": count, "backup": "waived", "code": code,
            "acknowledged": ["stale"], **more}  # fmt: skip


def batches(world: World) -> Sequence[CommandBatch]:
    with world.database.unit(write=False) as db:
        return db.exec(select(CommandBatch)).all()


def books(world: World, count: int) -> list[int]:
    return world.assets(Platform.CHROMEOS)[:count]


def set_device(world: World, asset: int, **values: object) -> None:
    with world.database.unit() as db:
        db.execute(sa.update(MdmDevice).where(col(MdmDevice.asset_id) == asset).values(**values))
