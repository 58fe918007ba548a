"""The door: what a failed exchange means, and what never gets through in either direction."""

import gzip
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mdm import errors
from mdm.answers import Answer, Request
from mdm.errors import Where
from mdm.http import Door, Limits, is_loopback
from mdm.timing import Timing
from tests.mdm.raw import answer, saying

WHERE = Where("Vendor", "north")
ASK = Request("GET", "/x")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def door(url: str, **limits: float) -> Door:
    bounds = {"connect": 1, "read": 1, "total": 3, "body": 1_000_000} | limits
    return Door(url, WHERE, Timing(), Limits(**bounds))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "http://vendor.example", "ftp://127.0.0.1", "//vendor.example", "", "https://", "x",
        "https://user:pw@vendor.example", "https://vendor.example/?a=b", "https://v.example/#x",
        "http://127.0.0.1.vendor.example", "http://localhost.vendor.example", "http://10.0.0.1",
        "https://vendor.example:99999", "https://[::1", "http://2130706433.example",
    ],
)  # fmt: skip
def test_a_credential_only_goes_to_a_safe_address(url: str) -> None:
    with pytest.raises(errors.Invalid, match=r"Vendor \(north\)"):
        door(url)


def test_what_counts_as_this_machine() -> None:
    here = ["http://localhost", "http://127.0.0.1:80", "http://127.9.9.9", "http://[::1]:8080"]
    assert all(map(is_loopback, here))
    assert not any(
        map(is_loopback, ["http://10.0.0.1", "http://127.1.evil.example", "", "http://["])
    )


@pytest.mark.parametrize(
    "reply",
    [
        b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{",
    ],
    ids=["closed", "garbage", "bad chunk", "many headers", "long header", "cut"],
)  # fmt: skip
def test_a_request_that_left_without_a_whole_answer_is_lost(reply: bytes) -> None:
    with saying(reply) as vendor, pytest.raises(errors.AnswerLost):
        door(vendor.url).exchange(ASK)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://127.0.0.1:1"])
def test_nothing_left_where_nobody_listens(url: str) -> None:
    with pytest.raises(errors.Unavailable, match="not reached"):
        door(url).exchange(ASK)


def test_a_silent_vendor_is_given_up() -> None:
    pieces = [b"HTTP/1.1 200 OK\r\n", b"\r\n"]
    with saying(pieces, pause=0.4) as vendor, pytest.raises(errors.AnswerLost):
        door(vendor.url, read=0.1).exchange(ASK)


def test_a_vendor_that_trickles_is_given_up_at_the_deadline() -> None:
    pieces = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *[b"x"] * 30]
    late = pytest.raises(errors.AnswerLost, match=r"within 0\.3 s")
    with saying(pieces, pause=0.05) as vendor, late:
        door(vendor.url, total=0.3).exchange(ASK)


def test_a_compressed_bomb_is_too_large() -> None:
    bomb = answer(gzip.compress(b"0" * 50_000_000), "Content-Encoding: gzip")
    with saying(bomb) as vendor, pytest.raises(errors.TooLarge):
        door(vendor.url).exchange(ASK)
    broken = pytest.raises(errors.Malformed, match="compression")
    with saying(answer(b"abc", "Content-Encoding: gzip")) as vendor, broken:
        door(vendor.url).exchange(ASK)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temp", "308 Perm"])
@pytest.mark.parametrize("location", ["https://evil.invalid/x", "/elsewhere", "http://[", ""])
def test_redirects_are_never_followed(status: str, location: str) -> None:
    with saying(answer(b"", f"Location: {location}", status=status)) as vendor:
        with pytest.raises(errors.Redirected):
            door(vendor.url).exchange(ASK)
        assert len(vendor.heard) == 1


def test_pages_elsewhere_are_not_within() -> None:
    own = door("https://graph.vendor.example/v1")
    assert own.within("https://graph.vendor.example:443/v1/x?a=b%20c&a=") == (
        "/v1/x",
        (("a", "b c"), ("a", "")),
    )
    for url in (
        "https://evil.example/v1/x",
        "http://graph.vendor.example/x",
        "https://graph.vendor.example:444/x",
        "https://u@graph.vendor.example/x",
        "https://graph.vendor.example.evil.example/x",
        "https://graph.vendor.example",
    ):
        with pytest.raises(errors.Redirected):
            own.within(url)
    with pytest.raises(errors.Malformed):
        own.within("https://[")


def test_no_netrc_and_no_proxy_on_the_way_to_ourselves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login thief password stolen\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with saying(answer(b"{}")) as vendor:
        mine = Request("GET", "/x", headers={"Authorization": "Bearer mine"})
        assert door(vendor.url).exchange(mine).status == 200
        assert b"Bearer mine" in vendor.heard[0]
        assert b"Basic" not in vendor.heard[0]


def test_proxies_of_the_environment_are_used_and_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = door("https://vendor.example")
    with saying(answer(b"", status="407 Proxy Authentication Required")) as proxy:
        monkeypatch.setenv("https_proxy", f"http://user:hush@127.0.0.1:{proxy.port}")
        with pytest.raises(errors.Unavailable, match="proxy does not let us through") as refused:
            away.exchange(ASK)
        assert proxy.heard[0].startswith(b"CONNECT vendor.example:443")
    assert "hush" not in str(refused.value)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    with pytest.raises(errors.Unavailable, match="proxy was not reached"):
        away.exchange(ASK)


def test_a_header_that_cannot_be_sent_is_told_without_its_value() -> None:
    with saying(answer(b"{}")) as vendor:
        with pytest.raises(errors.Invalid) as wrong:
            door(vendor.url).exchange(
                Request("GET", "/x", headers={"Authorization": "hush\n hush"})
            )
        assert not vendor.heard
    assert "hush" not in repr(wrong.value)
    assert wrong.value.__cause__ is None
    assert wrong.value.__suppress_context__


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ssl.SSLContext, Path]]:
    """A server's TLS with a certificate of its own for 127.0.0.1, and that certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fake vendor")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    file.write_bytes(pem)
    both = file.with_name("both.pem")
    both.write_bytes(
        pem
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    yield context, file


def test_an_untrusted_certificate_stops_everything(
    certificate: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, file = certificate
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    with saying(answer(b"{}"), tls=tls) as vendor:
        url = vendor.url.replace("http:", "https:")
        with pytest.raises(errors.Untrusted, match="certificate is not trusted"):
            door(url).exchange(ASK)
        assert not vendor.heard
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
        assert door(url).exchange(ASK).status == 200
        with pytest.raises(errors.Untrusted):
            door(url.replace("127.0.0.1", "localhost")).exchange(ASK)


def test_retry_after_as_seconds_and_as_a_date() -> None:
    now = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

    def wait(text: str, **more: str) -> float | None:
        return Answer(429, {"retry-after": text} | more, b"").retry_after(now)

    assert wait("7") == 7
    assert wait("Wed, 25 Nov 2026 12:00:30 GMT") == 30
    assert wait("Wed, 25 Nov 2026 12:00:30 GMT", date="Wed, 25 Nov 2026 12:00:10 GMT") == 20
    assert wait("Wed, 25 Nov 2026 11:00:00 GMT") == 0
    assert wait("99999999999999") == 86_400
    assert [wait(text) for text in ("", "soon", "-3", "1e3", "٣")] == [None] * 5
