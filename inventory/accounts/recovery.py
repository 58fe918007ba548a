"""Recovery codes: ten, each once, for who has lost the second factor."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.accounts.bearer import hash_of
from inventory.accounts.factor_models import RecoveryCode
from inventory.accounts.factor_rules import (
    RECOVERY_CODES,
    looks_like_recovery,
    new_recovery_code,
    plain_code,
)


def make(db: Session, account_id: int, *, now: datetime) -> list[str]:
    """Ten new codes as they are shown this once; the ones before end."""
    forget(db, account_id)
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    for code in codes:
        kept = hash_of(plain_code(code))
        db.add(RecoveryCode(account_id=account_id, code_hash=kept, created_at=now))
    db.flush()
    return codes


def use(db: Session, account_id: int, code: str, *, now: datetime) -> datetime | None:
    """When the code was made, if it is one that was not used; it is used by this."""
    plain = plain_code(code)
    if not looks_like_recovery(plain):
        return None
    made: datetime | None = db.execute(
        sa.update(RecoveryCode)
        .where(
            col(RecoveryCode.account_id) == account_id,
            col(RecoveryCode.code_hash) == hash_of(plain),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now)
        .returning(col(RecoveryCode.created_at))
    ).scalar()
    return made


def left(db: Session, account_id: int) -> int:
    """How many were not used yet."""
    query = sa.select(sa.func.count()).where(
        col(RecoveryCode.account_id) == account_id, col(RecoveryCode.used_at).is_(None)
    )
    return int(db.execute(query).scalar_one())


def forget(db: Session, account_id: int) -> None:
    db.execute(sa.delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
