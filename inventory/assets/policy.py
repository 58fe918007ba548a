"""The life of an asset: which moves are allowed, who may make them, which need a reason."""

from inventory.access import Permission
from inventory.assets.kinds import Status
from inventory.errors import Conflict, InvalidInput

_S = Status
INITIAL = frozenset({_S.ORDERED, _S.IN_STOCK, _S.DEPLOYED, _S.IN_REPAIR, _S.RETIRED})
"""A thing cannot begin as lost or disposed: those are events with a reason."""

_GONE = {_S.LOST, _S.STOLEN, _S.SEIZED}
MOVES: dict[Status, frozenset[Status]] = {
    _S.ORDERED: frozenset({_S.IN_STOCK, _S.DEPLOYED, _S.RETIRED}),
    _S.IN_STOCK: frozenset({_S.ORDERED, _S.DEPLOYED, _S.IN_REPAIR, _S.RETIRED, *_GONE}),
    _S.DEPLOYED: frozenset({_S.IN_STOCK, _S.IN_REPAIR, _S.RETIRED, *_GONE}),
    _S.IN_REPAIR: frozenset({_S.IN_STOCK, _S.DEPLOYED, _S.RETIRED, *_GONE}),
    _S.LOST: frozenset({_S.IN_STOCK, _S.DEPLOYED, _S.IN_REPAIR, _S.STOLEN, _S.SEIZED, _S.RETIRED}),
    _S.STOLEN: frozenset({_S.IN_STOCK, _S.DEPLOYED, _S.IN_REPAIR, _S.LOST, _S.SEIZED, _S.RETIRED}),
    _S.SEIZED: frozenset({_S.IN_STOCK, _S.DEPLOYED, _S.IN_REPAIR, _S.RETIRED}),
    _S.RETIRED: frozenset({_S.IN_STOCK, _S.DISPOSED, *_GONE}),
    # Only a mistake is undone: what was disposed of comes back as retired, with a reason.
    _S.DISPOSED: frozenset({_S.RETIRED}),
}

NEEDS_REASON = frozenset({_S.LOST, _S.STOLEN, _S.SEIZED, _S.DISPOSED})
"""A reason is needed to enter one of these, and to leave seized or disposed."""

ENDING = frozenset({_S.RETIRED, _S.DISPOSED})
"""States that end a thing's life in the district."""
IN_USE = frozenset({_S.ORDERED, _S.IN_STOCK, _S.DEPLOYED, _S.IN_REPAIR})
"""States in which a thing may rightly be seen on the network."""
GONE = frozenset(_S) - IN_USE
"""Nobody is administrator of what is lost, stolen, seized, retired or disposed of."""


def require_move(before: Status, after: Status, reason: str) -> None:
    """Raises `Conflict` for a move that the table lacks, `InvalidInput` for a missing reason."""
    if after not in MOVES[before]:
        allowed = ", ".join(s.value for s in Status if s in MOVES[before])
        raise Conflict(f"{before.value} cannot become {after.value}; allowed: {allowed}")
    if not reason and (after in NEEDS_REASON or before in {_S.SEIZED, _S.DISPOSED}):
        raise InvalidInput(
            f"{before.value} to {after.value} needs a reason", {"reason": ["a reason is required"]}
        )


def permission_for(before: Status, after: Status) -> Permission:
    """Ending a thing's life, and undoing that, takes more than changing it."""
    return Permission.ASSET_RETIRE if ENDING & {before, after} else Permission.ASSET_WRITE


def require_initial(status: Status) -> None:
    """Raises `InvalidInput` for a state that a new asset cannot have."""
    if status not in INITIAL:
        allowed = ", ".join(s.value for s in Status if s in INITIAL)
        raise InvalidInput(
            f"a new asset cannot be {status.value}", {"status": [f"must be one of: {allowed}"]}
        )
