"""What a transfer may do next, and which devices may go. Pure rules."""

from collections.abc import Sequence

from inventory.assets.kinds import Status
from inventory.custody.transfer_models import TransferState
from inventory.errors import Conflict

_S = Status
GOES = frozenset({_S.IN_STOCK, _S.DEPLOYED, _S.IN_REPAIR})
"""What is neither on its way to the district, nor gone, nor at its life's end."""

TOLD = 50
"""So many refused devices are told at once."""

STAGES = (
    TransferState.REQUESTED, TransferState.APPROVED, TransferState.IN_TRANSIT, TransferState.CLOSED,
)  # fmt: skip
"""The way of a transfer that nothing gets in the way of."""


def require_state(state: TransferState, *wanted: TransferState) -> None:
    """Raises `Conflict` where the transfer is in another state: somebody was quicker."""
    if state not in wanted:
        allowed = " or ".join(one.value for one in wanted)
        raise Conflict(f"the transfer is {state.value}; this needs one that is {allowed}")


def objection(status: Status, *, out_to_person: bool, held: bool, elsewhere: int | None) -> str:
    """Why a device may not go; "" where it may.

    elsewhere  the number of another transfer that has it
    """
    if status not in GOES:
        return f"is recorded as {status.value}"
    if held:
        return "is on hold"
    if out_to_person:
        return "is out to a person"
    return "" if elsewhere is None else f"is in transfer {elsewhere}"


def require_all_go(refused: Sequence[tuple[str, str]]) -> None:
    """Raises `Conflict` naming every device that may not go, and why: (tag, objection)."""
    if refused:
        told = "; ".join(f"{tag} {why}" for tag, why in refused[:TOLD])
        more = f"; and {len(refused) - TOLD} more" if len(refused) > TOLD else ""
        raise Conflict(f"these cannot go: {told}{more}")


def status_arrived(status: Status, *, damaged: bool) -> Status:
    """What a device becomes that arrived: stock, or the repair shop, where it may have been bound
    for. One whose life has ended or that is seized stays what it is."""
    if status in {_S.RETIRED, _S.DISPOSED, _S.SEIZED}:
        return status
    return _S.IN_REPAIR if damaged or status is _S.IN_REPAIR else _S.IN_STOCK
