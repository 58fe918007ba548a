"""A form: what was typed, what it means, and what was wrong with it.

A page that makes or changes something goes like this:

    form = Form(NetworkForm(), initial={"port": 161})
    if form.submitted():
        with form.attempt():
            network = networks.create(current_db(), actor, **form.data, now=current_now())
        if form.ok:
            return done(url_for("networks.show", network_id=network.id), _("Network added."))
    return page("discovery/network_form.html", form=form, status=form.status)

A blank field means: nothing there. It becomes None where the schema allows None, "" for a text, and
is left out otherwise. Fields that the form does not show keep the schema's default.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import marshmallow as ma
from flask import request
from flask_babel import gettext as _
from marshmallow import fields
from sqlalchemy.exc import DBAPIError

from inventory.db import translate
from inventory.errors import (
    Conflict,
    HomeroomError,
    InvalidInput,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    VersionMismatch,
)
from inventory.http.unit import current_db
from inventory.web.csrf import FIELD
from inventory.web.pages import in_dialog

WHOLE = "_"
"""The key of messages that belong to no field."""

_SHOWN = (Conflict, InvalidInput, NotFound, TooManyRequests, Unauthenticated, VersionMismatch)
"""Errors that the person can mend: they stand above the form. Others are a page of their own."""


class Form:
    """One schema, filled from `initial` or from what was posted.

    read  False: a form that an answer to another form shows
    """

    def __init__(
        self, schema: ma.Schema, initial: Mapping[str, Any] | None = None, *, read: bool = True
    ) -> None:
        self.schema = schema
        self.initial = dict(initial or {})
        self.posted = read and request.method == "POST"
        self.errors: dict[str, list[str]] = {}
        self.data: dict[str, Any] = {}
        self.refused: HomeroomError | None = None
        if self.posted:
            self._load()

    def submitted(self) -> bool:
        """Whether it was posted and every field can be read."""
        return self.posted and self.ok

    @property
    def ok(self) -> bool:
        return not self.errors

    @property
    def status(self) -> int:
        """The answer's status when the form is shown: that of the refusal, 422 for a bad field."""
        if self.ok:
            return 200
        return self.refused.status if self.refused else 422

    def id(self, name: str) -> str:
        """The element's id; a form in the dialog must not share its ids with the page beneath."""
        return f"dialog-{name}" if in_dialog() else name

    def value(self, name: str) -> Any:
        """What the field shows: what was typed, else the initial value, else ""."""
        if self.posted:
            given = request.form.getlist(name)
            if self._is_list(name):
                return given
            return given[0] if given else ""
        found = self.initial.get(name, "")
        return "" if found is None else found

    def chosen(self, name: str, value: object) -> bool:
        """Whether this option of a select, a radio or a checkbox is on."""
        present = self.value(name)
        if isinstance(present, bool):
            return present == (value in {True, "true"})
        if isinstance(present, list | tuple | set | frozenset):
            return str(value) in {str(each) for each in present}
        return str(value) == str(present)

    def problems(self, name: str) -> list[str]:
        return self.errors.get(name, [])

    @property
    def remarks(self) -> list[str]:
        """Messages that belong to no field."""
        return self.errors.get(WHOLE, [])

    def required(self, name: str) -> bool:
        found = self.schema.fields.get(name)
        return bool(found is not None and found.required)

    def refuse(self, message: str, name: str = WHOLE) -> None:
        """Add a message to a field, or to the whole form."""
        self.errors.setdefault(name, []).append(message)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Do the work in a savepoint: what it refuses stands in the form, and nothing is kept."""
        try:
            with current_db().begin_nested():
                yield
        except (*_SHOWN, DBAPIError) as error:
            refused = translate(error) if isinstance(error, DBAPIError) else error
            if not isinstance(refused, _SHOWN):
                raise refused from error
            self.take(refused)

    @contextmanager
    def plainly(self) -> Iterator[None]:
        """As `attempt`, for work that opens its own units of work."""
        try:
            yield
        except _SHOWN as refused:
            self.take(refused)

    def take(self, refused: HomeroomError) -> None:
        """Put an error's messages where they belong."""
        self.refused = refused
        found = flat(refused.fields) if isinstance(refused, InvalidInput) else {}
        for name, messages in found.items():
            known = name.split(".")[0]
            place = known if known in self.schema.fields else WHOLE
            told = messages if place != WHOLE else [f"{name}: {m}" for m in messages]
            self.errors.setdefault(place, []).extend(told)
        if not found:
            self.refuse(str(refused))

    def _is_list(self, name: str) -> bool:
        return isinstance(self.schema.fields.get(name), fields.List)

    def _load(self) -> None:
        try:
            self.data = dict(self.schema.load(self._given()))
        except ma.ValidationError as wrong:
            for name, messages in flat(messages_of(wrong)).items():
                self.errors.setdefault(name.split(".")[0], []).extend(map(_, messages))

    def _given(self) -> dict[str, Any]:
        """The posted fields, without those that are blank and mean nothing."""
        found: dict[str, Any] = {}
        for name in request.form:
            if name == FIELD:
                continue
            values = request.form.getlist(name)
            field = self.schema.fields.get(name)
            if isinstance(field, fields.List):
                found[name] = [value for value in values if value != ""]
            elif values[-1].strip() != "" or field is None or _takes_blank(field):
                found[name] = values[-1]
            elif field.allow_none:
                found[name] = None
        return found


def _takes_blank(field: fields.Field[Any]) -> bool:
    return isinstance(field, fields.String) and not field.required and not field.allow_none


def messages_of(wrong: ma.ValidationError) -> Mapping[str, object]:
    """The error's messages by field, as marshmallow nests them."""
    found = wrong.messages
    return found if isinstance(found, Mapping) else {WHOLE: found}


def flat(messages: Mapping[str, object], prefix: str = "") -> dict[str, list[str]]:
    """marshmallow's nested messages as {"field" or "field.0.part": [text, ...]}."""
    found: dict[str, list[str]] = {}
    for key, value in messages.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            found |= flat(value, f"{name}.")
        elif isinstance(value, list | tuple):
            found[name] = [str(each) for each in value]
        else:
            found[name] = [str(value)]
    return found


class Lines(fields.Field[list[str]]):
    """A text area with one entry a line, as a list of texts; shown again as it was typed."""

    def __init__(self, *, max_lines: int = 256, max_length: int = 300, **options: Any) -> None:
        super().__init__(**options)
        self.max_lines, self.max_length = max_lines, max_length

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> list[str]:
        lines = [line.strip() for line in str(value).splitlines() if line.strip()]
        if len(lines) > self.max_lines or any(len(line) > self.max_length for line in lines):
            raise ma.ValidationError("Too many lines, or too long a line.")
        return lines
