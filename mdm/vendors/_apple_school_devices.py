"""Devices of Apple School Manager, and what it knows of their purchase.

Assigned to an MDM server is not yet managed by it, so `managed` stays unknown and `state` holds
Apple's word. The enrolment is that in the organisation, when the device was added to it: a device
that was released and added again has a new one.
"""

from __future__ import annotations

from mdm.fields import Fields
from mdm.identifiers import imeis, macs, meids
from mdm.types import Device, Ownership, Platform

_PLATFORMS = {
    "ipad": Platform.IPADOS,
    "iphone": Platform.IOS,
    "mac": Platform.MACOS,
    "appletv": Platform.TVOS,
}
_EXTRAS = {
    "family": "productFamily",
    "capacity": "deviceCapacity",
    "color": "color",
    "part_number": "partNumber",
    "order_number": "orderNumber",
    "ordered_at": "orderDateTime",
    "purchase_source": "purchaseSourceType",
    "purchase_source_id": "purchaseSourceId",
    "added_at": "addedToOrgDateTime",
    "released_at": "releasedFromOrgDateTime",
    "eid": "eid",
}


def device(row: Fields) -> Device:
    """An orgDevice. It is the organisation's until it is released."""
    told = row.inside("attributes")
    released = told.text("releasedFromOrgDateTime") is not None
    family = (told.text("productFamily") or "").lower()
    return Device(
        vendor_id=row.id("id"),
        platform=_PLATFORMS.get(family, Platform.OTHER),
        enrolment=told.text("addedToOrgDateTime"),
        serial=told.text("serialNumber"),
        imeis=imeis(told.texts("imei")),
        meids=meids(told.texts("meid")),
        macs=macs(*told.texts("wifiMacAddress")),
        manufacturer="Apple",
        model=told.text("deviceModel"),
        model_identifier=told.text("productType"),
        ownership=Ownership.UNKNOWN if released else Ownership.COMPANY,
        state=told.text("status"),
        enrolled_at=told.moment("addedToOrgDateTime"),
        extras=told.extras(_EXTRAS),
    )
