"""Why a job failed, for a person who has not written the program; and where it leads."""

import re
from collections.abc import Mapping

from flask_babel import gettext as _

from inventory.engine import Job

_FAULT = re.compile(r"(?P<what>\w+) in (?P<where>[\w.]+(?::\d+)?)")
_DIED = re.compile(r"given up: its worker died (?P<times>\d+) times while running it")
_UNKNOWN = re.compile(r"this program knows no job of kind .*")

PAGES: Mapping[str, str] = {"sweep": "/sweeps/{}"}
"""What a job carries the number of → the address of its page."""


def plain_error(job: Job) -> str:
    """The end of a failed job in plain words; "" where it says nothing."""
    text = job.error
    if found := _DIED.fullmatch(text):
        return str(_(
            "Its worker died %(times)s times while running it, so it was given up. The server's "
            "log tells more.", times=found["times"],
        ))  # fmt: skip
    if _UNKNOWN.fullmatch(text):
        return str(_("This version of the program has no such job. An older one asked for it."))
    if found := _FAULT.fullmatch(text):
        return str(_(
            "A fault in the program itself (%(what)s). The server's log tells more; please report "
            "it.", what=found["what"],
        ))  # fmt: skip
    return text


def exact_error(job: Job) -> str:
    """What the engine has kept, where that is not what `plain_error` says."""
    return job.error if job.error and plain_error(job) != job.error else ""


def subjects(job: Job) -> list[tuple[str, str, str]]:
    """(what, number, address or "") of everything that the job carries the number of."""
    return [
        (name, str(value)[:40], _page(name, value)) for name, value in sorted(job.payload.items())
    ]


def _page(name: str, value: object) -> str:
    return PAGES[name].format(value) if name in PAGES and isinstance(value, int) else ""
