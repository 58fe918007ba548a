"""The rules of handing out and in, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.assets.kinds import Status
from inventory.assets.policy import MOVES
from inventory.custody import policy
from inventory.custody.models import Condition, CustodyKind, LoanReason
from inventory.errors import Conflict, InvalidInput

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
LOAN, ASSIGNMENT = CustodyKind.LOAN, CustodyKind.ASSIGNMENT


@pytest.mark.parametrize("status", list(Status))
def test_what_is_handed_out_makes_an_allowed_move(status: Status) -> None:
    if status in {Status.IN_STOCK, Status.ORDERED, Status.DEPLOYED, Status.IN_REPAIR}:
        after = policy.status_out(status)
        assert after is status or after in MOVES[status]
        return
    with pytest.raises(Conflict, match=status.value):
        policy.status_out(status)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("repair", [True, False])
def test_what_is_handed_in_makes_an_allowed_move(status: Status, repair: bool) -> None:
    after = policy.status_in(status, repair=repair)
    assert after is status or after in MOVES[status]
    if status in {Status.RETIRED, Status.DISPOSED, Status.SEIZED}:
        assert after is status
    elif status is not Status.ORDERED:
        assert after is (Status.IN_REPAIR if repair else Status.IN_STOCK)


def test_objections_are_overridden_with_a_reason() -> None:
    assert policy.objections(Status.IN_STOCK, 0) == []
    found = policy.objections(Status.IN_REPAIR, 2)
    assert len(found) == 2
    policy.require_no_objection([], "")
    policy.require_no_objection(found, "the head teacher says so")
    with pytest.raises(Conflict, match="2 that were due"):
        policy.require_no_objection(found, "")


@pytest.mark.parametrize(
    ("kind", "reason", "due", "field"),
    [
        (LOAN, LoanReason.FORGOT, None, "due_at"),
        (LOAN, None, NOW + timedelta(hours=1), "loan_reason"),
        (ASSIGNMENT, LoanReason.REPAIR, None, "loan_reason"),
        (ASSIGNMENT, None, NOW, "due_at"),
        (ASSIGNMENT, None, NOW - timedelta(seconds=1), "due_at"),
        (ASSIGNMENT, None, NOW + timedelta(days=9000), "due_at"),
        (ASSIGNMENT, None, datetime(2027, 1, 1), "due_at"),
    ],
)
def test_terms_that_make_no_sense(
    kind: CustodyKind, reason: LoanReason | None, due: datetime | None, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        policy.require_term(kind, reason, due, NOW)
    assert list(refused.value.fields) == [field]


def test_terms_that_do() -> None:
    policy.require_term(ASSIGNMENT, None, None, NOW)
    policy.require_term(LOAN, LoanReason.REPAIR, NOW + timedelta(minutes=1), NOW)


def test_what_is_broken_goes_to_the_repair_shop_unless_somebody_says_otherwise() -> None:
    assert policy.goes_to_repair(Condition.BROKEN, None)
    assert not policy.goes_to_repair(Condition.DAMAGED, None)
    assert not policy.goes_to_repair(Condition.BROKEN, repair=False)
    assert policy.goes_to_repair(None, repair=True)
