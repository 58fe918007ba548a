"""Credentials at work: renewed from their own life, told apart when they are refused."""

import json
from datetime import timedelta
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from mdm import errors
from mdm.answers import Answer
from mdm.errors import Where
from mdm.http import Door, Limits
from mdm.tokens import (
    LoginToken,
    OAuthToken,
    basic,
    bearer,
    client_assertion,
    client_credentials,
    private_key,
)
from tests.mdm.contract.world import TestTime
from tests.mdm.raw import Raw, answer, saying

WHERE = Where("Vendor", "north")


@pytest.fixture
def time() -> TestTime:
    return TestTime()


def token(**told: object) -> bytes:
    return answer(json.dumps({"access_token": "t-1", "expires_in": 60} | told).encode())


def oauth(vendor: Raw, time: TestTime) -> OAuthToken:
    door = Door(vendor.url, WHERE, time.timing, Limits(connect=1, read=1))
    return OAuthToken(
        door, "/token", client_credentials("id", "s/cret+1", scope="all"), time.timing
    )


def test_a_token_is_renewed_before_its_own_life_ends(time: TestTime) -> None:
    """Jamf's example lives 60 s: a constant would be wrong."""
    with saying(token(), token(access_token="t-2", expires_in=1200)) as vendor:
        auth = oauth(vendor, time)
        assert auth.headers() == {"Authorization": "Bearer t-1"}
        time.forward(seconds=44)
        assert auth.headers() == {"Authorization": "Bearer t-1"}
        assert len(vendor.heard) == 1
        time.forward(seconds=2)
        assert auth.headers() == {"Authorization": "Bearer t-2"}
        time.forward(seconds=1139)
        auth.headers()
        assert len(vendor.heard) == 2
        assert auth.renew()
        auth.headers()
        assert len(vendor.heard) == 3
    form = parse_qs(vendor.heard[0].partition(b"\r\n\r\n")[2].decode())
    assert form == {
        "grant_type": ["client_credentials"], "client_id": ["id"], "client_secret": ["s/cret+1"],
        "scope": ["all"],
    }  # fmt: skip
    assert {"s/cret+1", "s%2Fcret%2B1", "t-2"} <= set(auth.hidden())


@pytest.mark.parametrize(
    ("life", "good_for"), [(None, 240), ("3600", 3540), (0, 0), (-5, 0), (1e12, 86_340), ("x", 240)]
)
def test_odd_lives_are_bounded(life: object, good_for: int, time: TestTime) -> None:
    with saying(token(expires_in=life)) as vendor:
        auth = oauth(vendor, time)
        auth.headers()
        time.forward(seconds=good_for - 1)
        auth.headers()
        asked = len(vendor.heard)
        time.forward(seconds=2)
        auth.headers()
        assert len(vendor.heard) == asked + 1


@pytest.mark.parametrize("body", [{}, {"access_token": None}, {"access_token": ""},
                                  {"access_token": "a b"}, {"access_token": "a\nb"},
                                  {"access_token": ["x"]}, [], "x"])  # fmt: skip
def test_an_answer_without_a_token_is_malformed(body: object, time: TestTime) -> None:
    with saying(answer(json.dumps(body).encode())) as vendor, pytest.raises(errors.Malformed):
        oauth(vendor, time).headers()


