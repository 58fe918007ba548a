"""`homeroom run`: supervise the web processes. Light, so that supervising costs nothing.

granian speaks HTTP outside of Python's interpreter lock: one core answers about three times as many
lookups as behind a server written in Python (decision 6, benchmarks/lookup.py).
"""

import logging
import multiprocessing
import socket

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from inventory.cli import output
from inventory.errors import Misconfigured
from inventory.settings import Settings, base_url, load

HEADER_SECONDS = 15
"""A client that sends its headers more slowly is cut off."""

MAX_HEADERS = 64 * 1024
STOP_SECONDS = 15


@click.command()
def run() -> None:
    """Serve this installation; an empty one is made, and prints a one-time set-up link."""
    settings = load()
    require_free_port(settings)
    output.note(f"Homeroom serves {base_url(settings)}")
    serve(settings)


def require_free_port(settings: Settings) -> None:
    """Raises `Misconfigured` where something listens already: web processes share a port by
    SO_REUSEPORT, and so would two installations."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as taken:
            raise Misconfigured(
                f"{settings.host} port {settings.port} cannot be had ({taken.strerror}); "
                "stop what listens there, or set HOMEROOM_PORT"
            ) from taken


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. The settings must be those that the environment names."""
    # A fork would copy threads and open connections half-way through their work.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "inventory.server:application",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.processes,
        blocking_threads=settings.threads,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=MAX_HEADERS
        ),
        websockets=False,
        workers_kill_timeout=STOP_SECONDS,
        log_dictconfig={"version": 1, "disable_existing_loggers": False, "loggers": {}},
    )
    logging.getLogger("_granian").setLevel(logging.WARNING)
    server.serve()
