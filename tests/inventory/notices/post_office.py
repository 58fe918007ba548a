"""The other end of mail and webhooks: small servers on this machine, over real sockets."""

import base64
import contextlib
import hashlib
import hmac
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class PostOffice:
    """A mail server. `refuses` answers a recipient with this line; `data_answer` a message."""

    port: int = 0
    refuses: dict[str, str] = field(default_factory=dict)
    data_answer: str = "250 taken"
    login: str = ""
    cert: Path | None = None
    encrypted: bool = False
    logins: list[str] = field(default_factory=list)
    taken: list[tuple[list[str], bytes]] = field(default_factory=list)

    @property
    def messages(self) -> list[EmailMessage]:
        parsed = (message_from_bytes(raw, policy=policy.default) for _, raw in self.taken)
        return [message for message in parsed if isinstance(message, EmailMessage)]

    @property
    def recipients(self) -> list[list[str]]:
        return [to for to, _ in self.taken]


class _Talk(StreamRequestHandler):
    """One conversation (RFC 5321), as far as a client of ours goes."""

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            self._talk(self.server.office)  # type: ignore[attr-defined]
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.close()

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
        self.wfile.flush()

    def _talk(self, office: PostOffice) -> None:
        to: list[str] = []
        self._say("220 office")
        while line := self.rfile.readline(10_000).decode("latin-1").strip():
            verb = line.upper()
            if verb.startswith("EHLO"):
                self._say("250-office")
                self._say("250-STARTTLS" if office.cert else "250-HELP")
                self._say("250 AUTH PLAIN")
            elif verb == "STARTTLS":
                self._say("220 go on")
                self._encrypt(office)
            elif verb.startswith("AUTH PLAIN"):
                office.logins.append(base64.b64decode(line.split()[2]).decode())
                good = office.logins[-1] == f"\0{office.login}"
                self._say("235 welcome" if good else "535 wrong password")
            elif verb.startswith("RCPT TO:"):
                address = line[8:].strip("<>")
                answer = office.refuses.get(address, "250 fine")
                to += [address] if answer.startswith("250") else []
                self._say(answer)
            elif verb == "DATA":
                self._say("354 go on")
                office.taken.append((to, self._message()))
                if not office.data_answer.startswith("250"):
                    office.taken.pop()
                self._say(office.data_answer)
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _message(self) -> bytes:
        found = []
        while (line := self.rfile.readline(10_000)) not in {b".\r\n", b""}:
            found.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(found)

    def _encrypt(self, office: PostOffice) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(str(office.cert))
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")  # type: ignore[assignment]
        office.encrypted = True


@contextlib.contextmanager
def post_office(cert: Path | None = None) -> Iterator[PostOffice]:
    """A mail server that listens; with `cert` it offers STARTTLS."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        office = PostOffice(server.server_address[1], cert=cert)
        server.office = office  # type: ignore[attr-defined]
        with _serving(server):
            yield office


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@dataclass
class Hearer:
    """A webhook's receiving end; it checks signatures by its own reading of the specification."""

    url: str = ""
    answer: int = 204
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @staticmethod
    def signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
        key = base64.b64decode(secret.split("_", 1)[1])
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        told = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return headers["webhook-signature"] == f"v1,{told}"


class _Hears(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hearer: Hearer = self.server.hearer  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        hearer.calls.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(hearer.answer)
        if 300 <= hearer.answer < 400:
            self.send_header("Location", f"{hearer.url}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


@contextlib.contextmanager
def hearer() -> Iterator[Hearer]:
    with HTTPServer(("127.0.0.1", 0), _Hears) as server:
        made = Hearer(f"http://127.0.0.1:{server.server_address[1]}/hook")
        server.hearer = made  # type: ignore[attr-defined]
        with _serving(server):
            yield made


@contextlib.contextmanager
def _serving(server: ThreadingTCPServer | HTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


def certificate(folder: Path) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "office")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "office.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip
    return path