@pytest.mark.parametrize(
    ("status", "body", "first", "later"),
    [
        (401, {"error": "invalid_client"}, errors.WrongCredential, errors.RevokedCredential),
        (400, {"error": "invalid_grant"}, errors.WrongCredential, errors.RevokedCredential),
        (400, {"error": "unauthorized_client"}, errors.MissingRight, errors.MissingRight),
        (403, {"error": "access_denied"}, errors.MissingRight, errors.MissingRight),
        (401, {"error": "invalid_client", "error_description": "AADSTS7000222: The provided client "
               "secret keys for app are expired."}, errors.ExpiredCredential,
         errors.ExpiredCredential),
        (400, {"error": {"a": 1}}, errors.WrongCredential, errors.RevokedCredential),
        (429, {}, errors.Throttled, errors.Throttled),
        (503, {}, errors.Unavailable, errors.Unavailable),
    ],
)  # fmt: skip
def test_refusals_are_told_apart(
    status: int, body: object, first: type[Exception], later: type[Exception], time: TestTime
) -> None:
    refusal = answer(json.dumps(body).encode(), status=f"{status} No")
    with saying(refusal) as vendor, pytest.raises(errors.MdmError) as wrong:
        oauth(vendor, time).headers()
    assert type(wrong.value) is first
    with saying(token(), refusal) as vendor:
        auth = oauth(vendor, time)
        auth.headers()
        auth.renew()
        with pytest.raises(errors.MdmError) as wrong:
            auth.headers()
    assert type(wrong.value) is later


def test_a_lost_token_does_no_harm(time: TestTime) -> None:
    with saying(b"") as vendor, pytest.raises(errors.Unavailable):
        oauth(vendor, time).headers()


def test_a_login_gives_its_token_in_a_header(time: TestTime) -> None:
    """As Mosyle does: a JWT in the answer's Authorization header, good for a day."""
    made = int(time.now().timestamp())
    day = jwt.encode({"iat": made, "exp": made + 86_400}, "k" * 32)
    body = {"accessToken": "access", "email": "a@b.example", "password": "hush hush"}
    with saying(answer(b"{}", f"Authorization: Bearer {day}")) as vendor:
        door = Door(vendor.url, WHERE, time.timing, Limits(connect=1, read=1))

        def find(found: Answer) -> object:
            return found.headers.get("authorization")

        auth = LoginToken(door, "/login", body, find, time.timing)
        assert auth.headers() == {"Authorization": f"Bearer {day}"}
        time.forward(hours=23)
        auth.headers()
        assert len(vendor.heard) == 1
        time.forward(hours=1)
        auth.headers()
        assert len(vendor.heard) == 2
        assert json.loads(vendor.heard[0].partition(b"\r\n\r\n")[2]) == body
    assert {"hush hush", "access", day} <= set(auth.hidden())
    with saying(answer(b"{}")) as vendor, pytest.raises(errors.Malformed):
        door = Door(vendor.url, WHERE, time.timing, Limits(connect=1, read=1))
        LoginToken(door, "/login", body, find, time.timing).headers()


def test_a_client_assertion_is_signed_for_the_moment(time: TestTime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    form = client_assertion(key, client_id="SCHOOLAPI.1", key_id="k", audience="aud", scope="s")
    sent = form(time.now())
    claims = jwt.decode(
        sent["client_assertion"], key.public_key(), ["ES256"], audience="aud",
        options={"verify_exp": False, "verify_iat": False},
    )  # fmt: skip
    assert (claims["iss"], claims["sub"], sent["scope"]) == ("SCHOOLAPI.1", "SCHOOLAPI.1", "s")
    assert claims["iat"] == int(time.now().timestamp())
    assert jwt.get_unverified_header(sent["client_assertion"])["kid"] == "k"
    assert form(time.now() + timedelta(seconds=1)) != sent


def test_fixed_headers() -> None:
    assert bearer(" abc\n", WHERE).headers() == {"Authorization": "Bearer abc"}
    assert basic("nanomdm", "key", WHERE).headers() == {"Authorization": "Basic bmFub21kbTprZXk="}
    assert not bearer("abc", WHERE).renew()
    assert "abc" in bearer("abc", WHERE).hidden()
    for wrong in ("", "  ", "a\nb", "schlüssel", "a\x00b"):
        with pytest.raises(errors.Invalid) as refused:
            bearer(wrong, WHERE)
        assert wrong.strip() == "" or wrong not in str(refused.value)


def test_private_keys_that_are_none() -> None:
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for pem in ("", "hush", "-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----",
                other.decode()):  # fmt: skip
        with pytest.raises(errors.Invalid) as refused:
            private_key(pem, WHERE)
        assert "hush" not in str(refused.value)
