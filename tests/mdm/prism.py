"""Stoplight Prism between a connector and a fake: both must keep to the vendor's own document.

Prism (npm @stoplight/prism-cli) and the documents are not part of the project. The documents are
looked for in `shared/mdm/specs` beside the repository, the program in PRISM_PROGRAM or on PATH.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mdm.fakes.base import FakeVendor

SPECS = Path(__file__).parents[2].parent / "shared/mdm/specs"
START_SECONDS = 30


def missing(spec: str | None) -> str | None:
    """Why Prism cannot check against this document, None where it can."""
    if spec is None:
        return "the vendor has no machine-readable document"
    if not (SPECS / spec).is_file():
        return f"no {spec} in shared/mdm/specs beside the repository"
    if program() is None:
        return "no prism: npm install -g @stoplight/prism-cli, or set PRISM_PROGRAM"
    return None


def document_of(fake: type[FakeVendor], folder: Path) -> Path:
    """The vendor's document; mended, where it contradicts itself, in a copy in `folder`."""
    assert fake.spec is not None
    told = SPECS / fake.spec
    if fake.mend is None:
        return told
    document = json.loads(told.read_text("utf-8"))
    fake.mend(document)
    mended = folder / told.name
    mended.write_text(json.dumps(document), "utf-8")
    return mended


def program() -> str | None:
    return shutil.which(os.environ.get("PRISM_PROGRAM") or "prism")


@contextmanager
def proxy(document: Path, upstream: str) -> Iterator[str]:
    """A proxy that validates both directions; its URL.

    What violates the document is answered with an error: 422 for a request, 500 for an answer.
    """
    port, executable = _free_port(), program()
    assert executable is not None
    command = [executable, "proxy", "-h", "127.0.0.1", "-p", str(port), "--errors"]
    command += [str(document), upstream]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, "prism ended at once"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"prism does not listen after {START_SECONDS} s")
