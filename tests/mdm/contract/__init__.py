"""One suite for every connector. A case is a function of a `World`; its name is a line of the
checklist (tests/mdm/checklist.toml), where a vendor may be exempt from it with a reason.
"""

from collections.abc import Callable

from tests.mdm.contract.world import World

Case = Callable[[World], None]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    """Enter a function into the suite under its own name."""
    assert function.__name__ not in CASES, function.__name__
    CASES[function.__name__] = function
    return function
