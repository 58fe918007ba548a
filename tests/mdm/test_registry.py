"""Opening connectors, telling devices apart, and keeping receipts."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from types import ModuleType

import pytest
from hypothesis import given, strategies as st

from mdm import errors, registry
from mdm.capabilities import ANY_OWNERSHIP, Capability, Confirmation, Effect, Need, permitted
from mdm.connection import ConfigField, Wiring
from mdm.connector import differences
from mdm.errors import Where
from mdm.records import receipt_from_json, receipt_to_json
from mdm.types import (
    Action,
    Command,
    Device,
    DeviceRef,
    Outcome,
    OutcomeState,
    Ownership,
    Place,
    Platform,
    Receipt,
)
from tests.mdm.fakes.google import FakeGoogle

WHERE = Where("Vendor", "north")
REF = DeviceRef("7", Platform.IPADOS, Ownership.COMPANY, "S1", "U1", "E1", True)


def test_only_what_is_there_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "google_workspace" in registry.vendor_names()
    assert not any(name.startswith("_") for name in registry.vendor_names())
    assert {name: info.name for name, info in registry.vendors().items()} == {
        name: name for name in registry.vendor_names()
    }
    empty = ModuleType("empty")
    empty.__path__ = []
    monkeypatch.setattr(registry, "folder", empty)
    assert registry.vendors() == {}
    with pytest.raises(errors.Invalid):
        registry.vendor("google_workspace")


@pytest.mark.parametrize("name", ["", "_google_info", "../registry", "google_workspace.INFO", "os"])
def test_a_vendor_that_is_none(name: str) -> None:
    with pytest.raises(errors.Invalid):
        registry.open_connector(name, {})


def test_another_address_is_only_this_machine() -> None:
    config = FakeGoogle().config()
    for url in ("https://evil.example", "http://10.0.0.1", "http://127.0.0.1@evil.example"):
        with pytest.raises(errors.Invalid):
            registry.open_connector("google_workspace", config, base_url=url)
        with pytest.raises(errors.Invalid):
            registry.open_connector("google_workspace", config, wiring=Wiring(login_url=url))


@pytest.mark.parametrize(
    "key", ["no json", "[]", "{}", '{"client_email": 1, "private_key": "hush"}',
            '{"client_email": "a@b", "private_key": "hush"}', "[" * 30_000]
)  # fmt: skip
def test_a_service_account_key_that_is_none(key: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        registry.open_connector("google_workspace", {"service_account": key, "admin": "a@b"})
    assert "hush" not in str(refused.value)


def test_the_connectors_settings_are_described() -> None:
    for info in registry.vendors().values():
        assert any(item.secret for item in info.fields)
        assert all(isinstance(item, ConfigField) and item.label for item in info.fields)
        assert info.to_read
        assert info.setup
        assert bool(info.to_act) == bool(info.capabilities)


def row(**more: object) -> Capability:
    made = Capability(Action.LOCK, frozenset({Platform.IPADOS}), Effect.LOCKS, Confirmation.NEVER)
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("need", "command", "error"),
    [
        (Need.PIN, Command(Action.LOCK, REF), errors.Invalid),
        (Need.PIN, Command(Action.LOCK, REF, pin="12345"), errors.Invalid),
        (Need.PIN, Command(Action.LOCK, REF, pin="12345٣"), errors.Invalid),
        (Need.PIN, Command(Action.LOCK, REF, pin="123456"), None),
        (Need.MESSAGE, Command(Action.LOCK, REF, phone="1"), errors.Invalid),
        (Need.MESSAGE_OR_PHONE, Command(Action.LOCK, REF), errors.Invalid),
        (Need.MESSAGE_OR_PHONE, Command(Action.LOCK, REF, phone="1"), None),
        (Need.SUPERVISED, Command(Action.LOCK, REF), None),
        (Need.SUPERVISED, Command(Action.LOCK, replace(REF, supervised=None)), errors.Unsupported),
    ],
)
def test_what_a_command_needs(
    need: Need, command: Command, error: type[errors.MdmError] | None
) -> None:
    table = [row(needs=frozenset({need}))]
    if error is None:
        assert permitted(table, command, WHERE) == table[0]
        return
    with pytest.raises(error, match="nothing was sent"):
        permitted(table, command, WHERE)


def test_ownership_chooses_the_row() -> None:
    personal = row(ownership=frozenset({Ownership.PERSONAL}), effect=Effect.REMOVES_MANAGEMENT_DATA)
    others = row(ownership=ANY_OWNERSHIP - personal.ownership, effect=Effect.ERASES_EVERYTHING)
    mine = Command(Action.LOCK, replace(REF, ownership=Ownership.PERSONAL))
    assert permitted([others, personal], mine, WHERE).effect is Effect.REMOVES_MANAGEMENT_DATA
    unknown = Command(Action.LOCK, replace(REF, ownership=Ownership.UNKNOWN))
    assert permitted([others, personal], unknown, WHERE).effect.destructive
    with pytest.raises(errors.Invalid):
        permitted([others], Command(Action.LOCK, replace(REF, vendor_id="")), WHERE)


def test_secrets_of_commands_and_outcomes_are_not_shown() -> None:
    assert "123456" not in repr(Command(Action.LOCK, REF, pin="123456"))
    outcome = Outcome(OutcomeState.VERIFIED, pin="123456", place=Place(41.123, -71.5))
    assert "123456" not in repr(outcome)
    assert "41.123" not in repr(outcome)
    assert not {"place", "location", "latitude"} & {item.name for item in fields(Device)}


def test_a_device_is_told_from_another() -> None:
    device = Device("7", Platform.IPADOS, "E1", "S1", udid="U1", supervised=True,
                    ownership=Ownership.COMPANY)  # fmt: skip
    assert device.ref == REF
    assert differences(REF, device.ref) == ()
    assert differences(REF, replace(REF, serial=None, enrolment=None)) == ()
    assert differences(REF, replace(REF, serial="S2")) == ("serial was S1, is S2",)
    assert len(differences(REF, replace(REF, vendor_id="8", udid="U2", enrolment="E2"))) == 3


TEXT = st.text(min_size=1)
REFS = st.builds(
    DeviceRef, TEXT, st.sampled_from(Platform), st.sampled_from(Ownership), st.none() | TEXT,
    st.none() | TEXT, st.none() | TEXT, st.none() | st.booleans(),
)  # fmt: skip
TIMES = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))]))


@given(
    st.builds(
        Receipt, TEXT, REFS, st.sampled_from(Action), TIMES, st.none() | TEXT,
        st.dictionaries(TEXT, TEXT),
    )
)  # fmt: skip
def test_a_receipt_is_kept_as_json(receipt: Receipt) -> None:
    assert receipt_from_json(receipt_to_json(receipt)) == receipt


@pytest.mark.parametrize("wrong", ["", "{}", "[]", "null", "1", '{"vendor": 1}', "[" * 99_999])
def test_what_is_no_receipt(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a receipt"):
        receipt_from_json(wrong)
    kept = receipt_to_json(Receipt("v", REF, Action.LOCK, datetime(2026, 1, 1, tzinfo=UTC)))
    for old, new in (("+00:00", ""), ('"lock"', '"explode"'), ('"7"', "7"), ("true", '"x"')):
        assert old in kept
        with pytest.raises(ValueError, match="not a receipt"):
            receipt_from_json(kept.replace(old, new))
