"""Webhooks of ours: a notice as JSON, signed, to one target."""

import json
from datetime import datetime

from inventory import outbound
from inventory.errors import InvalidInput, Unavailable
from inventory.notices import signing
from inventory.notices.models import NoticeRow
from inventory.notices.outcome import NotSent

_GONE = 410


def body_of(notice: NoticeRow) -> bytes:
    """What is sent: `type`, `timestamp` and `data` as Standard Webhooks names them."""
    told = {
        "type": notice.kind,
        "timestamp": notice.created_at.isoformat(),
        "data": {
            "title": notice.title, "text": notice.text, "urgent": notice.urgent,
            "site_id": notice.site_id, "subject_type": notice.subject_type,
            "subject_id": notice.subject_id,
        },
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=True).encode()


def send(url: str, secret: str, uid: str, notice: NoticeRow, *, now: datetime) -> None:
    """Call the target once. Raises `NotSent`; 410 means that it will never want it again."""
    body = body_of(notice)
    try:
        status = outbound.post(url, body, signing.headers(secret, uid, body, now=now))
    except InvalidInput as refused:
        raise NotSent(str(refused), forever=True) from refused
    except Unavailable as away:
        raise NotSent(str(away)) from away
    if 300 <= status < 400:
        raise NotSent(f"it answered {status}: redirects are not followed")
    if not 200 <= status < 300:
        raise NotSent(f"it answered {status}", forever=status == _GONE)
