"""The counter of custody, with agreements to sign."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2
import pytest

from inventory.access import Actor
from inventory.agreements import links, signing, texts
from inventory.agreements.document import Place
from inventory.agreements.models import Acceptance, Audience, Per
from inventory.agreements.rules import Signature
from inventory.agreements.signing import Desk as SigningDesk
from inventory.agreements.texts import AgreementDraft, Known, Text
from inventory.assets.file_store import FileStore
from inventory.assets.kinds import Category
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District
from tests.inventory.custody.conftest import Desk


@dataclass
class Office(Desk):
    """Where agreements are made and signed."""

    folder: Path

    @property
    def surroundings(self) -> SigningDesk:
        store = FileStore(self.folder / "agreements", max_bytes=2_000_000)
        return SigningDesk(store, Place("Maple Valley", ZoneInfo("America/New_York")), "10.0.0.7")

    def agreement(
        self, name: str = "Laptops at home", audience: Audience = Audience.STUDENTS,
        per: Per = Per.DEVICE, text: str = "Keep it safe.", es: str = "",
        kinds: Collection[Category] = (Category.LAPTOP,), *, loans: bool = False,
    ) -> Known:  # fmt: skip
        with self.database.unit() as db:
            draft = AgreementDraft(name, audience, per, kinds, loans)
            return texts.create(db, OPERATOR, draft, Text(text, es), now=self.clock())

    def link(self, custody: int, agreement: int, actor: Actor = OPERATOR) -> str:
        with self.database.unit() as db:
            return links.make(db, actor, custody, agreement, now=self.clock())[0]

    def by_link(self, secret: str, signature: Signature | None) -> Acceptance:
        with self.database.unit() as db:
            return links.sign(db, secret, signature, self.surroundings, now=self.clock())

    def on_screen(self, custody: int, agreement: int, name: str, **more: Any) -> Acceptance:
        actor = more.pop("actor", OPERATOR)
        with self.database.unit() as db:
            return signing.on_screen(
                db, actor, custody, agreement, Signature(name, **more), self.surroundings,
                now=self.clock(),
            )  # fmt: skip


@pytest.fixture
def office(database: Database, clock: Clock, district: District, tmp_path: Path) -> Office:
    return Office(database, clock, district, tmp_path)


def words_of(pdf: Path) -> str:
    """All text of a document, on one line."""
    with pypdfium2.PdfDocument(pdf.read_bytes()) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(pages).split())
