"""Commands for whoever runs the installation: make, migrate, settings, keys, audit."""

import json
import sys
from dataclasses import fields

import click

from inventory import db, installation, keys
from inventory.audit import service as audit
from inventory.audit.models import AuditEvent
from inventory.cli import output
from inventory.cli.local import opened, operator
from inventory.db import Database
from inventory.settings import PREFIX, Settings, load
from inventory.vault import open_vault


@click.command()
def init() -> None:
    """Make the master key and the database, or bring them up to date."""
    settings = load()
    vault = open_vault(settings, create=True)
    database = Database(settings.database_url, vault=vault)
    installation.prepare(database)
    database.close()
    output.note(f"ready: {shown_url(settings)}; master key: {settings.key_path}")
    output.note("Keep a copy of the master key apart from the database's backups.")


@click.command()
@click.option("--revision", default="head", show_default=True)
def migrate(revision: str) -> None:
    """Upgrade the database to the newest revision."""
    settings = load()
    if revision != "head":
        installation.migrate(settings.database_url, revision)
        return
    database = Database(settings.database_url, vault=open_vault(settings, create=True))
    installation.prepare(database)
    database.close()
    output.note("the database is at the newest revision")


def shown_url(settings: Settings) -> str:
    """The database's URL without its password."""
    return db.shown_url(settings.database_url)


@click.command("settings")
@click.option("--json", "as_json", is_flag=True)
def show_settings(as_json: bool) -> None:
    """Every setting: its value, where to set it, what it does."""
    settings = load()
    rows = []
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if field.metadata["secret"]:
            value = "(set)" if value else ""
        if field.name == "database_url":
            value = shown_url(settings)
        rows.append((field.name, PREFIX + field.name.upper(), value, field.metadata["doc"]))
    if as_json:
        output.json_line({name: value for name, _, value, _ in rows})
    else:
        output.table(["setting", "environment variable", "value", "what it does"], rows)


@click.group("keys")
def keys_group() -> None:
    """The master key that seals secrets."""


@keys_group.command()
def rotate() -> None:
    """Seal every secret under a new master key, and forget the old one."""
    with opened() as (settings, database):
        count = keys.rotate(settings, database)
    output.note(f"{count} secrets sealed anew; keep a copy of {settings.key_path}")


@click.group("audit")
def audit_group() -> None:
    """The log of everything that was done."""


@audit_group.command()
@click.option("--json", "as_json", is_flag=True)
def verify(as_json: bool) -> int:
    """Recompute the chain of audit events, and look for the database's guards of what is kept;
    exit code 1 where the chain is broken or a guard is gone."""
    with opened() as (_, database):
        gone = installation.missing_guards(database)
        with database.unit(write=False) as session:
            verdict = audit.verify(session)
    if as_json:
        output.json_line(
            {"events": verdict.events, "head": verdict.head, "broken_at": verdict.broken_at,
             "why": verdict.why, "guards_missing": gone}
        )  # fmt: skip
    elif verdict.broken_at is None:
        click.echo(f"{verdict.events} events, unbroken; head {verdict.head}")
    else:
        output.note(f"BROKEN at event {verdict.broken_at}: {verdict.why}")
    if gone and not as_json:
        output.note(f"the database does not refuse changes any more; missing: {', '.join(gone)}")
    return 1 if gone or verdict.broken_at is not None else 0


@audit_group.command()
@click.option("--after", default=0, help="Only events after this number.")
def export(after: int) -> None:
    """Every event as one JSON object a line, oldest first; the export itself is logged."""
    with opened() as (_, database):
        with database.unit() as session:
            audit.record(
                session, operator(), "audit.exported", now=db.now(), after={"after": after}
            )
        with database.unit(write=False) as session:
            for event in audit.in_order(session, after=after):
                sys.stdout.write(json.dumps(as_record(event), ensure_ascii=False) + "\n")


def as_record(event: AuditEvent) -> dict[str, object]:
    """An event as exported: `before` and `after` are JSON again."""
    record = event.model_dump(mode="json")
    record["before"], record["after"] = json.loads(event.before), json.loads(event.after)
    return record
