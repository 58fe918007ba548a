"""Mail through the district's own server: a plain text, over verified TLS."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

from inventory.notices.models import NoticeRow
from inventory.notices.outcome import NotSent
from inventory.notices.plain import one_line
from inventory.settings import Settings, base_url

TIMEOUT = 15
"""Seconds that one step of the conversation may take."""

_SUBJECT = 120


def written(
    settings: Settings, address: str, notices: Sequence[NoticeRow], uid: str, *, now: datetime
) -> EmailMessage:
    """One message that tells of all these notices. Header lines hold no line break: what is told
    was made one line, and the policy refuses the rest."""
    first = one_line(notices[0].title, _SUBJECT)
    more = f" (and {len(notices) - 1} more)" if len(notices) > 1 else ""
    urgent = any(notice.urgent for notice in notices)
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(
        display_name=one_line(settings.district, _SUBJECT), addr_spec=settings.smtp_from
    )
    message["To"] = Address(addr_spec=address)
    message["Subject"] = f"{'URGENT: ' if urgent else ''}{first}{more}"
    message["Date"] = now
    message["Message-ID"] = f"<{uid}@{settings.smtp_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if urgent:
        message["Importance"] = "high"
    told = (f"{n.title}\n{n.text}\n{_moment(settings, n.created_at)}" for n in notices)
    text = "\n\n".join([*told, f"Homeroom, {base_url(settings)}"]) + "\n"
    message.set_content(text, cte="quoted-printable")  # no server needs to know 8BITMIME
    return message


def _moment(settings: Settings, moment: datetime) -> str:
    return f"{moment.astimezone(settings.zone):%Y-%m-%d %H:%M %Z}"


def send(settings: Settings, message: EmailMessage, address: str) -> None:
    """Hand one message to the server. Raises `NotSent`."""
    if not settings.smtp_host:
        raise NotSent("no mail server is set (smtp_host)", forever=True)
    try:
        with _opened(settings) as server:
            server.send_message(message, settings.smtp_from, [address])
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = refused.recipients[address]
        raise NotSent(_told(code, text), forever=code >= 500) from refused
    except smtplib.SMTPDataError as refused:
        raise NotSent(
            _told(refused.smtp_code, refused.smtp_error), forever=refused.smtp_code >= 500
        ) from refused
    except smtplib.SMTPResponseException as refused:
        raise NotSent(_told(refused.smtp_code, refused.smtp_error)) from refused
    except ssl.SSLCertVerificationError as unknown:
        raise NotSent(f"the certificate is not accepted: {unknown.verify_message}") from unknown
    except (smtplib.SMTPException, OSError) as failed:
        raise NotSent(f"the mail server cannot be used ({type(failed).__name__})") from failed


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[smtplib.SMTP]:
    name = settings.smtp_from.rpartition("@")[2]
    host, port, trust = settings.smtp_host, settings.smtp_port, ssl.create_default_context()
    server: smtplib.SMTP
    if settings.smtp_tls == "tls":
        server = smtplib.SMTP_SSL(host, port, name, timeout=TIMEOUT, context=trust)
    else:
        server = smtplib.SMTP(host, port, name, timeout=TIMEOUT)
    try:
        if settings.smtp_tls == "starttls":
            server.starttls(context=trust)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        yield server
        # The message is accepted by now: a farewell that fails is no failure.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()


def _told(code: int, text: bytes | str) -> str:
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"the mail server says {code}: {one_line(plain, 300)}"
