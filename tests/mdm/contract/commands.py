"""Cases of commands: what is declared can be sent, once, and followed to its end."""

from __future__ import annotations

from mdm import errors
from mdm.capabilities import Confirmation, Effect, capability_for
from mdm.connection import Access
from mdm.connector import Cancels, ReadsDevice, SetsTag, differences
from mdm.records import receipt_from_json, receipt_to_json
from mdm.types import Action, Command, DeviceRef, OutcomeState, Ownership, Platform, Receipt
from tests.mdm.contract import case
from tests.mdm.contract.world import PIN, World, raised, states_in_order
from tests.mdm.fakes.http import Fault

LOST = [f for f in Fault if f.value.endswith("_after")]
UNDER_WAY = {OutcomeState.PENDING, OutcomeState.ACKNOWLEDGED, OutcomeState.UNKNOWN}


@case
def declared_is_sent(world: World) -> None:
    """Every capability does what it says to the one device it names, with one request."""
    connector = world.open()
    assert connector.capabilities == world.info.capabilities
    for row in world.info.capabilities:
        device = world.device_for(row)
        before = len(world.fake.effects)
        acted = len(world.fake.acting_calls)
        receipt = connector.send(world.command(row, device))
        assert world.fake.effects[before:] == [(device.vendor_id, row.action)]
        assert len(world.fake.acting_calls) == acted + 1
        assert (receipt.vendor, receipt.device) == (world.info.name, device.ref)
        assert receipt.sent_at == world.time.now()
        assert (receipt.command_id is not None) == (row.confirmed_by is Confirmation.COMMAND_ID)


@case
def undeclared_is_refused(world: World) -> None:
    """Whatever the table does not hold raises `Unsupported`, and no request is made."""
    connector = world.open()
    made = len(world.fake.calls)
    device_id = world.fake.ids()[0]
    for action in Action:
        for platform in Platform:
            for ownership in Ownership:
                if capability_for(world.info.capabilities, action, platform, ownership):
                    continue
                ref = DeviceRef(device_id, platform, ownership, supervised=True)
                command = Command(action, ref, pin=PIN, message="x", phone="1")
                error = raised(connector.send, command)
                assert isinstance(error, errors.Unsupported), command
    assert len(world.fake.calls) == made


@case
def table_is_unambiguous(world: World) -> None:
    """At most one row speaks of a device, and where ownership matters the worse is assumed."""
    for action in Action:
        for platform in Platform:
            by_owner = {}
            for ownership in Ownership:
                rows = [
                    row
                    for row in world.info.capabilities
                    if row.action is action
                    and platform in row.platforms
                    and ownership in row.ownership
                ]
                assert len(rows) < 2, rows
                by_owner[ownership] = rows[0].effect if rows else None
            gravest = max((e for e in by_owner.values() if e), key=list(Effect).index,
                          default=None)  # fmt: skip
            assert by_owner[Ownership.UNKNOWN] in (None, gravest), (action, platform)


@case
def outcomes(world: World) -> None:
    """A kept receipt leads to every state that the vendor can tell."""
    connector = world.open()
    for row in world.info.capabilities:
        device = world.device_for(row)
        world.time.forward(minutes=5)
        sent = connector.send(world.command(row, device))
        receipt = receipt_from_json(receipt_to_json(sent))
        assert receipt == sent
        assert connector.outcome(receipt).state in UNDER_WAY, row
        if row.confirmed_by is Confirmation.NEVER:
            continue
        states = states_in_order(world, receipt)
        assert OutcomeState.VERIFIED in states, row
        for state in states:
            world.fake.settle(receipt, state)
            assert connector.outcome(receipt).state is state, (row, state)


@case
def not_now(world: World) -> None:
    """A device that asks to be asked again has not failed."""
    connector, command = world.any_command()
    receipt = connector.send(command)
    world.fake.settle(receipt, OutcomeState.NOT_NOW)
    assert connector.outcome(receipt).state is OutcomeState.NOT_NOW


@case
def partial_failure(world: World) -> None:
    """A success that says within that this device failed is a refusal."""
    assert world.fake.partial_action is not None
    connector, command = world.any_command(world.fake.partial_action)
    world.fake.refuse(command.device.vendor_id)
    assert isinstance(raised(connector.send, command), errors.Permanent)
    assert not world.fake.effects


@case
def refused(world: World) -> None:
    """Every refusal is final, and nothing was done."""
    connector = world.open()
    for row in world.info.capabilities:
        command = world.command(row, world.device_for(row))
        world.fake.refuse(command.device.vendor_id)
        error = raised(connector.send, command)
        assert isinstance(error, errors.Permanent | errors.CredentialError), row
        world.fake.refused.clear()
    assert not world.fake.effects


@case
def gone(world: World) -> None:
    """A device that has left is `Gone` for a command and UNKNOWN for an outcome."""
    connector, reader = world.open(), world.open(Access.READ)
    for row in world.info.capabilities:
        device = world.device_for(row)
        command = world.command(row, device)
        receipt = connector.send(command)
        world.fake.forget(device.vendor_id)
        assert isinstance(raised(connector.send, command), errors.Gone)
        assert connector.outcome(receipt).state in {OutcomeState.UNKNOWN, OutcomeState.VERIFIED}
        if isinstance(reader, ReadsDevice):
            assert isinstance(raised(reader.device, device.ref), errors.Gone)


