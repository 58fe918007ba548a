"""The words of the discovery's pages for closed lists of its own."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

DISCOVERY_WORDS: Mapping[str, Mapping[str, LazyString]] = {
    "sweep_phase": {
        "queued": _l("Waiting for a worker"),
        "probing": _l("Looking who answers"),
        "interrogating": _l("Asking the devices what they are"),
        "settling": _l("Sorting what was found"),
        "done": _l("Done"),
    },
    "secret": {
        "community": _l("Community"),
        "auth_key": _l("Authentication pass phrase"),
        "priv_key": _l("Encryption pass phrase"),
    },
    "credential_weakness": {
        "default_community": _l("Default community"),
        "clear_text": _l("Clear text"),
        "no_auth": _l("No authentication"),
        "no_privacy": _l("Not encrypted"),
        "old_protocol": _l("Old protocol"),
    },
    "identity": {
        "kind": _l("Kind"),
        "vendor": _l("Maker"),
        "model": _l("Model"),
        "serial": _l("Serial number"),
        "firmware": _l("Firmware"),
    },
    "finding_source": {
        "snmp": _l("It answered"),
        "lldp": _l("A switch told of it"),
    },
    "port_source": {
        "lldp": _l("told by the neighbour (LLDP)"),
        "cdp": _l("told by the neighbour (CDP)"),
        "bridge": _l("learnt by the switch"),
    },
}

DISCOVERY_TONES: Mapping[str, str] = {
    "default_community": "danger", "clear_text": "warning", "no_auth": "danger",
    "no_privacy": "warning", "old_protocol": "warning",
}  # fmt: skip
