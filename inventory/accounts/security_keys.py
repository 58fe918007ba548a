"""Security keys by W3C Web Authentication, Level 3: registered, asked, and their answers checked.

Attestation is not asked for: which make of key somebody holds is none of the district's business.
A key always verifies its person (PIN, finger, face), so that one that was found opens nothing.
Below, "challenge" is what `key_challenges` made; None stands for one that is not there any more.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from inventory.access import Actor
from inventory.accounts.factor_models import WebAuthnCredential
from inventory.accounts.factor_rules import CHALLENGE_LIFETIME, KEY_LABEL, KEYS_EACH, RelyingParty
from inventory.accounts.models import Account
from inventory.accounts.policy import clean_line
from inventory.audit import service as audit
from inventory.errors import Conflict, Duplicate, InvalidInput, NotFound

log = logging.getLogger(__name__)
Found = TypeVar("Found")

REFUSED = "account.key_refused"
NO_DOMAIN = (
    "security keys need the server under a host name and https: ask who runs it for the setting "
    "public_url"
)
AGAIN = "the security key's answer does not fit or came too late; try again"
_ID_LENGTH = 1364
_ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
"""What every key has one of; the third is what Windows Hello had for long."""
_TIMEOUT = int(CHALLENGE_LIFETIME.total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class Signed:
    """A key's answer, and the challenge that was used up for it.

    actor   whom a refusal is told of
    answer  what the browser gave, as JSON (§5.1, `toJSON`); hostile until it is verified
    """

    actor: Actor
    party: RelyingParty
    challenge: bytes | None
    answer: Mapping[str, Any]


def required(party: RelyingParty | None) -> RelyingParty:
    """Raises `Conflict` where no security key can work."""
    if party is None:
        raise Conflict(NO_DOMAIN)
    return party


def of_account(db: Session, account_id: int) -> list[WebAuthnCredential]:
    """Oldest first."""
    query = select(WebAuthnCredential).where(WebAuthnCredential.account_id == account_id)
    return list(db.exec(query.order_by(col(WebAuthnCredential.id))).all())


def one_of(db: Session, account_id: int, key_id: int) -> WebAuthnCredential:
    """Raises `NotFound` for another account's."""
    found = db.get(WebAuthnCredential, key_id)
    if found is None or found.account_id != account_id:
        raise NotFound(f"there is no security key {key_id}")
    return found


