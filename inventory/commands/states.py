"""The life of a command: its states and the moves between them, as one table.

asked for     requested -> approved -> cooling_off -> ready        (or rejected, cancelled, expired)
sent          ready -> dispatching -> dispatched -> acknowledged -> verified  (or failed, expired)
answer lost   dispatching -> uncertain -> dispatched | ready (one more time) | needs_human
called off    dispatched -> cancel_pending -> cancelled
stopped       held: nothing leaves until a person, or what held it, lets go

`dispatching` is committed before the vendor is called, so that a crash can never forget that a
command may have left. A plan that nobody has asked for is no command, and has no state.
"""

from collections.abc import Mapping
from enum import StrEnum


class CommandState(StrEnum):
    """Where a command is."""

    REQUESTED = "requested"
    APPROVED = "approved"
    COOLING_OFF = "cooling_off"
    READY = "ready"
    HELD = "held"
    DISPATCHING = "dispatching"
    UNCERTAIN = "uncertain"
    NEEDS_HUMAN = "needs_human"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    CANCEL_PENDING = "cancel_pending"
    VERIFIED = "verified"
    FAILED = "failed"
    EXPIRED = "expired"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Held(StrEnum):
    """Why a command is held."""

    BREAKER = "breaker"  # the district's breaker is open
    HOLD = "hold"  # a legal or investigation hold on the device
    STALE = "stale"  # what we know of the device is old, or has changed since
    IDENTITY = "identity"  # it is not the device, or not the enrolment, that was meant
    PERSON = "person"  # somebody who asked for it or approved it may no longer act
    RESTORE = "restore"  # the database was restored: it may have been sent already


_S = CommandState

TERMINAL = frozenset({_S.VERIFIED, _S.FAILED, _S.EXPIRED, _S.REJECTED, _S.CANCELLED})
"""From here a command never moves again; trying again is a new command with new approvals."""

OPEN = frozenset(CommandState) - TERMINAL

UNSENT = frozenset({_S.REQUESTED, _S.APPROVED, _S.COOLING_OFF, _S.READY})
"""Surely not sent, unless the database was restored."""

SENT = frozenset({_S.DISPATCHED, _S.ACKNOWLEDGED, _S.CANCEL_PENDING})
"""Surely accepted by the vendor, and followed there."""

DRIVEN = frozenset({_S.COOLING_OFF, _S.READY, _S.DISPATCHING, _S.UNCERTAIN}) | SENT
"""States in which the program goes on by itself; in the others a person must."""

MOVES: Mapping[CommandState, frozenset[CommandState]] = {
    _S.REQUESTED: frozenset({_S.APPROVED, _S.REJECTED, _S.CANCELLED, _S.EXPIRED, _S.HELD}),
    _S.APPROVED: frozenset({_S.COOLING_OFF, _S.READY, _S.HELD, _S.CANCELLED, _S.EXPIRED}),
    _S.COOLING_OFF: frozenset({_S.READY, _S.HELD, _S.CANCELLED, _S.EXPIRED}),
    _S.READY: frozenset({_S.DISPATCHING, _S.HELD, _S.CANCELLED, _S.EXPIRED, _S.FAILED}),
    _S.HELD: frozenset({
        _S.REQUESTED, _S.COOLING_OFF, _S.READY, _S.UNCERTAIN, _S.NEEDS_HUMAN, *SENT,
        _S.REJECTED, _S.CANCELLED, _S.EXPIRED,
    }),
    _S.DISPATCHING: frozenset({_S.DISPATCHED, _S.READY, _S.FAILED, _S.UNCERTAIN, _S.HELD}),
    _S.UNCERTAIN: frozenset({_S.DISPATCHED, _S.READY, _S.NEEDS_HUMAN, _S.FAILED, _S.HELD}),
    _S.NEEDS_HUMAN: frozenset({_S.DISPATCHED, _S.VERIFIED, _S.FAILED, _S.HELD}),
    _S.DISPATCHED: frozenset({
        _S.ACKNOWLEDGED, _S.VERIFIED, _S.FAILED, _S.EXPIRED, _S.CANCEL_PENDING, _S.CANCELLED,
        _S.NEEDS_HUMAN, _S.HELD,
    }),
    _S.ACKNOWLEDGED: frozenset({
        _S.VERIFIED, _S.FAILED, _S.EXPIRED, _S.CANCEL_PENDING, _S.CANCELLED, _S.NEEDS_HUMAN,
        _S.HELD,
    }),
    _S.CANCEL_PENDING: frozenset({
        _S.CANCELLED, _S.DISPATCHED, _S.VERIFIED, _S.FAILED, _S.EXPIRED, _S.NEEDS_HUMAN, _S.HELD,
    }),
    **{state: frozenset() for state in TERMINAL},
}  # fmt: skip


def may_move(before: CommandState, after: CommandState) -> bool:
    """Whether the table has this move."""
    return after in MOVES[before]
