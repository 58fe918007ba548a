"""Which background jobs there are, and what the clock asks for."""

from collections.abc import Mapping

from inventory.accounts import service as accounts
from inventory.admin_rights import closing, drift_refresh
from inventory.agreements import reminding as agreement_reminding, retention as agreement_retention
from inventory.agreements.signing import store_of
from inventory.asset_import import applying as import_applying, running as imports
from inventory.assets import file_retention
from inventory.assets.file_store import FileStore
from inventory.commands import delivery, sweeping
from inventory.custody import reminding
from inventory.db import now
from inventory.discovery import retention, sweep_run, sweeps
from inventory.engine import Handler, JobContext, JobPolicy, Schedule
from inventory.fleet import forgetting, sync_run, syncs, tag_writing
from inventory.notices import sending, writing
from inventory.people import apply_run, applying as people_applying, roster_retention
from inventory.people.sources import reads

FORGET = "retention"


def forget(ctx: JobContext) -> None:
    """Delete what has ended long ago: sessions, tokens, set-up links, settled findings, sweeps,
    removed files, old notices, what old imports of people changed."""
    with ctx.database.unit() as db:
        accounts.purge_expired(db, now())
        writing.purge(db, now())
    ctx.heartbeat()
    retention.purge(ctx.database, now=now())
    roster_retention.purge(ctx.database, now=now())
    imports.purge(ctx.database, now=now())
    file_retention.purge(ctx.database, FileStore.of(ctx.settings), now=now())
    agreement_retention.purge(ctx.database, store_of(ctx.settings), now=now())
    if ctx.database.is_sqlite:
        # PostgreSQL keeps its planner's statistics fresh by itself.
        with ctx.database.unit() as db:
            db.connection().exec_driver_sql("PRAGMA optimize")


HANDLERS: Mapping[str, Handler] = {
    sweeps.KIND: sweep_run.run_sweep,
    "sweeps.due": sweeps.due_sweeps,
    syncs.KIND: sync_run.run_sync,
    syncs.DUE: syncs.due_syncs,
    tag_writing.KIND: tag_writing.write_tags,
    forgetting.KIND: forgetting.forget_told,
    FORGET: forget,
    delivery.KIND: delivery.deliver,
    sweeping.SWEEP: sweeping.sweep_due,
    sweeping.CHAIN: sweeping.check_chain,
    sending.KIND: sending.send_due,
    import_applying.KIND: imports.run,
    people_applying.KIND: apply_run.run,
    reads.KIND: reads.run,
    reads.DUE: reads.due,
    reminding.KIND: reminding.remind,
    agreement_reminding.KIND: agreement_reminding.remind,
    drift_refresh.KIND: drift_refresh.run,
    closing.KIND: closing.close_due,
}

SCHEDULES = (
    Schedule("sweeps-due", "sweeps.due", every=60),
    Schedule("syncs-due", syncs.DUE, every=60),
    Schedule("mdm-forget", forgetting.KIND, cron="40 * * * *"),
    Schedule("nightly-retention", FORGET, cron="20 3 * * *"),
    Schedule("commands-due", sweeping.SWEEP, every=60),
    Schedule("custody-overdue", reminding.KIND, cron="0 15 * * 1-5"),
    Schedule("people-due", reads.DUE, every=300),
    Schedule("admin-rights-close", closing.KIND, every=300),
    Schedule("admin-drift", drift_refresh.KIND, every=600),
    Schedule("agreements-missing", agreement_reminding.KIND, cron="0 9 * * 1"),
    Schedule("notices-due", sending.KIND, every=30),
    Schedule("audit-chain", sweeping.CHAIN, cron="50 */4 * * *"),
)

# Looking for work costs a little CPU per kind and poll; what is not urgent is looked for rarely.
POLICIES: Mapping[str, JobPolicy] = {
    sweeps.KIND: JobPolicy(concurrency=2, attempts=3),
    "sweeps.due": JobPolicy(concurrency=1, poll=5),
    syncs.KIND: JobPolicy(concurrency=2, attempts=sync_run.ATTEMPTS),
    syncs.DUE: JobPolicy(concurrency=1, poll=5),
    tag_writing.KIND: JobPolicy(concurrency=1, poll=10, attempts=1),
    forgetting.KIND: JobPolicy(concurrency=1, poll=30),
    FORGET: JobPolicy(concurrency=1, poll=30),
    # Never tried again by the engine: what may be sent twice is for the command's own row to say.
    delivery.KIND: JobPolicy(concurrency=2, attempts=1),
    sweeping.SWEEP: JobPolicy(concurrency=1, poll=5, attempts=1),
    sweeping.CHAIN: JobPolicy(concurrency=1, poll=30),
    people_applying.KIND: JobPolicy(concurrency=1, attempts=3),
    reads.KIND: JobPolicy(concurrency=1, poll=5, attempts=1),
    reads.DUE: JobPolicy(concurrency=1, poll=30, attempts=1),
    drift_refresh.KIND: JobPolicy(concurrency=1, poll=30),
    closing.KIND: JobPolicy(concurrency=1, poll=30),
    # Once: a school that is told twice reads nothing any more.
    reminding.KIND: JobPolicy(concurrency=1, poll=30, attempts=1),
    import_applying.KIND: JobPolicy(concurrency=1, attempts=3),
    agreement_reminding.KIND: JobPolicy(concurrency=1, poll=30, attempts=1),
    # Tried again by its own rows.
    sending.KIND: JobPolicy(concurrency=1, poll=5, attempts=1),
}
