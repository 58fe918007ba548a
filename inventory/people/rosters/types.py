"""What a roster says, whatever file it came in."""

from collections import Counter
from dataclasses import dataclass, field

from inventory.people.models import PersonRole
from inventory.people.roster_models import ProblemKind

KEY_LENGTH, NAME_LENGTH, GRADE_LENGTH, HOMEROOM_LENGTH = 200, 120, 20, 80
MOST_MEMBERS = 300_000
"""More people than the largest roster that is taken."""

MOST_PROBLEMS = 2_000
"""So many are kept one by one; all are counted."""


@dataclass(slots=True)
class Member:
    """Somebody as a file tells. None anywhere: the file says nothing of it, so it stays as it is.

    orgs       keys of their schools, the first one first
    left_orgs  schools that they are no longer at (a delta's way to say it)
    firm       whether role and first school are the main ones, not only further ones (of a delta)
    """

    sourced_id: str
    line: int
    given_name: str | None = None
    family_name: str | None = None
    role: PersonRole | None = None
    orgs: tuple[str, ...] = ()
    left_orgs: tuple[str, ...] = ()
    grade: str | None = None
    homeroom: str | None = None
    active: bool | None = None
    firm: bool = True


@dataclass(frozen=True, slots=True)
class Org:
    """A school, a department or the district, as a file names it; `site`: a place of ours."""

    sourced_id: str
    name: str
    kind: str
    identifier: str = ""
    parent: str = ""
    site: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that changes nothing, and why; see `RosterProblem`."""

    kind: ProblemKind
    file: str
    line: int
    column: str
    reason: str
    sourced_id: str = ""


@dataclass(slots=True)
class Roster:
    """A whole file.

    shape     oneroster-1.1, oneroster-1.2, csv, or the kind of a directory
    partial   who is absent has not left
    complete  whether schools and roles of everybody are in it; False for a delta of them
    held      people whose rows could not be used: absent, but not gone
    nameless  rows of people of which not even the key could be read
    left_out  rows that are not ours to keep, such as guardians, by what they are
    """

    shape: str
    file: str
    partial: bool = False
    complete: bool = True
    members: dict[str, Member] = field(default_factory=dict)
    orgs: dict[str, Org] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    problem_counts: Counter[str] = field(default_factory=Counter)
    held: set[str] = field(default_factory=set)
    nameless: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)

    def refuse(
        self,
        kind: ProblemKind,
        line: int,
        reason: str,
        *,
        column: str = "",
        sourced_id: str = "",
        file: str = "",
    ) -> None:
        """Keep a row away from the district's people, and say why."""
        self.problem_counts[kind.value] += 1
        if sourced_id:
            self.held.add(sourced_id)
        if len(self.problems) < MOST_PROBLEMS:
            where = file or self.file
            self.problems.append(Problem(kind, where, line, column[:80], reason[:300], sourced_id))

    def remark(self, text: str) -> None:
        if text not in self.remarks and len(self.remarks) < 50:
            self.remarks.append(text[:300])
