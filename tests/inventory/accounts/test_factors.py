"""Second factors below their services: codes of apps, recovery codes, challenges; each once."""

from datetime import timedelta

import pyotp
import pytest
from sqlmodel import select

from inventory.accounts import key_challenges, recovery, totp
from inventory.accounts.factor_models import Ceremony, RecoveryCode, TotpFactor
from inventory.accounts.factor_rules import CHALLENGE_LIFETIME, ENROL_LIFETIME
from inventory.accounts.models import Account, LoginSession
from inventory.db import Database
from inventory.errors import Conflict, InvalidInput
from inventory.vault import Vault
from tests.conftest import Clock


@pytest.fixture
def here(database: Database) -> Database:
    return database.knowing(vault=Vault("k1", {"k1": b"1" * 32}))


def session_of(here: Database, account_id: int, clock: Clock, secret: str = "a") -> int:
    now = clock()
    with here.unit() as db:
        row = LoginSession(
            secret_hash=secret * 64, account_id=account_id, authenticated_at=now, created_at=now,
            last_used_at=now, expires_at=now + timedelta(hours=8),
        )  # fmt: skip
        db.add(row)
        db.flush()
        return row.id


def begun(here: Database, account_id: int, session_id: int, clock: Clock) -> pyotp.TOTP:
    with here.unit() as db:
        account = db.get_one(Account, account_id)
        told = totp.begin(db, account, session_id, "Maple Valley", now=clock())
    return pyotp.TOTP(told.seed)


def confirmed(here: Database, account_id: int, session_id: int, clock: Clock) -> pyotp.TOTP:
    app = begun(here, account_id, session_id, clock)
    with here.unit() as db:
        totp.confirm(db, account_id, session_id, app.at(clock()), now=clock())
    return app


def accepts(here: Database, account_id: int, code: str, clock: Clock) -> bool:
    with here.unit() as db:
        factor = totp.of_account(db, account_id)
        return factor is not None and totp.check(db, factor, code, now=clock())


def test_a_code_is_taken_once_and_no_earlier_one_after_it(
    here: Database, jane: int, clock: Clock
) -> None:
    app = confirmed(here, jane, session_of(here, jane, clock), clock)
    assert not accepts(here, jane, app.at(clock()), clock), "it was used to confirm"
    earlier = clock()
    clock.forward(seconds=30)
    assert accepts(here, jane, app.at(clock()), clock)
    assert not accepts(here, jane, app.at(clock()), clock)
    assert not accepts(here, jane, app.at(earlier), clock)
    clock.forward(seconds=90)
    assert not accepts(here, jane, app.at(clock() - timedelta(seconds=60)), clock), "too old"


def test_the_seed_is_sealed_and_opens_in_its_own_row_only(
    here: Database, jane: int, clock: Clock
) -> None:
    app = confirmed(here, jane, session_of(here, jane, clock), clock)
    with here.unit(write=False) as db:
        factor = db.exec(select(TotpFactor)).one()
        assert factor.sealed_seed.startswith("v1.k1.")
        assert app.secret not in factor.sealed_seed
        assert app.secret not in repr(factor)


def test_only_the_session_that_began_confirms_and_not_for_ever(
    here: Database, jane: int, clock: Clock
) -> None:
    mine, other = session_of(here, jane, clock), session_of(here, jane, clock, "b")
    app = begun(here, jane, mine, clock)
    with here.unit() as db:
        assert totp.of_account(db, jane) is None, "it opens nothing before"
        with pytest.raises(Conflict):
            totp.confirm(db, jane, other, app.at(clock()), now=clock())
        with pytest.raises(InvalidInput):
            totp.confirm(db, jane, mine, "12345", now=clock())
    clock.forward(seconds=ENROL_LIFETIME.total_seconds())
    with here.unit() as db, pytest.raises(Conflict):
        totp.confirm(db, jane, mine, app.at(clock()), now=clock())


def test_a_recovery_code_works_once_and_is_kept_as_a_hash(
    here: Database, jane: int, clock: Clock
) -> None:
    with here.unit() as db:
        codes = recovery.make(db, jane, now=clock())
    assert len(set(codes)) == 10
    with here.unit() as db:
        assert recovery.use(db, jane, codes[0].upper(), now=clock()) == clock()
        assert recovery.use(db, jane, codes[0], now=clock()) is None
        assert recovery.use(db, jane + 1, codes[1], now=clock()) is None, "another account's"
        assert recovery.left(db, jane) == 9
        kept = {row.code_hash for row in db.exec(select(RecoveryCode)).all()}
    assert kept.isdisjoint(codes)


def test_new_recovery_codes_end_the_old(here: Database, jane: int, clock: Clock) -> None:
    with here.unit() as db:
        old = recovery.make(db, jane, now=clock())
        recovery.make(db, jane, now=clock())
        assert recovery.use(db, jane, old[0], now=clock()) is None


def test_a_challenge_is_good_once_here_and_for_one_thing(
    here: Database, jane: int, clock: Clock
) -> None:
    mine, other = session_of(here, jane, clock), session_of(here, jane, clock, "b")
    act, another = "0" * 64, "1" * 64
    step_up = Ceremony.STEP_UP
    with here.unit() as db:
        raw = key_challenges.make(db, mine, step_up, purpose_hash=act, now=clock())
        assert key_challenges.take(db, other, step_up, purpose_hash=act, now=clock()) is None
        sign_in = key_challenges.take(db, mine, Ceremony.SIGN_IN, purpose_hash=act, now=clock())
        assert sign_in is None
        assert key_challenges.take(db, mine, step_up, purpose_hash=act, now=clock()) == raw
        assert key_challenges.take(db, mine, step_up, purpose_hash=act, now=clock()) is None
        key_challenges.make(db, mine, step_up, purpose_hash=act, now=clock())
        assert key_challenges.take(db, mine, step_up, purpose_hash=another, now=clock()) is None
        assert key_challenges.take(db, mine, step_up, purpose_hash=act, now=clock()) is None
        key_challenges.make(db, mine, step_up, purpose_hash=act, now=clock())
    clock.forward(seconds=CHALLENGE_LIFETIME.total_seconds())
    with here.unit() as db:
        assert key_challenges.take(db, mine, step_up, purpose_hash=act, now=clock()) is None
