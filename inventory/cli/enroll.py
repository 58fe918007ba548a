"""`homeroom enroll FILE`: many computers from a file, each with an outcome of its own.

Safe to run again after anything: each row carries a key that comes from the file and the row, so
that a server answers a row that it has done already instead of doing it twice.
"""

import hashlib
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

from inventory.cli import output
from inventory.cli.client import Api, connected, remote_options
from inventory.cli.enrol_rows import Row, rows_of
from inventory.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TooLarge,
    TooManyRequests,
    Unavailable,
)

TRIES, LONGEST_WAIT = 8, 60.0
REJECTED, IN_DOUBT, PARTIAL = "rejected", "conflict", 3
OUTCOMES = ("created", "updated", "unchanged", IN_DOUBT, REJECTED)


@click.command("enroll")
@click.argument("file", type=click.Path(dir_okay=False, path_type=str))
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
@click.option(
    "--again", is_flag=True, help="Ask anew for rows that were answered within the last day, too."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each row.")
@remote_options
def enroll(
    file: str, dry_run: bool, again: bool, as_json: bool, server: str | None,
    token_file: Path | None,
) -> int:  # fmt: skip
    """Enrol the computers of FILE (- for standard input): JSON lines, or CSV with a header.

    Fields: manufacturer, model, serial, kind, name, system, system_version, macs, encrypted,
    firewall, antimalware, administrators, software (name=version), tag, site_id. In CSV, lists
    are separated by ";". Exit code 3 where rows were rejected or a person must decide.
    """
    told: Counter[str] = Counter()
    with _opened(file) as source, connected(server, token_file) as api:
        found = rows_of(source)
        # A trial changes nothing, and its answer must not stand for the real one.
        digest = "" if dry_run or again else found.digest
        try:
            for row in found.rows:
                answer = _outcome(api, row, digest, dry_run)
                told[answer["outcome"]] += 1
                _tell(answer, as_json)
        finally:
            output.note(_summary(told, dry_run))
    return PARTIAL if told[REJECTED] or told[IN_DOUBT] else 0


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    """The file, or what comes by standard input, kept on disk so that it can be read twice."""
    if name != "-":
        try:
            with Path(name).open("rb") as file:
                yield file
        except OSError as failed:
            raise InvalidInput(f"{name} cannot be read: {failed.strerror}") from failed
        return
    with tempfile.TemporaryFile() as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
        kept.seek(0)
        yield kept


def _outcome(api: Api, row: Row, digest: str, dry_run: bool) -> dict[str, Any]:
    """What one row came to. Raises what stops the whole run."""
    told = {"line": row.line, "outcome": REJECTED, "tag": "", "reasons": [row.wrong]}
    if row.wrong:
        return told
    try:
        answer = _sent(api, row, digest, dry_run)
    except (InvalidInput, NotFound, Conflict, TooLarge) as refused:
        return {**told, "reasons": [str(refused)]}
    except Forbidden as refused:
        # Only this row names a place out of reach; without one, no other row will do better.
        if row.report.get("site_id") is None:
            raise
        return {**told, "reasons": [str(refused)]}
    return {**told, **{name: answer[name] for name in ("outcome", "tag", "reasons")}}


def _sent(api: Api, row: Row, digest: str, dry_run: bool) -> dict[str, Any]:
    """The server's answer; it is asked again while it is busy. Raises `HomeroomError`."""
    headers = {"Idempotency-Key": _key(digest, row)} if digest else None
    query = {"dry_run": "true"} if dry_run else None
    for attempt in range(1, TRIES + 1):
        try:
            answer: dict[str, Any] = api.call(
                "POST", "/enrolments", query=query, body=row.report, headers=headers
            )
            return answer
        except (TooManyRequests, Unavailable) as busy:
            if attempt == TRIES:
                raise Unavailable(
                    f"line {row.line}: {busy}; run it again, what is done is not repeated"
                ) from busy
            asked = busy.retry_after
            time.sleep(min(0.1 * 2**attempt if asked is None else asked, LONGEST_WAIT))
    raise AssertionError("the last attempt raises")


def _key(digest: str, row: Row) -> str:
    """The same for this row of this file, whenever and wherever it is run."""
    said = f"{digest} {row.line} {sorted(row.report.items())!r}"
    return f"enroll-{hashlib.sha256(said.encode('utf-8', 'backslashreplace')).hexdigest()}"


def _tell(answer: dict[str, Any], as_json: bool) -> None:
    """One row, at once: whoever stops the run sees what was done."""
    if as_json:
        output.json_line(answer)
    else:
        why = answer["reasons"] if answer["outcome"] in (REJECTED, IN_DOUBT) else []
        words = [f"line {answer['line']}", answer["outcome"], answer["tag"], *why]
        click.echo("  ".join(output.safe(word) for word in words if word))
    sys.stdout.flush()


def _summary(told: Counter[str], dry_run: bool) -> str:
    parts = [f"{told[outcome]} {outcome}" for outcome in OUTCOMES if told[outcome]]
    rows = f"{told.total()} rows" if told.total() != 1 else "1 row"
    return f"{'Trial, nothing is changed: ' if dry_run else ''}{rows}: {', '.join(parts) or 'none'}"
