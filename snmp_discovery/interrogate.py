"""Asking a device for little: identity first, then only the tables its kind has.

One GET carries all identity scalars, chosen by the enterprise number of sysObjectID. What the
answers say of the device's kind decides which tables follow. A table that fails is a warning; a
device that falls silent twice in a row is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from snmp_discovery import oids
from snmp_discovery.clues import PRINTING
from snmp_discovery.counters import counter_objects
from snmp_discovery.entities import device_rows
from snmp_discovery.errors import NoAnswer, SessionError
from snmp_discovery.finding import finding
from snmp_discovery.identify import identify
from snmp_discovery.plan import (
    ENTITY_COLUMNS,
    ENTITY_FLAT,
    ENTITY_SHAPE,
    FORWARDING,
    FORWARDING_Q,
    MAX_ENTITIES,
    SIGNS,
    WITHOUT_ENTITIES,
    Table,
    tables_for,
)
from snmp_discovery.rules import Read, Signatures
from snmp_discovery.signature_files import signatures
from snmp_discovery.tables import Tree
from snmp_discovery.types import Facts, Kind, Oid, Responder, Session

__all__ = ["finding", "interrogate"]

SYSTEM = (
    oids.SYS_DESCR,
    oids.SYS_OBJECT_ID,
    oids.SYS_UPTIME,
    oids.SYS_CONTACT,
    oids.SYS_NAME,
    oids.SYS_LOCATION,
    oids.SYS_SERVICES,
)
FIRST_ROWS = (
    (*oids.HR_DEVICE_TYPE, 1),
    (*oids.HR_DEVICE_DESCR, 1),
    (*oids.HR_PRINTER_STATUS, 1),
    (*oids.HR_PRINTER_ERRORS, 1),
    (*oids.PRT_NAME, 1),
    (*oids.PRT_SERIAL, 1),
    (*oids.PRT_MARKER_LIFE, 1, 1),
    (*oids.PRT_MARKER_UNIT, 1, 1),
)
UPS_SCALARS = (
    oids.UPS_MANUFACTURER,
    oids.UPS_MODEL,
    oids.UPS_SOFTWARE,
    oids.UPS_AGENT_SOFTWARE,
    oids.UPS_NAME,
    oids.UPS_BATTERY_STATUS,
    oids.UPS_CHARGE_REMAINING,
)
IDENTITY_ROWS = 128
"""Rows read of a column that may hold a model or serial; an access point lists its cluster."""


async def interrogate(
    session: Session, responder: Responder, facts: Facts, *, read_tables: bool = True
) -> None:
    """Fill `facts` with what the device says, in the order of worth.

    Without `read_tables` only the identity scalars are asked for. Raises SessionError if the very
    first question fails; later failures become `facts.warnings`, and what was read before them is
    kept. `facts` is filled as answers come, so that a caller who cuts the talk short has the rest.
    """
    talk = _Talk(session, facts, signatures())
    _remember_probe(responder, facts)
    await talk.first_question()
    if not read_tables:
        return
    await talk.identity_columns()
    kind = identify(facts).kind
    if kind not in WITHOUT_ENTITIES:
        await talk.entities()
        kind = identify(facts).kind
    if kind is Kind.OTHER or talk.of_unknown_make():
        await talk.table(SIGNS)
        kind = identify(facts).kind
    for table in tables_for(kind):
        await talk.table(table)
    if kind in (Kind.NETWORK_DEVICE, Kind.WIRELESS):
        await talk.forwarding()


def _remember_probe(responder: Responder, facts: Facts) -> None:
    if responder.sys_object_id:
        facts.values.setdefault(oids.SYS_OBJECT_ID, responder.sys_object_id)
    if responder.sys_descr:
        facts.values.setdefault(oids.SYS_DESCR, responder.sys_descr)
    if responder.sys_name:
        facts.values.setdefault(oids.SYS_NAME, responder.sys_name)


class _Talk:
    """The questions to one device; remembers whether it still answers."""

    def __init__(self, session: Session, facts: Facts, rules: Signatures) -> None:
        self._session = session
        self._facts = facts
        self._rules = rules
        self._silences = 0

    async def first_question(self) -> None:
        """System group, first rows, and the vendor's own objects, in one GET where it can be."""
        enterprise = self._enterprise()
        known = self._identity_reads(enterprise)
        self._facts.values.update(
            await self._session.get([*SYSTEM, *FIRST_ROWS, *known, *self._extras(enterprise)])
        )
        if self._enterprise() != enterprise:
            await self._get(self._identity_reads(self._enterprise()), "identity")
        await self._get(self._answered_probes(), "identity")

    def _extras(self, enterprise: int) -> list[Oid]:
        maker = self._rules.makers.get(enterprise)
        unknown = maker is None or maker.generic or maker.kind is None
        extras: list[Oid] = []
        if unknown or (maker and maker.kind in PRINTING) or enterprise == 11:
            own = (enterprise, 11)
            extras += [o for o in self._rules.id_strings if enterprise == 0 or o[6] in own]
        if unknown:
            extras.append(oids.LLDP_LOC_CAPABILITIES)
        if unknown or (maker and maker.kind is Kind.UPS):
            extras += UPS_SCALARS
        return extras + counter_objects(0 if unknown and enterprise != 11 else enterprise)

    def _identity_reads(self, enterprise: int) -> list[Oid]:
        """All objects of the device's maker; of an unknown one, each maker's foremost."""
        maker = self._rules.makers.get(enterprise)
        own = self._rules.asked.get(enterprise, [])
        if maker is not None and not maker.generic:
            return [read.oid for read in own if not read.column]
        probes = [r for r in self._rules.everyone if r.probe]
        probes += [] if maker is None else list(maker.reads)
        return [read.oid for read in probes if not read.column]

    def _answered_probes(self) -> list[Oid]:
        """The other objects of the makers whose foremost object answered."""
        values = self._facts.values
        makers = {read.maker for read in self._rules.everyone if read.oid in values}
        reads = [read for read in self._rules.everyone if read.maker in makers]
        return [read.oid for read in reads if not read.column and read.oid not in values]

    def of_unknown_make(self) -> bool:
        """Whether sysObjectID names nobody, or only the author of the agent."""
        maker = self._rules.makers.get(self._enterprise())
        return maker is None or maker.generic

    async def identity_columns(self) -> None:
        """The vendor's tables whose first rows hold a model or a serial."""
        reads: Iterable[Read] = self._rules.asked.get(self._enterprise(), [])
        if self.of_unknown_make():
            makers = {r.maker for r in self._rules.everyone if r.oid in self._facts.values}
            reads = [r for r in self._rules.everyone if r.maker in makers]
        columns = tuple(dict.fromkeys(read.oid for read in reads if read.column))
        if columns:
            await self.table(Table("vendor tables", columns, IDENTITY_ROWS * len(columns)))

    async def entities(self) -> None:
        """The chassis rows of entPhysicalTable: its shape first, then the rows that matter."""
        await self.table(ENTITY_SHAPE)
        rows = device_rows(Tree(self._facts))
        if not rows:
            await self.table(ENTITY_FLAT)
            rows = device_rows(Tree(self._facts))
        wanted = [(*column, row) for row in rows[:MAX_ENTITIES] for column in ENTITY_COLUMNS]
        await self._get([o for o in wanted if o not in self._facts.values], "physical entities")

    async def forwarding(self) -> None:
        """Learnt MAC addresses: with VLANs if the switch tells them, else without."""
        await self.table(FORWARDING_Q)
        if not Tree(self._facts).has(oids.DOT1Q_TP_FDB_PORT):
            await self.table(FORWARDING)

    async def table(self, table: Table) -> None:
        """Read one table; a failure is a warning and keeps what was read before it."""
        if self._silences >= 2:
            return
        try:
            found = await self._session.columns(table.columns, limit=table.limit)
        except SessionError as error:
            self._failed(error, table.name)
        else:
            self._silences = 0
            self._facts.values.update(found)

    async def _get(self, wanted: Sequence[Oid], name: str) -> None:
        if not wanted or self._silences >= 2:
            return
        try:
            found = await self._session.get(wanted)
        except SessionError as error:
            self._failed(error, name)
        else:
            self._silences = 0
            self._facts.values.update(found)

    def _failed(self, error: SessionError, name: str) -> None:
        self._facts.values.update(error.partial)
        self._facts.warnings.append(f"{name}: {error}")
        self._silences = self._silences + 1 if isinstance(error, NoAnswer) else 0
        if self._silences == 2:
            self._facts.warnings.append("the device stopped answering; the rest was not asked")

    def _enterprise(self) -> int:
        oid = self._facts.values.get(oids.SYS_OBJECT_ID)
        inside = isinstance(oid, tuple) and oid[:6] == oids.ENTERPRISES and len(oid) > 6
        return oid[6] if inside and isinstance(oid, tuple) else 0
