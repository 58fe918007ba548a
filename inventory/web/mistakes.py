"""The sentences with which a library refuses a field, named here so that they are translated.

marshmallow writes them in English; `Form` looks each up. Sentences with numbers in them have no
fixed words to look up, and stay English in another language.
"""

from flask_babel import lazy_gettext as _l

SENTENCES = (
    _l("Missing data for required field."),
    _l("Field may not be null."),
    _l("Unknown field."),
    _l("Not a valid integer."),
    _l("Not a valid number."),
    _l("Not a valid string."),
    _l("Not a valid boolean."),
    _l("Not a valid date."),
    _l("Not a valid datetime."),
    _l("Not a valid choice."),
    _l("Invalid input type."),
    _l("Too many lines, or too long a line."),
    _l("The two passwords are not the same."),
    _l("Choose what this person does."),
    _l("control characters are not allowed"),
)
