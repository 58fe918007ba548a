"""A file store of a test's own, and putting files into it and at assets.

Import the fixtures by name, and name them in `__all__`.
"""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from inventory.assets import uploading
from inventory.assets.attachment_models import Attachment
from inventory.assets.file_store import FileStore
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.assets.conftest import EVERYTHING, District, Make

Put = Callable[..., Attachment]


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "data" / "attachments", max_bytes=100_000)


@pytest.fixture
def put(database: Database, store: FileStore, clock: Clock, make: Make, district: District) -> Put:
    """Upload bytes to a new asset, or to the one given."""

    def upload(raw: bytes, asset_id: int | None = None) -> Attachment:
        at = asset_id or make(site_id=district.lincoln).id
        return uploading.upload(
            database, EVERYTHING, at, io.BytesIO(raw), name="x", store=store, most=9, now=clock()
        ).file

    return upload


def files(store: FileStore) -> set[str]:
    marks = {"lock", "database"}
    return {p.name for p in store.folder.rglob("*") if p.is_file()} - marks
