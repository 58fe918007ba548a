"""Every module that declares tables, imported so that the metadata is whole."""

from inventory.audit import models as audit

MODULES = (audit,)
