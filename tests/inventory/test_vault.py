"""Sealed secrets: bound to row, column and key; the key file is private and survives a crash."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from inventory.errors import Misconfigured, SealBroken
from inventory.settings import Settings
from inventory.vault import Vault, binding_of, open_vault, read_keys, write_keys

HERE = binding_of("credential", "a" * 32, "community")
VAULT = Vault("k1", {"k1": b"1" * 32})


@given(st.binary(max_size=300))
def test_what_was_sealed_opens(secret: bytes) -> None:
    assert VAULT.open(VAULT.seal(secret, binding=HERE), binding=HERE) == secret


@pytest.mark.parametrize(
    "elsewhere",
    [
        binding_of("credential", "b" * 32, "community"),
        binding_of("credential", "a" * 32, "auth_key"),
        binding_of("other", "a" * 32, "community"),
    ],
)
def test_moved_bytes_do_not_open(elsewhere: str) -> None:
    sealed = VAULT.seal(b"public", binding=HERE)
    with pytest.raises(SealBroken):
        VAULT.open(sealed, binding=elsewhere)


@given(st.text(max_size=80))
def test_garbage_does_not_open(text: str) -> None:
    with pytest.raises(SealBroken):
        VAULT.open(text, binding=HERE)


def test_every_byte_counts() -> None:
    sealed = VAULT.seal(b"private", binding=HERE)
    for at in range(len(sealed) - 1):
        changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
        with pytest.raises(SealBroken):
            VAULT.open(changed, binding=HERE)


def test_the_same_secret_never_looks_the_same() -> None:
    assert VAULT.seal(b"x", binding=HERE) != VAULT.seal(b"x", binding=HERE)


def test_another_master_key_does_not_open() -> None:
    sealed = VAULT.seal(b"x", binding=HERE)
    with pytest.raises(SealBroken, match="k1"):
        Vault("k2", {"k2": b"2" * 32}).open(sealed, binding=HERE)
    both = Vault("k2", {"k1": b"1" * 32, "k2": b"2" * 32})
    assert Vault("k2", {"k2": b"2" * 32}).open(both.rewrap(sealed, binding=HERE), binding=HERE)


def test_keys_are_not_shown() -> None:
    assert "111" not in repr(VAULT)


def test_the_key_file_is_private(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path))
    with pytest.raises(Misconfigured, match="no master key"):
        open_vault(settings)
    made = open_vault(settings, create=True)
    assert settings.key_path.stat().st_mode & 0o777 == 0o600
    assert open_vault(settings).keys == made.keys
    settings.key_path.chmod(0o644)
    with pytest.raises(Misconfigured, match="readable by others"):
        open_vault(settings)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"active": "a", "keys": {"a": "short"}}', '{"active":"b","keys":{}}',
             '{"active": "a", "keys": {"a": 5}}']
)  # fmt: skip
def test_a_damaged_key_file_is_a_clear_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(Misconfigured, match=r"master\.key"):
        read_keys(path)


def test_the_old_key_file_stands_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    write_keys(path, VAULT)
    path.with_name("master.key.new").write_text("half of a fi")
    assert read_keys(path).keys == VAULT.keys


def test_a_key_from_the_environment() -> None:
    assert open_vault(Settings(master_key="A" * 43 + "=")).active == "env"
    with pytest.raises(Misconfigured, match="32 bytes"):
        open_vault(Settings(master_key="AAAA"))
