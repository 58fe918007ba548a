"""Reading tables from agents that may be weak, wrong or hostile, whatever the SNMP version.

Every request must bring every column strictly forward (RFC 3416 §4.2.2), so a walk ends after at
most `limit` values; a second cap counts octets, because a value may be 60 kB long. GETBULK shrinks
when the agent is silent or says tooBig; agents that mishandle GETBULK altogether (some HP
JetDirect firmware) are walked with GETNEXT from the last good row on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from snmp_discovery.ber import Missing
from snmp_discovery.errors import AgentError, MalformedAnswer, NoAnswer, SessionError, WalkRefused
from snmp_discovery.messages import (
    AUTHORIZATION_ERROR,
    GETBULK,
    GETNEXT,
    NO_ERROR,
    NO_SUCH_NAME,
    TOO_BIG,
    Answer,
)
from snmp_discovery.types import Oid, Value, dotted

MAX_WALK_OCTETS = 16 << 20
"""Memory one walk may take: octets of the values, plus what their names weigh."""
COLUMNS_AT_ONCE = 12
VALUES_AT_ONCE = 48
_SUBID_WEIGHT = 8
ERROR_NAMES = {1: "tooBig", 2: "noSuchName", 3: "badValue", 5: "genErr", 6: "noAccess"}
ERROR_NAMES |= {13: "resourceUnavailable", AUTHORIZATION_ERROR: "authorizationError"}


class Exchange(Protocol):
    """One question and its answer. Raises SessionError."""

    async def __call__(
        self, kind: int, oids: Sequence[Oid], repetitions: int = 0, *, retries: int | None = None
    ) -> Answer: ...


@dataclass(slots=True)
class BulkHabits:
    """What one device turned out to bear; kept from walk to walk.

    values  values asked for in one GETBULK, over all columns
    proven  a question of this size has been answered: silence now means a lost datagram
    bulk    False for version 1, and for a device on which GETBULK never worked
    """

    values: int = VALUES_AT_ONCE
    proven: int = 0
    bulk: bool = True


@dataclass(slots=True)
class _Column:
    root: Oid
    cursor: Oid
    done: bool = False


@dataclass(slots=True)
class _Reading:
    """The state of one walk: what was found, and how much of the allowance is used."""

    address: str
    limit: int
    bulk: bool
    error: int = NO_ERROR
    found: dict[Oid, Value] = field(default_factory=dict)
    weight: int = 0

    def keep(self, oid: Oid, value: Value) -> None:
        if len(self.found) >= self.limit:
            raise self.refusal(f"a table is larger than {self.limit:,} values")
        self.weight += len(oid) * _SUBID_WEIGHT
        if not isinstance(value, int):
            self.weight += len(value)
        if self.weight > MAX_WALK_OCTETS:
            raise self.refusal(f"a table is larger than {MAX_WALK_OCTETS >> 20} MiB")
        self.found[oid] = value

    def refusal(self, why: str) -> WalkRefused:
        return WalkRefused(f"{self.address}: {why}", self.found)


class _BulkFailed(Exception):
    """The agent mishandles GETBULK; GETNEXT may still work. Never seen outside."""


async def walk_columns(
    exchange: Exchange, habits: BulkHabits, address: str, roots: Sequence[Oid], limit: int
) -> dict[Oid, Value]:
    """Everything below each of `roots`, `limit` values at most in sum.

    Raises WalkRefused (loops, runs backwards, too large), AgentError (a column answers with an
    error; the others are read first) or what `exchange` raises, each with the good values in
    `partial`.
    """
    reading = _Reading(address, limit, habits.bulk)
    roots = list(dict.fromkeys(roots))
    try:
        for at in range(0, len(roots), COLUMNS_AT_ONCE):
            group = [_Column(root, root) for root in roots[at : at + COLUMNS_AT_ONCE]]
            while active := [column for column in group if not column.done]:
                await _advance(exchange, habits, active, reading)
        if reading.error != NO_ERROR:
            raise AgentError(f"{address} answers {error_name(reading.error)} in a table")
    except SessionError as error:
        error.partial = reading.found
        raise
    return reading.found


async def _advance(
    exchange: Exchange, habits: BulkHabits, active: list[_Column], reading: _Reading
) -> None:
    """One question: every active column moves forward, ends, or the walk fails."""
    if not reading.bulk:
        await _next(exchange, active, reading)
        return
    try:
        await _bulk(exchange, habits, active, reading)
    except _BulkFailed:
        reading.bulk = False
        if not habits.proven:
            habits.bulk = False


async def _bulk(
    exchange: Exchange, habits: BulkHabits, active: list[_Column], reading: _Reading
) -> None:
    repetitions = max(1, habits.values // len(active))
    values = repetitions * len(active)
    # Before this size has worked once, a smaller question is the better second try.
    untried = repetitions > 1 and values > habits.proven
    try:
        answer = await exchange(
            GETBULK,
            [column.cursor for column in active],
            repetitions,
            retries=0 if untried else None,
        )
    except (NoAnswer, MalformedAnswer) as error:
        habits.proven = 0
        if repetitions == 1:
            raise _BulkFailed from error
        habits.values = len(active) * (repetitions // 4)
        return
    if answer.error_status == TOO_BIG and repetitions > 1:
        habits.values = len(active) * (repetitions // 2)
        return
    if answer.error_status != NO_ERROR or not answer.varbinds:
        raise _BulkFailed
    _take_rows(active, answer, reading)
    habits.proven = max(habits.proven, values)


def _take_rows(active: list[_Column], answer: Answer, reading: _Reading) -> None:
    """Row after row, one value for each column; the last row may be cut short by the agent."""
    moved = False
    for position, (oid, value) in enumerate(answer.varbinds):
        column = active[position % len(active)]
        if column.done:
            continue
        if not isinstance(value, Missing) and oid <= column.cursor:
            raise _BulkFailed
        _take(column, oid, value, reading)
        moved = True
    if not moved:
        raise _BulkFailed


async def _next(exchange: Exchange, active: list[_Column], reading: _Reading) -> None:
    answer = await exchange(GETNEXT, [column.cursor for column in active])
    if answer.error_status != NO_ERROR:
        await _next_refused(exchange, active, answer, reading)
        return
    if len(answer.varbinds) != len(active):
        raise reading.refusal("a table's answer has the wrong number of values")
    for column, (oid, value) in zip(active, answer.varbinds, strict=True):
        if not isinstance(value, Missing) and oid <= column.cursor:
            raise reading.refusal(f"a table does not move forward after {dotted(column.cursor)}")
        _take(column, oid, value, reading)


async def _next_refused(
    exchange: Exchange, active: list[_Column], answer: Answer, reading: _Reading
) -> None:
    """Version 1 ends a column with noSuchName; any other error is cured by asking singly."""
    if answer.error_status == NO_SUCH_NAME and 0 < answer.error_index <= len(active):
        active[answer.error_index - 1].done = True
    elif len(active) > 1:
        for column in active:
            await _next(exchange, [column], reading)
    else:
        active[0].done = True
        if answer.error_status != NO_SUCH_NAME:
            reading.error = answer.error_status


def _take(column: _Column, oid: Oid, value: Value | Missing, reading: _Reading) -> None:
    depth = len(column.root)
    if isinstance(value, Missing) or oid[:depth] != column.root:
        column.done = True
        return
    reading.keep(oid, value)
    column.cursor = oid


def error_name(status: int) -> str:
    """An error-status in RFC 3416's words."""
    return ERROR_NAMES.get(status, f"error-status {status}")
