"""The verbs on commands, in one place; each is told where it is defined.

Whoever acts states an actor and the moment; nothing here commits, and nothing here calls a vendor.
"""

from inventory.commands.batch_deciding import approve_batch, stop_batch
from inventory.commands.batches import BatchPlan, batches, get_batch, plan_batch, request_batch
from inventory.commands.break_glass import break_glass, make_codes, review, to_review
from inventory.commands.breaker import ask_close, close, keep_open
from inventory.commands.deciding import approve, cancel, reject, release, settle
from inventory.commands.escrow import reveal_pins, reveal_place
from inventory.commands.planning import Plan, plan
from inventory.commands.policy_values import ask_change, confirm_change, refuse_change
from inventory.commands.reading import Filter, commands, get, timeline
from inventory.commands.reconciling import reconcile
from inventory.commands.requesting import CommandDraft, request
from inventory.commands.restoring import say_restored
from inventory.commands.step_up import StepUp

__all__ = [
    "BatchPlan", "CommandDraft", "Filter", "Plan", "StepUp", "approve", "approve_batch",
    "ask_change", "ask_close", "batches", "break_glass", "cancel", "close", "commands",
    "confirm_change", "get", "get_batch", "keep_open", "make_codes", "plan", "plan_batch",
    "reconcile", "refuse_change", "reject", "release", "request", "request_batch",
    "reveal_pins", "reveal_place", "review", "say_restored", "settle", "stop_batch", "timeline",
    "to_review",
]  # fmt: skip
