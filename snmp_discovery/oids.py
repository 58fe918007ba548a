"""The object identifiers this package asks for, by the MIB that defines them.

A scalar ends in 0 and is fetched; a column (RFC 2578 §7.1.12) has no instance and is walked.
"""

from __future__ import annotations

from snmp_discovery.types import Oid

MIB2: Oid = (1, 3, 6, 1, 2, 1)
ENTERPRISES: Oid = (1, 3, 6, 1, 4, 1)

# SNMPv2-MIB system group (RFC 3418)
SYS_DESCR: Oid = (*MIB2, 1, 1, 0)
SYS_OBJECT_ID: Oid = (*MIB2, 1, 2, 0)
SYS_UPTIME: Oid = (*MIB2, 1, 3, 0)
SYS_CONTACT: Oid = (*MIB2, 1, 4, 0)
SYS_NAME: Oid = (*MIB2, 1, 5, 0)
SYS_LOCATION: Oid = (*MIB2, 1, 6, 0)
SYS_SERVICES: Oid = (*MIB2, 1, 7, 0)

# IF-MIB (RFC 2863)
IF_DESCR: Oid = (*MIB2, 2, 2, 1, 2)
IF_TYPE: Oid = (*MIB2, 2, 2, 1, 3)
IF_SPEED: Oid = (*MIB2, 2, 2, 1, 5)
IF_PHYS_ADDRESS: Oid = (*MIB2, 2, 2, 1, 6)
IF_OPER_STATUS: Oid = (*MIB2, 2, 2, 1, 8)
IF_NAME: Oid = (*MIB2, 31, 1, 1, 1, 1)
IF_HIGH_SPEED: Oid = (*MIB2, 31, 1, 1, 1, 15)
IF_ALIAS: Oid = (*MIB2, 31, 1, 1, 1, 18)

# IP-MIB (RFC 4293) and its predecessor (RFC 2011)
IP_AD_ENT_ADDR: Oid = (*MIB2, 4, 20, 1, 1)
IP_NET_TO_MEDIA_PHYS: Oid = (*MIB2, 4, 22, 1, 2)
IP_ADDRESS_IF_INDEX: Oid = (*MIB2, 4, 34, 1, 3)
IP_NET_TO_PHYSICAL_PHYS: Oid = (*MIB2, 4, 35, 1, 4)

# BRIDGE-MIB (RFC 4188) and Q-BRIDGE-MIB (RFC 4363)
DOT1D_BASE_ADDRESS: Oid = (*MIB2, 17, 1, 1, 0)
DOT1D_BASE_PORT_IF_INDEX: Oid = (*MIB2, 17, 1, 4, 1, 2)
DOT1D_TP_FDB_PORT: Oid = (*MIB2, 17, 4, 3, 1, 2)
DOT1D_TP_FDB_STATUS: Oid = (*MIB2, 17, 4, 3, 1, 3)
DOT1Q_TP_FDB_PORT: Oid = (*MIB2, 17, 7, 1, 2, 2, 1, 2)
DOT1Q_VLAN_FDB_ID: Oid = (*MIB2, 17, 7, 1, 4, 2, 1, 3)

# HOST-RESOURCES-MIB (RFC 2790)
HR_STORAGE_TABLE: Oid = (*MIB2, 25, 2, 3, 1)
HR_DEVICE_TYPE: Oid = (*MIB2, 25, 3, 2, 1, 2)
HR_DEVICE_DESCR: Oid = (*MIB2, 25, 3, 2, 1, 3)
HR_PRINTER_STATUS: Oid = (*MIB2, 25, 3, 5, 1, 1)
HR_PRINTER_ERRORS: Oid = (*MIB2, 25, 3, 5, 1, 2)
HR_SW_INSTALLED_NAME: Oid = (*MIB2, 25, 6, 3, 1, 2)
HR_TYPE_OTHER: Oid = (*MIB2, 25, 3, 1, 1)
HR_TYPE_PRINTER: Oid = (*MIB2, 25, 3, 1, 5)