@case
def enrolled_anew(world: World) -> None:
    """A device that was enrolled anew is told from the one that a command was meant for."""
    connector = world.open()
    assert isinstance(connector, ReadsDevice)
    for row in world.info.capabilities:
        world.listed = None
        device = world.device_for(row)
        world.time.forward(minutes=5)
        connector.send(world.command(row, device))
        world.fake.reenrol(device.vendor_id)
        try:
            found = connector.device(device.ref)
        except errors.Gone:
            continue
        assert differences(device.ref, found.ref), row


@case
def lost_answers(world: World) -> None:
    """Acted, and no readable answer: `AnswerLost`, and the command was not sent again."""
    connector = world.open(body=1_000_000)
    for row in world.info.capabilities:
        for fault in LOST:
            device = world.device_for(row)
            command = world.command(row, device)
            before, acted = len(world.fake.effects), len(world.fake.acting_calls)
            world.fake.slowness = 0.3
            world.fake.fail(fault, on=lambda call: call.acting)
            patient = world.open(read=0.1) if fault is Fault.SLOW_AFTER else connector
            error = raised(patient.send, command)
            while len(world.fake.acting_calls) == acted:
                # A loaded machine was late with the token already: nothing was asked yet.
                error = raised(patient.send, command)
            assert isinstance(error, errors.AnswerLost), (row, fault, error)
            assert world.fake.effects[before:] == [(device.vendor_id, row.action)]
            assert len(world.fake.acting_calls) == acted + 1


@case
def lost_before(world: World) -> None:
    """A connection that ends before the vendor acted is never told as done."""
    connector, command = world.any_command()
    world.fake.fail(Fault.DROP, on=lambda call: call.acting)
    error = raised(connector.send, command)
    assert isinstance(error, errors.AnswerLost | errors.Unavailable)
    assert not world.fake.effects
    assert len(world.fake.acting_calls) == 1


@case
def asked_without_id(world: World) -> None:
    """After a lost answer the outcome is read off the device, or is unknown; never an error."""
    connector = world.open()
    for row in world.info.capabilities:
        device = world.device_for(row)
        made_by_hand = Receipt(world.info.name, device.ref, row.action, world.time.now())
        assert connector.outcome(made_by_hand).state in UNDER_WAY, row


@case
def sure_refusals(world: World) -> None:
    """Throttled, unpaid, revoked: surely not accepted, and told so."""
    kinds = {Fault.THROTTLE: errors.Throttled, Fault.PAYMENT: errors.LicenceRequired}
    connector, command = world.any_command()
    for fault, kind in kinds.items():
        world.fake.fail(fault, on=lambda call: call.acting)
        assert isinstance(raised(connector.send, command), kind)
    world.fake.revoked = True
    assert isinstance(raised(connector.send, command), errors.CredentialError)
    assert not world.fake.effects


@case
def token_renewed_to_act(world: World) -> None:
    """A token that ended since the last call is renewed, and the command is done once."""
    connector, command = world.any_command()
    world.pages(connector)
    world.fake.tokens.clear()
    connector.send(command)
    assert len(world.fake.effects) == 1


@case
def read_only(world: World) -> None:
    """A connector that was opened for reading refuses to act before any request."""
    connector = world.open(Access.READ)
    _, command = world.any_command()
    made = len(world.fake.calls)
    assert isinstance(raised(connector.send, command), errors.Unsupported)
    if isinstance(connector, SetsTag):
        error = raised(connector.set_asset_tag, command.device, "WPS-1")
        assert isinstance(error, errors.Unsupported)
    assert len(world.fake.calls) == made


@case
def least_rights(world: World) -> None:
    """A reader's token may not act, at the vendor's end."""
    assert len(world.devices(world.open(Access.READ))) > 0
    granted = {grant for token in world.fake.tokens.values() for grant in token.grants}
    assert granted
    assert not granted & world.fake.acting_grants
    connector, command = world.any_command()
    connector.send(command)
    granted = {grant for token in world.fake.tokens.values() for grant in token.grants}
    assert granted & world.fake.acting_grants


@case
def tags(world: World) -> None:
    """Our tag is written back where it is declared, and nowhere else."""
    connector = world.open()
    assert isinstance(connector, SetsTag)
    for device in world.devices():
        if device.platform in world.info.tags_on:
            connector.set_asset_tag(device.ref, "WPS-é-7")
        else:
            error = raised(connector.set_asset_tag, device.ref, "x")
            assert isinstance(error, errors.Unsupported)
    told = {device.asset_tag for device in world.devices() if device.platform in world.info.tags_on}
    assert told == {"WPS-é-7"}


@case
def cancel(world: World) -> None:
    """What is declared as cancellable can be called off, the rest cannot."""
    connector = world.open()
    assert isinstance(connector, Cancels)
    for row in world.info.capabilities:
        receipt = connector.send(world.command(row, world.device_for(row)))
        if row.cancellable:
            assert connector.cancel(receipt).state is not OutcomeState.VERIFIED
        else:
            error = raised(connector.cancel, receipt)
            assert isinstance(error, errors.Unsupported)
