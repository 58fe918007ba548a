"""Files at assets, as the service sees them: who may, how many, the same twice, the audit log."""

import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from inventory.access import Actor, Role
from inventory.assets import attachments, history
from inventory.assets.attachment_models import Attachment, FileKind
from inventory.assets.attachments import Added
from inventory.assets.file_store import FileStore
from inventory.assets.uploading import upload
from inventory.audit import service as audit
from inventory.db import Database
from inventory.errors import Conflict, Duplicate, Forbidden, HomeroomError, InvalidInput, NotFound
from tests.conftest import Clock
from tests.inventory.assets.conftest import EVERYTHING, District, Make
from tests.inventory.assets.crafted import HTML, PDF, photo, picture

MOST = 4

Put = Callable[..., Added]


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "attachments", max_bytes=100_000)


@pytest.fixture
def put(database: Database, store: FileStore, clock: Clock) -> Put:
    def put(asset_id: int, raw: bytes = PDF, actor: Actor = EVERYTHING, **told: Any) -> Added:
        told = {"name": "x.pdf", "most": MOST, **told}
        return upload(database, actor, asset_id, io.BytesIO(raw), store=store, now=clock(), **told)

    return put


@pytest.fixture
def asset(make: Make, district: District) -> int:
    return make(site_id=district.room_12).id


def test_what_is_kept_of_a_file(
    database: Database, put: Put, asset: int, clock: Clock, district: District
) -> None:
    jane = district.at(Role.TECHNICIAN, district.lincoln, district.room_12)
    document = put(
        asset, PDF, jane, name="C:\\Scans\\Lease 7.pdf", caption=" signed\r\ntwice "
    ).file
    clock.forward(minutes=1)
    image = put(asset, photo(6, (400, 300)), jane, name="IMG_1.jpg").file
    page = put(asset, HTML, jane, name="photo.jpg").file
    assert (document.name, document.caption) == ("Lease 7.pdf", "signed\ntwice")
    assert (document.kind, document.media_type) == (FileKind.DOCUMENT, "application/pdf")
    assert (document.uploaded_by, document.uploaded_by_id) == ("technician", 7)
    assert (document.size_bytes, document.width, document.has_preview) == (len(PDF), None, False)
    assert (image.kind, image.width, image.height) == (FileKind.PHOTO, 300, 400)
    assert image.has_preview
    assert (page.kind, page.media_type) == (FileKind.DOCUMENT, "application/octet-stream")
    with database.unit(write=False) as db:
        listed = attachments.list_of(db, jane, asset)
        assert [file.id for file in listed] == [page.id, image.id, document.id]
        older = attachments.list_of(db, jane, asset, before_id=image.id, limit=5)
        assert [file.id for file in older] == [document.id]


def test_it_is_in_the_audit_log_and_the_history(
    database: Database, put: Put, asset: int, clock: Clock, events: Callable[..., list[Any]]
) -> None:
    file = put(asset, name="a.pdf").file
    with database.unit() as db:
        attachments.change(
            db, EVERYTHING, asset, file.id, {"name": "b.pdf", "caption": "lease"}, now=clock()
        )
        attachments.change(db, EVERYTHING, asset, file.id, {"name": "b.pdf"}, now=clock())
    with database.unit() as db:
        attachments.remove(db, EVERYTHING, asset, file.id, now=clock())
    (added,), (changed,) = events("asset.file_added"), events("asset.file_changed")
    (removed,) = events("asset.file_removed")
    for event, where in ((added, added.after), (removed, removed.before)):
        assert event.subject_id == str(asset)
        assert all(word in where for word in (file.sha256, f'"size": {len(PDF)}'))
    assert '"a.pdf"' in changed.before
    assert '"b.pdf"' in changed.after
    assert '"b.pdf"' in removed.before
    with database.unit(write=False) as db:
        titles = [entry.title for entry in history.history(db, EVERYTHING, asset)]
        assert {"asset.file_added", "asset.file_changed", "asset.file_removed"} < set(titles)
        assert audit.verify(db).broken_at is None


def test_the_same_bytes_are_at_an_asset_once(
    database: Database, put: Put, asset: int, clock: Clock, make: Make, district: District
) -> None:
    first, again = put(asset, name="a.pdf"), put(asset, name="b.pdf", caption="again")
    assert (first.new, again.new) == (True, False)
    assert (again.file.id, again.file.name) == (first.file.id, "a.pdf")
    elsewhere = put(make(site_id=district.adams).id)
    assert elsewhere.new
    with database.unit() as db:
        attachments.remove(db, EVERYTHING, asset, first.file.id, now=clock())
    back = put(asset, name="c.pdf")
    assert back.new
    assert back.file.id != first.file.id
    with pytest.raises(Duplicate), database.unit() as db:
        row = db.get(Attachment, first.file.id)
        assert row is not None
        row.removed_at = None
        db.add(row)


