"""Three hundred laptops in one morning: a file from the command line and scripts on the computers,
side by side, with one token that is good for just so many. The line breaks in the middle."""

import json
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select
from werkzeug.serving import WSGIRequestHandler, make_server

from inventory.access import Permission, Role
from inventory.accounts.models import ApiToken
from inventory.accounts.tokens import create_token
from inventory.assets.models import Asset
from inventory.cli import enroll, run
from inventory.db import Database
from inventory.errors import Unavailable
from inventory.outbound import Server
from tests.conftest import Clock
from tests.inventory.conftest import OPERATOR, District

BY_FILE, BY_SCRIPT, BREAKS_AFTER = 200, 100, 60


def laptop(number: int) -> dict[str, Any]:
    return {"manufacturer": "Dell Inc.", "serial": f"SN{number:05}", "kind": "laptop",
            "macs": [f"3C:52:82:00:{number // 256:02X}:{number % 256:02X}"]}  # fmt: skip


class Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None: ...

    def log(self, *_: object) -> None: ...


class Line:
    """The way to the server: once broken, what the file sends is done, and its answer is lost."""

    def __init__(self, app: Flask) -> None:
        self.app, self.broken, self.whole = app, Event(), Event()
        self._lock, self._count = Lock(), 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        answer = self.app(environ, start)
        if environ.get("HTTP_IDEMPOTENCY_KEY", "").startswith("enroll-"):
            with self._lock:
                self._count += 1
                if self._count > BREAKS_AFTER and not self.whole.is_set():
                    self.broken.set()
                    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
                    raise ConnectionAbortedError
        return answer


@contextmanager
def served(line: Line) -> Any:
    server = make_server("127.0.0.1", 0, line, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def by_script(url: str, token: str, number: int) -> str:
    """What enrol.sh does; every fifth loses its answer, and sends the same once more."""
    headers, answer = {"Idempotency-Key": f"script-{number}"}, {"tag": ""}
    for _ in range(2 if number % 5 == 0 else 1):
        for _try in range(20):
            try:
                answer = Server(url, token).call(
                    "POST", "/enrolments", body=laptop(number), headers=headers
                )
                break
            except Unavailable:
                continue
    return str(answer["tag"])


def test_each_of_them_is_enrolled_once(
    app: Flask, database: Database, district: District, clock: Clock, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with database.unit() as db:
        _, text = create_token(
            db, OPERATOR, district.accounts[Role.TECHNICIAN], label="cart",
            permissions=[Permission.ENROL], lifetime=timedelta(days=1), uses=BY_FILE + BY_SCRIPT,
            now=clock(),
        )  # fmt: skip
    secret, file = tmp_path / "token", tmp_path / "laptops.ndjson"
    secret.touch(mode=0o600)
    secret.write_text(text)
    file.write_text("".join(f"{json.dumps(laptop(n))}\n" for n in range(BY_FILE)))
    monkeypatch.setattr(enroll, "TRIES", 2)
    line = Line(app)
    with served(line) as url, ThreadPoolExecutor(2) as pool:
        command = ["enroll", str(file), "--server", url, "--token-file", str(secret), "--json"]
        scripts = [
            pool.submit(by_script, url, text, BY_FILE + number) for number in range(BY_SCRIPT)
        ]
        assert run(command) == 1, "the line broke: the run stops, and says so"
        assert line.broken.is_set()
        first = capsys.readouterr()
        assert "run it again, what is done is not repeated" in first.err
        line.whole.set()
        assert run(command) == 0
        told = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
        tags = [each["tag"] for each in told] + [script.result() for script in scripts]
    assert {each["outcome"] for each in told} == {"created"}, "a row is answered as it was done"
    assert len(set(tags)) == BY_FILE + BY_SCRIPT
    with database.unit(write=False) as db:
        assets = db.exec(select(Asset)).all()
        (token,) = db.exec(select(ApiToken)).all()
    assert len({asset.serial for asset in assets}) == len(assets) == BY_FILE + BY_SCRIPT
    assert {asset.tag for asset in assets} == set(tags)
    assert token.uses_left == 0, "each counted once"
