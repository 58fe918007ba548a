"""Keeping what `homeroom discover --save` found; loaded only then."""

from collections.abc import Sequence

from inventory.cli import output
from inventory.cli.local import opened, operator
from inventory.db import now
from inventory.discovery.saving import save
from snmp_discovery.types import Finding


def keep(findings: Sequence[Finding]) -> None:
    """Bring the findings into this installation's review queue."""
    with opened() as (settings, database):
        sweep_id = save(database, settings, operator(), findings, clock=now)
    output.note(f"saved as sweep {sweep_id}; `homeroom discoveries list` shows what waits")
