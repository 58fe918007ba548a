"""What every SNMP version's session shares: `get`, `walk` and `columns` over one exchange.

A version adds only how a question is wrapped, protected and matched (`community`, `session`).
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence

from snmp_discovery.ber import Missing
from snmp_discovery.errors import AgentError, MalformedAnswer, NoAnswer, SessionError
from snmp_discovery.messages import GET, NO_ERROR, NO_SUCH_NAME, TOO_BIG, Answer
from snmp_discovery.types import Oid, Value
from snmp_discovery.walk import BulkHabits, error_name, walk_columns

_OIDS_AT_ONCE = 40
_SILENCES = 7  # enough to find one poisonous object among 40 by halving


class Conversation(ABC):
    """One device, one question at a time: a weak agent is never asked twice at once."""

    def __init__(self, address: str, port: int, *, bulk: bool) -> None:
        self.address = address
        self.port = port
        self._habits = BulkHabits(bulk=bulk)
        self._turn = asyncio.Lock()

    @abstractmethod
    async def exchange(
        self, kind: int, oids: Sequence[Oid], repetitions: int = 0, *, retries: int | None = None
    ) -> Answer:
        """One question and its answer; `retries` None means the session's own number."""

    async def get(self, oids: Sequence[Oid]) -> dict[Oid, Value]:
        """The values of `oids`, in one datagram where it can be; absent ones are left out.

        Raises NoAnswer, MalformedAnswer, SecurityRefused, or AgentError when nothing but errors
        came back.
        """
        async with self._turn:
            reading = _Get(self, list(dict.fromkeys(oids)))
            try:
                return await reading.run()
            except SessionError as error:
                error.partial = reading.found
                raise

    async def walk(self, root: Oid, *, limit: int) -> dict[Oid, Value]:
        """Everything below `root`; see `columns`."""
        return await self.columns([root], limit=limit)

    async def columns(self, roots: Sequence[Oid], *, limit: int) -> dict[Oid, Value]:
        """Everything below all of `roots`, `limit` values at most in sum, with GETBULK where the
        agent bears it. Raises WalkRefused and the errors of `get`, with `partial` filled."""
        async with self._turn:
            return await walk_columns(self.exchange, self._habits, self.address, roots, limit)


class _Get:
    """One `get`: chunks are halved when too big or met with silence, spoilers are dropped."""

    def __init__(self, session: Conversation, oids: list[Oid]) -> None:
        self._session = session
        self._chunks = deque(
            oids[at : at + _OIDS_AT_ONCE] for at in range(0, len(oids), _OIDS_AT_ONCE)
        )
        self.found: dict[Oid, Value] = {}
        self._answered = False
        self._silences = 0
        self._error = 0

    async def run(self) -> dict[Oid, Value]:
        while self._chunks:
            chunk = self._chunks.popleft()
            try:
                # Once it has answered, silence is about the size: one try is enough to know.
                retries = 0 if self._answered and len(chunk) > 1 else None
                answer = await self._session.exchange(GET, chunk, retries=retries)
            except (NoAnswer, MalformedAnswer):
                if not await self._bears_silence(chunk):
                    raise
                continue
            self._answered = True
            self._take(chunk, answer)
        if self._error and not self.found:
            raise AgentError(f"{self._session.address} answers {error_name(self._error)}")
        return self.found

    async def _bears_silence(self, chunk: list[Oid]) -> bool:
        """Whether to go on after silence; queues the smaller questions."""
        self._silences += 1
        if self._silences > _SILENCES:
            return False
        if len(chunk) == 1:
            return self._answered  # this one object silences the agent; the others count
        if not self._answered:
            return await self._proves_alive(chunk)
        self._halve(chunk)
        return True

    async def _proves_alive(self, chunk: list[Oid]) -> bool:
        """One object only: tells a dead device (costs one more question) from a weak one."""
        try:
            answer = await self._session.exchange(GET, chunk[:1], retries=0)
        except (NoAnswer, MalformedAnswer):
            return False
        self._answered = True
        self._take(chunk[:1], answer)
        self._halve(chunk[1:])
        return True

    def _halve(self, chunk: list[Oid]) -> None:
        middle = (len(chunk) + 1) // 2
        self._chunks.extendleft(part for part in (chunk[middle:], chunk[:middle]) if part)

    def _take(self, chunk: list[Oid], answer: Answer) -> None:
        if answer.error_status == NO_ERROR:
            self._keep(chunk, answer)
        elif answer.error_status == TOO_BIG and len(chunk) > 1:
            self._halve(chunk)
        elif 0 < answer.error_index <= len(chunk):
            self._blame(answer.error_status)
            del chunk[answer.error_index - 1]
            if chunk:
                self._chunks.appendleft(chunk)
        elif len(chunk) > 1:  # the agent does not say which object it dislikes
            self._halve(chunk)
        else:
            self._blame(answer.error_status)

    def _blame(self, status: int) -> None:
        if status != NO_SUCH_NAME:
            self._error = status

    def _keep(self, chunk: list[Oid], answer: Answer) -> None:
        asked = set(chunk)
        fitting = [(oid, value) for oid, value in answer.varbinds if oid in asked]
        if not fitting:
            raise MalformedAnswer(f"{self._session.address} answers a different question")
        self.found.update((o, v) for o, v in fitting if not isinstance(v, Missing))
