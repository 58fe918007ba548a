"""The words of background jobs, workers and settings; a part of `labels.LABELS`."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

SERVER_WORDS: Mapping[str, Mapping[str, LazyString]] = {
    "job_kind": {
        "sweep": _l("Sweep of a network"),
        "sweeps.due": _l("Starting the sweeps that are due"),
        "retention": _l("Nightly tidying up"),
        "mdm.sync": _l("Sync with an MDM vendor"),
        "mdm.due": _l("Starting the syncs that are due"),
        "imports.apply": _l("Applying or undoing an import of assets"),
        "mdm.tags": _l("Writing tags to an MDM vendor"),
        "mdm.forget": _l("Forgetting what MDM vendors told long ago"),
        "command.deliver": _l("Delivery of a remote command"),
        "command.sweep": _l("Looking after remote commands"),
        "command.chain": _l("Verifying the audit log"),
        "admin_rights.close": _l("Ending admin rights whose time is over"),
        "admin_rights.drift": _l("Comparing administrators of computers"),
        "agreements.remind": _l("Reminding of what is not signed"),
        "custody.overdue": _l("Telling schools what is overdue"),
        "notices.send": _l("Sending notices"),
        "people.apply": _l("Applying an import of people"),
        "people.due": _l("Starting to read the directories that are due"),
        "people.read": _l("Reading a directory of people"),
    },
    "job_subject": {
        "sweep": _l("Sweep"),
        "command": _l("Remote command"),
        "mdm_sync": _l("Sync"),
        "mdm_connection": _l("Connection"),
    },
    "delivery_state": {
        "waiting": _l("Waiting"),
        "sent": _l("Sent"),
        "dead": _l("Given up"),
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
    "sent": "success", "dead": "danger",
    "alive": "success", "silent": "danger", "stopped": "secondary", "default": "secondary",
    "file": "info", "environment": "info", "start": "warning",
}  # fmt: skip
