"""The words of background jobs, workers and settings; a part of `labels.LABELS`."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

SERVER_WORDS: Mapping[str, Mapping[str, LazyString]] = {
    "job_kind": {
        "sweep": _l("Sweep of a network"),
        "sweeps.due": _l("Starting the sweeps that are due"),
        "retention": _l("Nightly tidying up"),
    },
    "job_subject": {
        "sweep": _l("Sweep"),
    },
    "worker_state": {
        "alive": _l("At work"),
        "silent": _l("Silent"),
        "stopped": _l("Stopped"),
    },
    "worker_role": {
        "server": _l("in the server"),
        "worker": _l("on its own"),
    },
    "setting_source": {
        "default": _l("Usual value"),
        "file": _l("File"),
        "environment": _l("Environment"),
        "start": _l("Given at the start"),
    },
    "setting_group": {
        "district": _l("The district"),
        "server": _l("The server"),
        "security": _l("Signing in and limits"),
        "storage": _l("Where things are kept"),
        "jobs": _l("Background jobs and sweeps"),
        "other": _l("Other"),
    },
}

SERVER_TONES: Mapping[str, str] = {
    "alive": "success", "silent": "danger", "stopped": "secondary", "default": "secondary",
    "file": "info", "environment": "info", "start": "warning",
}  # fmt: skip