# UPS-MIB (RFC 1628)
UPS_MANUFACTURER: Oid = (*MIB2, 33, 1, 1, 1, 0)
UPS_MODEL: Oid = (*MIB2, 33, 1, 1, 2, 0)
UPS_SOFTWARE: Oid = (*MIB2, 33, 1, 1, 3, 0)
UPS_AGENT_SOFTWARE: Oid = (*MIB2, 33, 1, 1, 4, 0)
UPS_NAME: Oid = (*MIB2, 33, 1, 1, 5, 0)
UPS_BATTERY_STATUS: Oid = (*MIB2, 33, 1, 2, 1, 0)
UPS_CHARGE_REMAINING: Oid = (*MIB2, 33, 1, 2, 4, 0)
UPS_ALARM_DESCR: Oid = (*MIB2, 33, 1, 6, 2, 1, 2)

# Printer-MIB (RFC 3805)
PRT: Oid = (*MIB2, 43)
PRT_GENERAL: Oid = (*PRT, 5, 1, 1)
PRT_NAME: Oid = (*PRT, 5, 1, 1, 16)
PRT_SERIAL: Oid = (*PRT, 5, 1, 1, 17)
PRT_COVER_DESCR: Oid = (*PRT, 6, 1, 1, 2)
PRT_COVER_STATUS: Oid = (*PRT, 6, 1, 1, 3)
PRT_INPUT: Oid = (*PRT, 8, 2, 1)
PRT_MARKER_UNIT: Oid = (*PRT, 10, 2, 1, 3)
PRT_MARKER_LIFE: Oid = (*PRT, 10, 2, 1, 4)
PRT_SUPPLIES: Oid = (*PRT, 11, 1, 1)
PRT_COLORANT_VALUE: Oid = (*PRT, 12, 1, 1, 4)
PRT_CONSOLE_TEXT: Oid = (*PRT, 16, 5, 1, 2)
PRT_ALERT: Oid = (*PRT, 18, 1, 1)

# ENTITY-MIB (RFC 6933), columns of entPhysicalTable
ENT_PHYSICAL: Oid = (*MIB2, 47, 1, 1, 1, 1)
ENT_DESCR: Oid = (*ENT_PHYSICAL, 2)
ENT_CONTAINED_IN: Oid = (*ENT_PHYSICAL, 4)
ENT_CLASS: Oid = (*ENT_PHYSICAL, 5)
ENT_NAME: Oid = (*ENT_PHYSICAL, 7)
ENT_FIRMWARE: Oid = (*ENT_PHYSICAL, 9)
ENT_SOFTWARE: Oid = (*ENT_PHYSICAL, 10)
ENT_SERIAL: Oid = (*ENT_PHYSICAL, 11)
ENT_MANUFACTURER: Oid = (*ENT_PHYSICAL, 12)
ENT_MODEL: Oid = (*ENT_PHYSICAL, 13)

# LLDP-MIB (IEEE 802.1AB-2005) and LLDP-EXT-MED-MIB (ANSI/TIA-1057)
LLDP: Oid = (1, 0, 8802, 1, 1, 2, 1)
LLDP_LOC_CHASSIS: Oid = (*LLDP, 3, 2, 0)
LLDP_LOC_CAPABILITIES: Oid = (*LLDP, 3, 6, 0)
LLDP_LOC_PORT_SUBTYPE: Oid = (*LLDP, 3, 7, 1, 2)
LLDP_LOC_PORT_ID: Oid = (*LLDP, 3, 7, 1, 3)
LLDP_LOC_PORT_DESCR: Oid = (*LLDP, 3, 7, 1, 4)
LLDP_REM: Oid = (*LLDP, 4, 1, 1)
LLDP_REM_MAN_ADDR: Oid = (*LLDP, 4, 2, 1, 3)
LLDP_MED_REM_INVENTORY: Oid = (*LLDP, 5, 4795, 1, 3, 3, 1)

# CISCO-CDP-MIB
CDP_CACHE: Oid = (*ENTERPRISES, 9, 9, 23, 1, 2, 1, 1)

# IEEE802dot11-MIB: the maker and product of a radio
DOT11_MANUFACTURER: Oid = (1, 2, 840, 10036, 3, 1, 2, 1, 2)
DOT11_PRODUCT: Oid = (1, 2, 840, 10036, 3, 1, 2, 1, 3)
DOT11_FIRMWARE: Oid = (1, 2, 840, 10036, 3, 1, 2, 1, 4)
