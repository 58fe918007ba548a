"""Using a sealed code from outside: wrong ones are counted as any wrong proof of who one is.

Five in a row lock the account for a while, and the address takes part in the limit. A slip of the
pen is told apart by the code's length, and does not count.
"""

from datetime import datetime

from inventory.access import Actor, Permission
from inventory.accounts.attempts import (
    WRONG_FACTOR,
    Door,
    give_back,
    note_failure,
    require_open,
    take_turn,
)  # fmt: skip
from inventory.accounts.models import Account
from inventory.accounts.sessions import Origin
from inventory.assets import reach
from inventory.assets.words import wrong
from inventory.commands import break_glass
from inventory.commands.break_glass import LENGTH, UnknownCode, plain_code
from inventory.commands.confirming import confirmed
from inventory.commands.models import DeviceCommand
from inventory.commands.requesting import CommandDraft
from inventory.commands.step_up import require_person

FAILED = "break_glass.failed"


def use(
    door: Door, actor: Actor, code: str, draft: CommandDraft, origin: Origin, *, now: datetime
) -> DeviceCommand:
    """Use a code, in a unit of its own; asked twice for the same, it tells the first command again.

    Raises as `break_glass.break_glass`; `InvalidInput` for what has not the length of a code,
    `Conflict` for a locked account, `TooManyRequests`.
    """
    account_id = require_person(actor, "a sealed code")
    with door.database.unit(write=False) as db:
        reach.get(db, actor, draft.asset_id, permission=Permission.COMMAND_REQUEST)
        account = db.get_one(Account, account_id)
        spent = break_glass.spent_on(db, actor, code, draft)
    typed = len(plain_code(code))
    if typed != LENGTH:
        raise wrong("code", f"must have {LENGTH} letters and digits; these are {typed}")
    if spent is not None:
        return spent
    require_open(account, now)
    take_turn(door, origin.address, now)
    try:
        with door.database.unit() as db:
            asset = reach.get(db, actor, draft.asset_id)
            plan = break_glass.glass_plan(
                db, actor, asset, draft.action, device_id=draft.device_id, now=now
            )
            step_up = confirmed(db, actor, break_glass.binding_of_glass(plan))
            command = break_glass.break_glass(db, actor, code, draft, step_up=step_up, now=now)
    except UnknownCode:
        with door.database.unit(write=False) as db:
            spent = break_glass.spent_on(db, actor, code, draft)
        if spent is not None:
            give_back(door, origin.address)
            return spent
        note_failure(
            door, account, account.user_name, WRONG_FACTOR, origin, action=FAILED, actor=actor,
            now=now,
        )  # fmt: skip
        raise
    except BaseException:
        give_back(door, origin.address)
        raise
    give_back(door, origin.address)
    return command
