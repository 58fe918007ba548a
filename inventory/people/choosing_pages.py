"""Finding a person inside a form: those whose family name begins with what was typed.

The form has the fields `q` and `person_id`; it is posted, so that no name stands in an address.
"""

from inventory.access import Permission
from inventory.http.unit import current_actor, current_db
from inventory.people import service as people
from inventory.people.models import Person
from inventory.people.service import PersonFilter
from inventory.web.forms import Form

MOST_PEOPLE = 20


def people_of(form: Form) -> list[Person]:
    """Who may be meant, and who was chosen before the form was refused; none for who may not read
    people. Whoever shows them writes that down."""
    db, actor = current_db(), current_actor()
    q = form.data.get("q", "") if form.ok else ""
    wanted = PersonFilter(q, None, None, True)
    may = actor.holds(Permission.PERSON_READ)
    found = people.search(db, actor, wanted, after=None, limit=MOST_PEOPLE) if q and may else []
    chosen = form.data.get("person_id") if form.posted else None
    if chosen is not None and chosen not in {person.id for person in found}:
        person = db.get(Person, chosen)
        if person is not None and actor.may(Permission.PERSON_READ, person.site_id):
            found.append(person)
    return found
