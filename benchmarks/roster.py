"""A roster of 50,000 people planned, applied, planned again and undone on SQLite, in one process:
`python -m benchmarks roster`. Promised: planned and applied in 90 s, with at most 300 MB.
"""

import io
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from benchmarks.timed import peak
from inventory import installation
from inventory.access import Permission, system_actor
from inventory.db import Database, now
from inventory.people import applying, undoing
from inventory.people.roster_models import PlanState
from inventory.people.uploading import receive_roster
from inventory.settings import Settings
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from inventory.vault import open_vault

ACTOR = system_actor("benchmark", Permission)
SECONDS, MEGABYTES = 90.0, 300.0
SCHOOLS = 40
SPARE = "," * 4


def package(people: int, *, year: int) -> bytes:
    """A bulk package of 1.1, with eight enrollments for everybody. In the second year one in forty
    has moved, and a hundred are new."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "manifest.csv",
            "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.orgs,bulk\n"
            "file.users,bulk\nfile.classes,bulk\nfile.enrollments,bulk\n",
        )
        head = "sourcedId,status,dateLastModified,"
        orgs = [f"o{n},,,School {n},school,S{n},\n" for n in range(SCHOOLS)]
        archive.writestr(
            "orgs.csv", head + "name,type,identifier,parentSourcedId\n" + "".join(orgs)
        )
        users = [
            f"u{n},,,true,o{(n + (year if n % 40 == 0 else 0)) % SCHOOLS},"
            f"{'teacher' if n % 15 == 0 else 'student'},user{n},,Given{n % 900},Family{n % 7000},"
            f",,u{n}@example.org{SPARE}{n % 12 + year:02},\n"
            for n in range(people + 100 * year)
        ]
        columns = (
            "enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
            "identifier,email,sms,phone,agentSourcedIds,grades,password\n"
        )
        archive.writestr("users.csv", head + columns + "".join(users))
        classes = [
            f"c{n},,,Class {n},{'homeroom' if n % 8 == 0 else 'scheduled'}\n" for n in range(8_000)
        ]
        archive.writestr("classes.csv", head + "title,classType\n" + "".join(classes))
        with archive.open("enrollments.csv", "w") as file:
            file.write(f"{head}classSourcedId,userSourcedId,role\n".encode())
            for n in range(people):
                rows = [f"e,,,c{n * 8 % 8_000 + k},u{n},student\n" for k in range(8)]
                file.write("".join(rows).encode())
    return kept.getvalue()


def prepared(folder: Path) -> Database:
    settings = Settings(database_url=f"sqlite:///{folder}/bench.db", data_dir=str(folder))
    database = Database(settings.database_url, vault=open_vault(settings, create=True))
    installation.prepare(database)
    with database.unit() as db:
        root = sites.ensure_district(db, ACTOR, "Benchmark", now=now()).id
        for n in range(SCHOOLS):
            sites.create(
                db, ACTOR, kind=SiteKind.SCHOOL, name=f"School {n}", code=f"S{n}", parent_id=root,
                now=now(),
            )  # fmt: skip
    return database


def imported(database: Database, file: Path) -> tuple[int, float]:
    """Plan and apply; the plan's id and the seconds."""
    started = time.perf_counter()
    with file.open("rb") as stream:
        plan = receive_roster(
            database, ACTOR, stream, name=file.name, source="SIS", today=now().date(), now=now()
        )
    planned = time.perf_counter() - started
    with database.unit() as db:
        approved = applying.approve(db, ACTOR, plan["id"], now=now())
        if approved.state is PlanState.APPLYING:
            # What its job does.
            applying.apply(db, approved, ACTOR, now=now())
    total = time.perf_counter() - started
    print(
        f"{file.name}: planned {planned:5.1f} s, applied {total - planned:5.1f} s, "
        f"peak {peak():4.0f} MB, {plan['counts']}",
        flush=True,
    )
    return plan["id"], total


def main(arguments: list[str]) -> int:
    """`--people N` (50,000)."""
    at = arguments.index("--people") + 1 if "--people" in arguments else 0
    people = int(arguments[at]) if at else 50_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [folder / f"year{year}.zip" for year in range(2)]
        for year, file in enumerate(files):
            file.write_bytes(package(people, year=year))
        database = prepared(folder)
        print(f"{people} people; {peak():.0f} MB before", flush=True)
        worst = 0.0
        for file in files:
            plan_id, seconds = imported(database, file)
            worst = max(worst, seconds)
        started = time.perf_counter()
        with database.unit() as db:
            undoing.undo(db, ACTOR, plan_id, reason="benchmark", now=now())
        print(f"undone in {time.perf_counter() - started:.1f} s, peak {peak():.0f} MB")
        database.close()
    kept = worst <= SECONDS and peak() <= MEGABYTES
    print("kept" if kept else f"NOT KEPT: {SECONDS:.0f} s and {MEGABYTES:.0f} MB are promised")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
