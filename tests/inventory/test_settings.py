"""Settings: typed, from file and environment, refused when unknown or unsafe."""

from dataclasses import fields
from pathlib import Path

import pytest

from inventory.errors import Misconfigured
from inventory.settings import Settings, load


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    config = tmp_path / "h.toml"
    config.write_text('port = 9000\ndistrict = "Westford"\nworker = false\n')
    settings = load({"HOMEROOM_PORT": "9100", "PATH": "x"}, config=config)
    assert (settings.port, settings.district, settings.worker) == (9100, "Westford", False)


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"HOMEROOM_PROT": "1"}, "no setting 'prot'"),
        ({"HOMEROOM_PORT": "many"}, "whole number"),
        ({"HOMEROOM_WORKER": "perhaps"}, "true or false"),
        ({"HOMEROOM_PORT": "70000"}, "at most 65535"),
        ({"HOMEROOM_THREADS": "0"}, "at least 1"),
        ({"HOMEROOM_HOST": "0.0.0.0"}, "public_url=https"),
        ({"HOMEROOM_HOST": "0.0.0.0", "HOMEROOM_PUBLIC_URL": "http://x"}, "public_url=https"),
        ({"HOMEROOM_HOST": "my server"}, "not an IP address"),
        ({"HOMEROOM_PASSWORD_MIN_LENGTH": "6"}, "below 8"),
        ({"HOMEROOM_DATABASE_URL": "mysql://x"}, "database_url"),
        ({"HOMEROOM_TIMEZONE": "Mars/Olympus"}, "IANA"),
        ({"HOMEROOM_TIMEZONE": "../../etc/passwd"}, "IANA"),
        ({"HOMEROOM_LOG_LEVEL": "LOUD"}, "log_level"),
        ({"HOMEROOM_PUBLIC_URL": "ftp://x"}, "http"),
    ],
)
def test_what_is_unsafe_or_unknown_is_refused(environ: dict[str, str], says: str) -> None:
    with pytest.raises(Misconfigured, match=says):
        load(environ)


@pytest.mark.parametrize("text", ["port = 'x", "colour = 'red'", "port = 1.5", "worker = 1"])
def test_a_bad_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    config = tmp_path / "h.toml"
    config.write_text(text)
    with pytest.raises(Misconfigured, match=r"h\.toml"):
        load({}, config=config)


def test_every_setting_is_documented() -> None:
    assert all(f.metadata["doc"] for f in fields(Settings))


def test_the_master_key_is_not_shown() -> None:
    assert "s3cret" not in repr(Settings(master_key="s3cret"))