def test_sent_at_the_same_moment_it_is_there_once(
    database: Database, put: Put, asset: int, store: FileStore
) -> None:
    start, done = threading.Barrier(6), list[Added]()

    def send(n: int) -> None:
        start.wait()
        done.append(put(asset, picture(), name=f"{n}.png"))

    threads = [threading.Thread(target=send, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(added.new for added in done) == [False] * 5 + [True]
    assert len({added.file.id for added in done}) == 1
    assert len(list(store.folder.glob("??/??/*"))) == 3
    assert list((store.folder / "incoming").iterdir()) == []


def test_an_asset_has_so_many_files(
    database: Database, put: Put, asset: int, clock: Clock, store: FileStore
) -> None:
    kept = [put(asset, b"file %d" % n).file for n in range(MOST)]
    with pytest.raises(Conflict, match="at most 4 files"):
        put(asset, b"one more")
    assert len(list(store.folder.glob("??/??/*"))) == MOST, "refused before it was received"
    assert not put(asset, b"file 0", most=MOST + 1).new
    with database.unit() as db:
        attachments.remove(db, EVERYTHING, asset, kept[0].id, now=clock())
    assert put(asset, b"one more").new


def test_two_at_once_do_not_exceed_the_number(database: Database, put: Put, asset: int) -> None:
    for n in range(MOST - 1):
        put(asset, b"file %d" % n)
    start, refused = threading.Barrier(4), list[HomeroomError]()

    def send(n: int) -> None:
        start.wait()
        try:
            put(asset, picture(size=(n + 5, 5)))
        except Conflict as full:
            refused.append(full)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.unit(write=False) as db:
        assert len(attachments.list_of(db, EVERYTHING, asset)) == MOST
    assert len(refused) == 3


def test_who_may(
    database: Database, put: Put, asset: int, clock: Clock, store: FileStore, district: District
) -> None:
    file = put(asset).file
    near = (district.lincoln, district.room_12)
    reader, writer = district.at(Role.HELPDESK, *near), district.at(Role.TECHNICIAN, *near)
    stranger = district.at(Role.TECHNICIAN, district.adams)
    nobody = district.at(Role.STAFF, *near)
    staged = store.stage(io.BytesIO(b"another"), now=clock())
    with database.unit() as db:

        def doings(actor: Actor) -> dict[str, Callable[[], object]]:
            given = (db, actor, asset, file.id)
            return {
                "list": lambda: attachments.list_of(db, actor, asset),
                "one": lambda: attachments.one(*given),
                "open": lambda: attachments.opened(*given, store=store),
                "add": lambda: attachments.add(
                    db, actor, asset, staged, name="z", most=9, now=clock()
                ),
                "room": lambda: attachments.require_room(db, actor, asset, most=9),
                "change": lambda: attachments.change(*given, {"name": "y"}, now=clock()),
                "remove": lambda: attachments.remove(*given, now=clock()),
            }

        for name, do in doings(reader).items():
            if name in {"add", "room", "change", "remove"}:
                with pytest.raises(Forbidden):
                    do()
            else:
                do()
        for actor in (stranger, nobody, Actor("account", 9, "none")):
            for do in doings(actor).values():
                with pytest.raises(NotFound):
                    do()
        for do in doings(writer).values():
            do()
    for actor, error in ((reader, Forbidden), (stranger, NotFound), (nobody, NotFound)):
        with pytest.raises(error):
            put(asset, b"new", actor)


def test_a_removed_file_and_another_assets_file_are_not_there(
    database: Database, put: Put, asset: int, clock: Clock, store: FileStore, make: Make
) -> None:
    file, other = put(asset).file, make().id
    with database.unit() as db:
        with pytest.raises(NotFound):
            attachments.one(db, EVERYTHING, other, file.id)
        attachments.remove(db, EVERYTHING, asset, file.id, now=clock())
        assert attachments.list_of(db, EVERYTHING, asset) == []
        for do in (
            lambda: attachments.one(db, EVERYTHING, asset, file.id),
            lambda: attachments.opened(db, EVERYTHING, asset, file.id, store=store),
            lambda: attachments.change(db, EVERYTHING, asset, file.id, {}, now=clock()),
            lambda: attachments.remove(db, EVERYTHING, asset, file.id, now=clock()),
        ):
            with pytest.raises(NotFound):
                do()
    assert store.existing(file.sha256).exists()


def test_opening(database: Database, put: Put, asset: int, store: FileStore) -> None:
    document, image = put(asset).file, put(asset, picture(), name="a.bmp").file
    with database.unit(write=False) as db:
        given = (db, EVERYTHING, asset)
        assert attachments.opened(*given, document.id, store=store).path.read_bytes() == PDF
        whole = attachments.opened(*given, image.id, store=store)
        assert (whole.name, whole.media_type) == ("a.bmp.png", "image/png")
        small = attachments.opened(*given, image.id, store=store, size="thumb")
        assert (small.name, small.media_type) == ("a.bmp.webp", "image/webp")
        assert small.path.read_bytes()[8:12] == b"WEBP"
        with pytest.raises(InvalidInput):
            attachments.opened(*given, image.id, store=store, size="../x")
        with pytest.raises(NotFound):
            attachments.opened(*given, document.id, store=store, size="thumb")


@pytest.mark.parametrize(
    "changes",
    [{"caption": "x" * 501}, {"caption": "a\x00"}, {"name": "a\nb"}, {"name": 5},
     {"media_type": "text/html"}, {"sha256": "0"}, {"name": "x" * 1001}],
)  # fmt: skip
def test_only_name_and_caption_change(
    database: Database, put: Put, asset: int, clock: Clock, changes: dict[str, Any]
) -> None:
    file = put(asset).file
    with pytest.raises(InvalidInput), database.unit() as db:
        attachments.change(db, EVERYTHING, asset, file.id, changes, now=clock())
    with database.unit(write=False) as db:
        assert attachments.one(db, EVERYTHING, asset, file.id) == file


def test_a_refused_caption_makes_no_row(database: Database, put: Put, asset: int) -> None:
    with pytest.raises(InvalidInput):
        put(asset, caption="x" * 501)
    with database.unit(write=False) as db:
        assert db.exec(select(Attachment)).all() == []


def test_the_wall_refuses_an_empty_file(database: Database, put: Put, asset: int) -> None:
    file = put(asset).file
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE attachment SET size_bytes = 0 WHERE id = {file.id}")
