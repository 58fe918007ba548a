"""Agreements: texts, signing, links, documents."""

import importlib
import os

from inventory.agreements import signing, texts
from inventory.agreements.models import Audience, Per
from inventory.agreements.rules import Signature
from inventory.agreements.signing import Desk, desk_of
from inventory.agreements.texts import AgreementDraft, Text
from inventory.assets.kinds import Category
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR


def agreement(side: Side) -> int:
    """Asked of everybody for every kind of device."""
    draft = AgreementDraft(
        f"At home {os.urandom(6).hex()}", Audience.EVERYONE, Per.DEVICE, list(Category)
    )
    return texts.create(side.db, OPERATOR, draft, Text("Keep it safe."), now=side.now).agreement.id


def desk() -> Desk:
    """Documents go where the server under test looks for them."""
    # By name: the world itself imports these examples.
    settings = importlib.import_module("tests.house.world").SETTINGS
    return desk_of(settings, "127.0.0.1")


def acceptance(side: Side) -> int:
    """A signed one, whose document lies where no server looks for it."""
    return signing.on_screen(
        side.db, OPERATOR, side.get("custody"), side.get("agreement"), Signature("Ada"),
        desk(), now=side.now,
    ).id  # fmt: skip


MAKERS = {"agreement": agreement, "acceptance": acceptance}
API, PAGES = "/api/v1/agreements", "/agreements"
ONE = "<int(max=2147483647):agreement_id>"
OF_CUSTODY = f"/custody/<int(max=2147483647):custody_id>/agreements/{ONE}"
SIGNED = "signed/<int(max=2147483647):acceptance_id>/pdf"
IT = {"agreement_id": "$agreement"}
TO_SIGN = {"custody_id": "$custody", "agreement_id": "$agreement"}
TEXT = {"text_en": "Keep it safe."}
NEW = {"name": "$unique", "audience": "staff", "per": "year", "kinds": ["laptop"], **TEXT}
OBJECT, DISTRICT = Place.OBJECT, Place.DISTRICT

ROUTES = {
    f"GET {API}": Example(),
    f"POST {API}": Example(json=NEW, place=DISTRICT),
    f"GET {API}/{ONE}": Example(path=IT),
    f"POST {API}/{ONE}/versions": Example(path=IT, json=TEXT, place=DISTRICT),
    f"POST {API}/{ONE}/withdraw": Example(path=IT, place=DISTRICT),
    f"GET {API}/missing": Example(),
    f"POST /api/v1{OF_CUSTODY}/link": Example(path=TO_SIGN, place=OBJECT),
    f"GET {PAGES}": Example(),
    f"GET {PAGES}/new": Example(),
    f"POST {PAGES}/new": Example(form=NEW, place=DISTRICT),
    f"GET {PAGES}/{ONE}": Example(path=IT),
    f"GET {PAGES}/{ONE}/publish": Example(path=IT),
    f"POST {PAGES}/{ONE}/publish": Example(path=IT, form=TEXT, place=DISTRICT),
    f"GET {PAGES}/{ONE}/withdraw": Example(path=IT),
    f"POST {PAGES}/{ONE}/withdraw": Example(path=IT, form={}, place=DISTRICT),
    f"GET {OF_CUSTODY}/sign": Example(path=TO_SIGN, place=OBJECT),
    f"POST {OF_CUSTODY}/sign": Example(
        path=TO_SIGN, form={"name": "Ada Example", "strokes": "1,2 3,4"}, place=OBJECT
    ),
    f"GET {OF_CUSTODY}/link": Example(path=TO_SIGN, place=OBJECT),
    f"POST {OF_CUSTODY}/link": Example(path=TO_SIGN, form={}, place=OBJECT),
    "GET /sign/<string(maxlength=80):secret>": Example(path={"secret": "unknown"}),
    "POST /sign/<string(maxlength=80):secret>": Example(
        path={"secret": "unknown"}, form={"name": "Ada"}
    ),
    f"GET {API}/{SIGNED}": Example(path={"acceptance_id": "$acceptance"}, place=OBJECT),
    f"GET {PAGES}/{SIGNED}": Example(path={"acceptance_id": "$acceptance"}, place=OBJECT),
}  # fmt: skip