def creation_options(
    account: Account, held: Sequence[WebAuthnCredential], party: RelyingParty, district: str,
    challenge: bytes,
) -> dict[str, Any]:  # fmt: skip
    """What `navigator.credentials.create` is given, as JSON with base64url (§5.4)."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=f"Homeroom {district}"[:64],
        user_id=bytes.fromhex(account.uid),
        user_name=account.user_name,
        user_display_name=account.display_name or account.user_name,
        challenge=challenge,
        timeout=_TIMEOUT,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(held),
        supported_pub_key_algs=_ALGORITHMS,
    )
    return options_to_json_dict(options)


def request_options(
    held: Sequence[WebAuthnCredential], party: RelyingParty, challenge: bytes
) -> dict[str, Any]:
    """What `navigator.credentials.get` is given, as JSON with base64url (§5.5)."""
    options = generate_authentication_options(
        rp_id=party.id, challenge=challenge, timeout=_TIMEOUT,
        allow_credentials=_descriptors(held),
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return options_to_json_dict(options)


def clean_label(text: str) -> str:
    """What somebody calls their key. Raises `InvalidInput`."""
    return clean_line(text, "label", KEY_LABEL, empty=False)


def require_room(held: Sequence[WebAuthnCredential]) -> None:
    """Raises `Conflict` for who has as many as one may have."""
    if len(held) >= KEYS_EACH:
        raise Conflict(f"an account has at most {KEYS_EACH} security keys; remove one first")


def register(
    db: Session, account_id: int, signed: Signed, *, label: str, now: datetime
) -> WebAuthnCredential:
    """Keep a new key (§7.1). Raises `InvalidInput`, `Conflict` (too many), `Duplicate`."""
    label = clean_label(label)
    require_room(of_account(db, account_id))
    challenge, party = signed.challenge, signed.party
    made = challenge and _believed(
        lambda: verify_registration_response(
            credential=dict(signed.answer), expected_challenge=challenge,
            expected_rp_id=party.id, expected_origin=list(party.origins),
            require_user_verification=True, supported_pub_key_algs=_ALGORITHMS,
        )
    )  # fmt: skip
    known = bytes_to_base64url(made.credential_id) if made else ""
    if not made or len(known) > _ID_LENGTH:
        raise InvalidInput(AGAIN, {"key": [AGAIN]})
    same = select(WebAuthnCredential.id).where(WebAuthnCredential.credential_id == known)
    if db.exec(same).first() is not None:
        raise Duplicate("this security key is registered already")
    key = WebAuthnCredential(
        account_id=account_id, credential_id=known, public_key=made.credential_public_key,
        sign_count=made.sign_count, transports=_transports(signed.answer), label=label,
        backed_up=made.credential_backed_up, created_at=now,
    )  # fmt: skip
    db.add(key)
    db.flush()
    return key


def check(
    db: Session, account_id: int, signed: Signed, *, now: datetime
) -> WebAuthnCredential | None:
    """The key of this account that signed the challenge (§7.2); None where none did.

    A count that does not grow may mean that there is a copy of the key (§6.1.1): it is refused, and
    the audit log says so.
    """
    key = _named(db, account_id, signed.answer)
    challenge, party = signed.challenge, signed.party
    if challenge is None or key is None:
        return None
    given = _believed(
        lambda: verify_authentication_response(
            credential=dict(signed.answer), expected_challenge=challenge,
            expected_rp_id=party.id, expected_origin=list(party.origins),
            credential_public_key=key.public_key, require_user_verification=True,
            # Counted below, where a copy is told from a bad answer.
            credential_current_sign_count=0,
        )
    )  # fmt: skip
    if given is None:
        return None
    count = given.new_sign_count
    counts = key.sign_count > 0 or count > 0
    if counts and count <= key.sign_count:
        _tell_copy(db, signed.actor, key, count, now)
        return None
    taken = db.execute(
        sa.update(WebAuthnCredential)
        .where(
            col(WebAuthnCredential.id) == key.id,
            col(WebAuthnCredential.sign_count) == key.sign_count,
        )
        .values(sign_count=count, backed_up=given.credential_backed_up, last_used_at=now)
        .returning(col(WebAuthnCredential.id))
    ).first()
    return key if taken is not None else None


def _tell_copy(
    db: Session, actor: Actor, key: WebAuthnCredential, count: int, now: datetime
) -> None:
    audit.record(
        db, actor, REFUSED, now=now, subject_type="account", subject_id=key.account_id,
        before={"label": key.label, "sign_count": key.sign_count}, after={"sign_count": count},
        reason="its counter went backwards: there may be a copy of it",
    )  # fmt: skip


def _named(db: Session, account_id: int, answer: Mapping[str, Any]) -> WebAuthnCredential | None:
    named = answer.get("id")
    return next((key for key in of_account(db, account_id) if key.credential_id == named), None)


def _believed(verify: Callable[[], Found]) -> Found | None:
    """What the library found; None where it found the answer false or could not read it."""
    try:
        return verify()
    except Exception as wrong:
        # The answer comes from the client, and the parsers below the library fail in many ways.
        log.info("a security key's answer was refused: %s", type(wrong).__name__)
        return None


def _descriptors(keys: Sequence[WebAuthnCredential]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(key.credential_id),
            transports=[AuthenticatorTransport(name) for name in key.transports] or None,
        )
        for key in keys
    ]


def _transports(answer: Mapping[str, Any]) -> list[str]:
    """How the key can be reached, as far as the browser tells it in words that are known."""
    response = answer.get("response")
    told = response.get("transports") if isinstance(response, Mapping) else None
    known = {each.value for each in AuthenticatorTransport}
    return sorted({t for t in told if isinstance(t, str)} & known) if isinstance(told, list) else []
