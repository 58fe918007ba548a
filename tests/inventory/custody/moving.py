"""North gives, South takes: the acts of transfers with short names."""

from collections.abc import Sequence

from inventory.access import Actor, Role
from inventory.custody import receiving, shipping, transfers
from inventory.custody.receiving import Arrival
from inventory.custody.transfer_models import Transfer
from inventory.custody.transfers import TransferDraft
from tests.inventory.custody.conftest import Desk, holding_role


class Move:
    """North gives, South takes; the acts with short names."""

    def __init__(self, desk: Desk) -> None:
        self.desk, d = desk, desk.district
        self.giver = holding_role(Role.TECHNICIAN, d.north, d.north_building, d.north_room)
        self.taker = holding_role(Role.TECHNICIAN, d.south, d.south_room)

    def ask(self, actor: Actor | None = None, **more: object) -> int:
        d = self.desk.district
        draft = TransferDraft(d.north, d.south, **{"what": "Laptops", "wanted": 2, **more})  # type: ignore[arg-type]
        with self.desk.database.unit() as db:
            return transfers.request(db, actor or self.taker, draft, now=self.desk.clock()).id

    def approve(self, number: int, actor: Actor | None = None) -> Transfer:
        with self.desk.database.unit() as db:
            return transfers.approve(db, actor or self.giver, number, now=self.desk.clock())

    def approved(self) -> int:
        number = self.ask()
        self.approve(number)
        return number

    def choose(self, number: int, *tags: str, actor: Actor | None = None) -> None:
        with self.desk.database.unit() as db:
            shipping.choose(db, actor or self.giver, number, tags, now=self.desk.clock())

    def ship(self, number: int, *tags: str, actor: Actor | None = None) -> Transfer:
        with self.desk.database.unit() as db:
            now = self.desk.clock()
            return shipping.ship(db, actor or self.giver, number, tags=tags, now=now)

    def receive(self, number: int, actor: Actor | None = None, **more: Sequence[int]) -> Transfer:
        with self.desk.database.unit() as db:
            arrival = Arrival(**more)  # type: ignore[arg-type]
            now = self.desk.clock()
            return receiving.receive(db, actor or self.taker, number, arrival, now=now)

    def in_hand(self, tag: str, actor: Actor | None = None) -> Transfer:
        with self.desk.database.unit() as db:
            return receiving.take_in_hand(
                db, actor or self.taker, tag, self.desk.district.south, now=self.desk.clock()
            )
