"""Vendors for tests and demos: stateful, over real HTTP on loopback, with faults on demand.

Each module holds one subclass of `FakeVendor` whose `vendor` is the connector's name.
"""

import importlib
import pkgutil

from tests.mdm.fakes.base import FakeVendor


def fake_of(vendor: str) -> type[FakeVendor]:
    """The fake of a vendor. Raises LookupError where nobody has written one."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        for item in vars(importlib.import_module(module.name)).values():
            if isinstance(item, type) and issubclass(item, FakeVendor) and item.vendor == vendor:
                return item
    raise LookupError(f"no fake of {vendor} in tests/mdm/fakes")
