"""A district with people who have mail addresses, a mail server, and somebody who hears."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from inventory.access import Permission, Role
from inventory.accounts import service as accounts
from inventory.db import Database
from inventory.notices import sending, targets, writing
from inventory.notices.models import NoticeDelivery
from inventory.notices.telling import Notice
from inventory.settings import Settings
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District
from tests.inventory.notices.post_office import Hearer, PostOffice, hearer, post_office


@dataclass
class Desk:
    """What tests do with notices."""

    database: Database
    settings: Settings
    clock: Clock

    def person(self, name: str, role: Role, site: int | None, email: str | None = None) -> int:
        with self.database.unit() as db:
            account, _ = accounts.create_account(
                db, OPERATOR, user_name=name, email=email or f"{name}@school.example",
                grants=[(role, site)], now=self.clock(),
            )  # fmt: skip
        return account.id

    def target(self, url: str, **more: object) -> tuple[int, str]:
        draft = replace(targets.TargetDraft("chat", url), **more)  # type: ignore[arg-type]
        with self.database.unit() as db:
            row, secret = targets.create(db, OPERATOR, draft, now=self.clock())
        return row.id, secret

    def notice(self, **more: object) -> Notice:
        plain = Notice("breaker.opened", "Stopped", "Too many wipes.", Permission.COMMAND_APPROVE)
        return replace(plain, **more)  # type: ignore[arg-type]

    def write(self, **more: object) -> None:
        with self.database.unit() as db:
            writing.write(db, self.notice(**more), self.clock())

    def send(self, **settings: object) -> int:
        given = replace(self.settings, **settings)  # type: ignore[arg-type]
        return sending.run(self.database, given, clock=self.clock)

    def deliveries(self) -> list[NoticeDelivery]:
        with self.database.unit(write=False) as db:
            return list(db.exec(select(NoticeDelivery).order_by(col(NoticeDelivery.id))).all())


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as made:
        yield made


@pytest.fixture
def hears() -> Iterator[Hearer]:
    with hearer() as made:
        yield made


@pytest.fixture
def make_desk(
    database: Database, district: District, clock: Clock, tmp_path: Path
) -> Callable[[int], Desk]:
    def make(port: int) -> Desk:
        settings = Settings(
            smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none",
            smtp_from="homeroom@district.example", data_dir=str(tmp_path),
        )  # fmt: skip
        return Desk(database, settings, clock)

    return make


@pytest.fixture
def desk(make_desk: Callable[[int], Desk], office: PostOffice) -> Desk:
    return make_desk(office.port)
