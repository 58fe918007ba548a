"""The common half of every fake vendor. A subclass brings routes, devices and how they obey."""

from __future__ import annotations

import copy
import itertools
import random
import re
import threading
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from mdm.types import OutcomeState, Receipt
from tests.mdm.fakes.http import Call, Fault, Reply, Route, Server, after, before
from tests.mdm.hook import Hook


@dataclass
class Token:
    """`until` by the fake's clock; `uses` left, None: no end."""

    until: float
    grants: frozenset[str] = frozenset()
    uses: int | None = None


@dataclass
class _Planned:
    fault: Fault
    times: int
    on: Callable[[Call], bool]


class FakeVendor(ABC):
    """A tenant of a vendor on a loopback port.

    effects     what was truly done, as (device id, action), in order
    calls       every request; `acting` marks those that change something
    page_size   the most rows a page holds, whatever is asked for
    loops       pages lead back to the first
    spoil       what happens to a device record on its way out
    obey_after  seconds after which devices carry commands out by themselves; None: `settle`
    """

    vendor: ClassVar[str] = ""
    own_address: ClassVar[bool] = False  # the address is a setting: `config` uses `reached_at`
    acting_grants: ClassVar[frozenset[str]] = frozenset()  # rights of a token that can act
    spec: ClassVar[str | None] = None  # the vendor's document below shared/mdm/specs
    mend: ClassVar[Callable[[dict[str, Any]], None] | None] = None  # what contradicts itself in it
    partial_action: ClassVar[str | None] = None  # refused inside a 200, see `refuse`
    tells: ClassVar[bool] = False  # by webhook: what happens is told to `hook`

    def __init__(self, *, now: Callable[[], datetime] | None = None, seed: int = 7) -> None:
        self.now = now or (lambda: datetime.now(UTC))
        self.random = random.Random(seed)
        self.numbers = itertools.count(1)
        self.effects: list[tuple[str, str]] = []
        self.calls: list[Call] = []
        self.crashes: list[str] = []
        self.tokens: dict[str, Token] = {}
        self.page_size = 1000
        self.loops = False
        self.spoil: Callable[[dict[str, Any]], Any] | None = None
        self.obey_after: float | None = None
        self.revoked = False
        self.token_uses: int | None = None
        self.refused: set[str] = set()
        self.slowness = 3.0
        self.address: str | None = None
        self.hook: Hook | None = None
        self.retry_after: str | None = None
        self.twist: Callable[[Any], Any] = lambda body: body
        self.redirect_to = "https://elsewhere.invalid/"
        self.stopping = threading.Event()
        self._faults: list[_Planned] = []
        self._lock = threading.RLock()
        self._server: Server | None = None

    # --- what a vendor's fake must bring -------------------------------------------------------

    @abstractmethod
    def routes(self) -> Sequence[tuple[str, str, Route]]:
        """(method, path pattern, handler); the handler gets the call and the pattern's groups."""

    @abstractmethod
    def config(self) -> dict[str, str]:
        """Settings that open a connector on this tenant."""

    @abstractmethod
    def secrets(self) -> list[str]:
        """Every text that must never show, tokens that were issued among them."""

    @abstractmethod
    def seed(self, count: int) -> None:
        """So many more devices, of every platform and ownership that the vendor has."""

    @abstractmethod
    def ids(self) -> list[str]:
        """The vendor ids of all devices, in the order of the list."""

    @abstractmethod
    def record(self, device_id: str) -> dict[str, Any]:
        """The vendor's own record of a device, to change."""

    @abstractmethod
    def forget(self, device_id: str) -> None:
        """The device leaves the vendor."""

    @abstractmethod
    def reenrol(self, device_id: str) -> None:
        """The device is enrolled anew, as far as the vendor keeps its id."""

    @abstractmethod
    def settle(self, receipt: Receipt, state: OutcomeState) -> None:
        """Bring a command to a state in `reaches`, as if the device had done its part."""

    @abstractmethod
    def reaches(self, receipt: Receipt) -> frozenset[OutcomeState]:
        """The states that the vendor can tell of such a command."""

    def checked_in(self, device_id: str, at: datetime) -> None:
        """The device was last heard of at `at`; for vendors with an incremental list."""
        raise NotImplementedError

    def is_login(self, call: Call) -> bool:
        """Whether a call only fetches a token; faults leave those alone unless asked."""
        return False

    def is_acting(self, call: Call) -> bool:
        """Whether a call changes something."""
        return call.method != "GET" and not self.is_login(call)

    def throttled(self) -> Reply:
        """How the vendor says "slow down"."""
        return Reply(429, {"message": "too many requests"}, self.wait_header())

    def unauthorized(self) -> Reply:
        return Reply(401, {"message": "invalid credentials"})

    # --- what tests turn ------------------------------------------------------------------------

    def fail(
        self, fault: Fault, times: int = 1, *, on: Callable[[Call], bool] | None = None
    ) -> None:
        """The next `times` calls (by default those that are no login) meet a fault."""
        self._faults.append(_Planned(fault, times, on or (lambda call: not self.is_login(call))))

    def heal(self) -> None:
        """No faults any more."""
        self._faults.clear()

    def refuse(self, device_id: str) -> None:
        """Commands to this device are refused, in the vendor's way."""
        self.refused.add(device_id)

    @property
    def acting_calls(self) -> list[Call]:
        return [call for call in self.calls if call.acting]

    # --- what subclasses use --------------------------------------------------------------------

    def wait_header(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"Retry-After": self.retry_after}

    def out(self, record: dict[str, Any]) -> Any:
        """A record as it is sent: a copy, spoilt where a test wants it."""
        shown = copy.deepcopy(record)
        return self.spoil(shown) if self.spoil is not None else shown

    def page(
        self, records: Sequence[dict[str, Any]], start: int, asked: int
    ) -> tuple[list[Any], int | None]:
        """The records from `start`, and where the next page begins."""
        end = start + min(asked, self.page_size)
        rows = [self.out(record) for record in records[start:end]]
        return rows, (0 if self.loops else end if end < len(records) else None)

    def issue(self, life: float, grants: frozenset[str] = frozenset()) -> str:
        """A new token."""
        token = f"fake-token-{next(self.numbers)}-{self.random.getrandbits(64):x}"
        self.tokens[token] = Token(self.now().timestamp() + life, grants, self.token_uses)
        return token

    def token_of(self, call: Call) -> Token | None:
        """The token of a call if it is still good; uses it up."""
        token = self.tokens.get(call.bearer)
        if token is None or self.revoked or self.now().timestamp() >= token.until:
            return None
        if token.uses is not None:
            token.uses -= 1
            if token.uses < 0:
                return None
        return token

    # --- the server -----------------------------------------------------------------------------

    def answer(self, call: Call) -> Reply:
        call.acting = self.is_acting(call)
        with self._lock:
            self.calls.append(call)
            fault = self._fault_for(call)
            reply = before(fault, self, call) or self._routed(call)
        return after(fault, self, reply)

    def _fault_for(self, call: Call) -> Fault | None:
        for planned in self._faults:
            if planned.times > 0 and planned.on(call):
                planned.times -= 1
                return planned.fault
        return None

    def _routed(self, call: Call) -> Reply:
        for method, pattern, handler in self.routes():
            found = re.fullmatch(pattern, call.path)
            if found and method == call.method:
                try:
                    return handler(call, **found.groupdict())
                except Exception:
                    self.crashes.append(traceback.format_exc())
                    return Reply(500, {"message": "the fake is broken"})
        return Reply(404, {"message": "no such path"})

    @property
    def url(self) -> str:
        assert self._server is not None, "not started"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def reached_at(self) -> str:
        """Where a connector is to send its calls: here, or to a proxy before us."""
        return self.address or self.url

    def start(self) -> Self:
        self._server = Server(self)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        self.stopping.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        if self.hook is not None:
            self.hook.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
