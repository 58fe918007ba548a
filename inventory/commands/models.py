"""Tables of commands: the command itself, who approved it, each time it was sent, batches.

A command remembers the device as it was meant, and by the connection's own uid: a device record or
a connection may be deleted, and the number of either may be given anew.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inventory.commands.effects import EffectClass
from inventory.commands.states import TERMINAL, CommandState, Held
from inventory.db import choice, moment, new_uid
from mdm.capabilities import Effect
from mdm.types import Action

_ENDED = ", ".join(f"'{state.value}'" for state in CommandState if state in TERMINAL)
OPEN_SQL = f"state NOT IN ({_ENDED})"
"""The condition of the partial indexes."""


class DeviceCommand(SQLModel, table=True):
    """One action on one device.

    device_key      connection's uid and vendor's id: what "one open command per device" hangs on
    serial ...      the device that was meant; it is read again just before sending
    binding         hash of all of this; approvals and confirmations of identity are bound to it
    warnings        codes that the requester saw and every approver after them
    held_codes      warnings that nobody had seen; a release confirms them
    ready_at        end of the cool-off
    expires_at      end of an unsent command, later of one that waits for its device
    due_at          when the program looks at it again; None: when a person does
    lease_*         who is sending it now: only the holder of the token may write the answer
    receipt         the vendor's, as `mdm.records` writes it
    vendor_state    what the vendor told last
    """

    __tablename__ = "device_command"
    __table_args__ = (
        sa.Index(
            "uq_device_command_open",
            "device_key",
            "effect_class",
            unique=True,
            sqlite_where=sa.text(OPEN_SQL),
            postgresql_where=sa.text(OPEN_SQL),
        ),
        sa.Index("ix_device_command_asset_id_id", "asset_id", "id"),
        sa.Index("ix_device_command_batch_id_state", "batch_id", "state"),
        sa.Index("ix_device_command_state_due_at", "state", "due_at"),
        sa.Index("ix_device_command_state_expires_at", "state", "expires_at"),
        sa.Index("ix_device_command_requested_by_id_at", "requested_by_id", "requested_at"),
        sa.CheckConstraint(
            "(state = 'held') = (held_reason IS NOT NULL)", name="held_for_a_reason"
        ),
        sa.CheckConstraint(
            "state <> 'dispatching' OR lease_token <> ''", name="sending_under_a_lease"
        ),
    )

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    asset_id: int = Field(foreign_key="asset.id")
    batch_id: int | None = Field(default=None, foreign_key="command_batch.id")

    device_id: int
    connection_id: int
    connection_uid: str = Field(max_length=32)
    device_key: str = Field(max_length=560)
    vendor: str = Field(max_length=50)
    vendor_id: str = Field(max_length=512)
    platform: str = Field(max_length=20)
    ownership: str = Field(max_length=20)
    serial: str | None = Field(default=None, max_length=256)
    udid: str | None = Field(default=None, max_length=256)
    enrolment: str | None = Field(default=None, max_length=256)
    supervised: bool | None = Field(default=None)
    assigned_user: str | None = Field(default=None, max_length=256)

    action: Action = choice(Action, "action")
    effect: Effect = choice(Effect, "effect")
    effect_class: EffectClass = choice(EffectClass, "effect_class")
    confirmed_by: str = Field(max_length=20)
    cancellable: bool = Field(default=False)
    message: str = Field(default="", max_length=500)
    phone: str = Field(default="", max_length=40)
    keep_data_plan: bool = Field(default=False)

    reason: str = Field(max_length=1000)
    backup: str = Field(default="", max_length=10, description="made, waived or empty")
    warnings: list[str] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    approvals_needed: int = Field(default=0)
    cool_off_minutes: int = Field(default=0)
    break_glass: bool = Field(default=False)
    binding: str = Field(max_length=64)
    requested_by: str = Field(max_length=200)
    requested_by_id: int | None = Field(default=None)
    requested_kind: str = Field(max_length=20)
    requested_session_id: int | None = Field(default=None)
    requested_at: datetime = moment()

    state: CommandState = choice(CommandState, "state", default=CommandState.REQUESTED)
    held_reason: Held | None = choice(Held, "held_reason", default=None)
    held_note: str = Field(default="", max_length=500)
    held_from: str = Field(default="", max_length=20)
    held_codes: list[str] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    approved_at: datetime | None = moment(nullable=True)
    ready_at: datetime | None = moment(nullable=True)
    expires_at: datetime | None = moment(nullable=True)
    due_at: datetime | None = moment(nullable=True)
    lease_token: str = Field(default="", max_length=32)
    lease_until: datetime | None = moment(nullable=True)
    attempt: int = Field(default=0)
    looks: int = Field(default=0, description="times in a row that the vendor told nothing new")
    sent_at: datetime | None = moment(nullable=True)
    resent: bool = Field(default=False)
    dry_run: bool = Field(default=False)
    cancel_by: str = Field(default="", max_length=200)
    receipt: str = Field(default="", sa_type=sa.Text)
    vendor_state: str = Field(default="", max_length=20)
    note: str = Field(default="", max_length=500)
    finished_at: datetime | None = moment(nullable=True)
    changed_at: datetime = moment()
    version: int = Field(default=1)


class CommandBatch(SQLModel, table=True):
    """Devices that are commanded together: the list is frozen, and approved as a whole.

    digest   hash of the frozen list; who approves says which one they saw
    state    requested, approved, rejected, cancelled or expired; each device goes on by itself
    """

    __tablename__ = "command_batch"
    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'rejected', 'cancelled', 'expired')", name="state"
        ),
        sa.Index("ix_command_batch_state_expires_at", "state", "expires_at"),
    )

    id: int = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, max_length=32, unique=True)
    action: Action = choice(Action, "action")
    gravest: Effect = choice(Effect, "gravest")
    reason: str = Field(max_length=1000)
    count: int
    digest: str = Field(max_length=64)
    approvals_needed: int
    cool_off_minutes: int
    requested_by: str = Field(max_length=200)
    requested_by_id: int | None = Field(default=None, index=True)
    requested_kind: str = Field(max_length=20)
    requested_session_id: int | None = Field(default=None)
    requested_at: datetime = moment()
    state: str = Field(default="requested", max_length=20)
    expires_at: datetime = moment()
    finished_at: datetime | None = moment(nullable=True)
    version: int = Field(default=1)


class Approval(SQLModel, table=True):
    """One person's yes to a command or a batch; never changed, never deleted.

    requester_id   copied, so that the database itself refuses who approves their own request
    binding        what they approved: the command's binding or the batch's digest
    """

    __tablename__ = "command_approval"
    __table_args__ = (
        sa.CheckConstraint(
            "requester_id IS NULL OR approver_id <> requester_id", name="another_person"
        ),
        sa.CheckConstraint("(command_id IS NULL) <> (batch_id IS NULL)", name="of_one_thing"),
        sa.UniqueConstraint("command_id", "approver_id"),
        sa.UniqueConstraint("batch_id", "approver_id"),
    )

    id: int = Field(default=None, primary_key=True)
    command_id: int | None = Field(default=None, foreign_key="device_command.id")
    batch_id: int | None = Field(default=None, foreign_key="command_batch.id")
    requester_id: int | None = Field(default=None)
    approver: str = Field(max_length=200)
    approver_id: int = Field(index=True)
    session_id: int | None = Field(default=None)
    method: str = Field(default="", max_length=20)
    binding: str = Field(max_length=64)
    at: datetime = moment()


class CommandSend(SQLModel, table=True):
    """One time that a command left, or may have left: written before the vendor is called.

    Budgets count these rows. `answer` is empty until there is one: "accepted", "refused" (surely
    not carried out, and so not counted) or "lost".
    """

    __tablename__ = "command_send"
    __table_args__ = (
        sa.Index("ix_command_send_destructive_at", "destructive", "at"),
        sa.Index("ix_command_send_device_key_at", "device_key", "at"),
    )

    id: int = Field(default=None, primary_key=True)
    command_id: int = Field(foreign_key="device_command.id", index=True)
    attempt: int
    at: datetime = moment()
    requester: str = Field(max_length=80, description="whose budget it is")
    device_key: str = Field(max_length=560)
    action: Action = choice(Action, "action")
    destructive: bool
    break_glass: bool = Field(default=False)
    lease_token: str = Field(max_length=32, unique=True)
    answer: str = Field(default="", max_length=10)
    answered_at: datetime | None = moment(nullable=True)
    note: str = Field(default="", max_length=500)
