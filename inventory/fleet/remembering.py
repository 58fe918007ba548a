"""What webhooks have told, kept in the database behind `mdm.memory`."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from inventory.db import new_uid, now, translate
from inventory.errors import Unavailable
from inventory.fleet.hook_models import MdmMemory
from inventory.vault import binding_of, vault_of

PAGE = 200

Unit = Callable[[bool], AbstractContextManager[Session]]


class SealedMemory:
    """`mdm.memory.Memory` of one connection.

    unit  a session for one call, to write or only to read: of its own, or the caller's
    """

    def __init__(self, connection_id: int, unit: Unit) -> None:
        self._connection_id, self._unit = connection_id, unit

    def get(self, key: str) -> str | None:
        with self._unit(False) as db:
            row = self._row(db, key)
            return None if row is None else _opened(db, row)

    def put(self, key: str, value: str) -> None:
        with self._unit(True) as db:
            row, at = self._row(db, key), now()
            uid = new_uid() if row is None else row.uid
            text = vault_of(db).seal(value.encode(), binding=_binding(uid))
            if row is None:
                row = MdmMemory(
                    uid=uid,
                    connection_id=self._connection_id,
                    key=key,
                    sealed_value=text,
                    updated_at=at,
                )
            row.sealed_value, row.updated_at = text, at
            db.add(row)
            db.flush()

    def listed(self, prefix: str, after: str | None) -> tuple[list[tuple[str, str]], bool]:
        with self._unit(False) as db:
            query = select(MdmMemory).where(
                MdmMemory.connection_id == self._connection_id,
                col(MdmMemory.key).startswith(prefix, autoescape=True),
            )
            if after is not None:
                query = query.where(col(MdmMemory.key) > after)
            rows = db.exec(query.order_by(col(MdmMemory.key)).limit(PAGE + 1)).all()
            return [(row.key, _opened(db, row)) for row in rows[:PAGE]], len(rows) > PAGE

    def _row(self, db: Session, key: str) -> MdmMemory | None:
        query = select(MdmMemory).where(
            MdmMemory.connection_id == self._connection_id, MdmMemory.key == key
        )
        return db.exec(query).first()


def apart(db: Session) -> Unit:
    """Sessions of their own on the database of `db`, which may be closed by then."""
    bind, info = db.get_bind(), dict(db.info)
    if not isinstance(bind, Engine):
        raise Unavailable("a connector is opened by a session of its own")
    known = {name: info[name] for name in ("vault",) if name in info}

    @contextmanager
    def unit(write: bool) -> Iterator[Session]:
        engine = bind.execution_options(homeroom_write=write)
        with Session(engine, expire_on_commit=False, info=dict(known)) as own:
            try:
                yield own
                if write:
                    own.commit()
            except DBAPIError as refused:
                own.rollback()
                raise translate(refused) from refused

    return unit


def within(db: Session) -> Unit:
    """The caller's own session: everything is written together, or nothing."""

    @contextmanager
    def unit(_write: bool) -> Iterator[Session]:
        yield db

    return unit


def _opened(db: Session, row: MdmMemory) -> str:
    return vault_of(db).open(row.sealed_value, binding=_binding(row.uid)).decode()


def _binding(uid: str) -> str:
    return binding_of("mdm_memory", uid, "sealed_value")
