"""What a connection to Apple School Manager must be told. There is nothing that it could send.

Source: Apple's guide to Apple School Manager, "Create an API account".
"""

from __future__ import annotations

from mdm.connection import ConfigField, VendorInfo

INFO = VendorInfo(
    name="apple_school",
    label="Apple School Manager",
    fields=(
        ConfigField("client_id", "Client ID", help="Of the API account; it begins with SCHOOLAPI."),
        ConfigField("key_id", "Key ID", help="Of the API account's private key."),
        ConfigField(
            "private_key",
            "Private key",
            secret=True,
            help="The whole file that Apple let you download once, with its BEGIN and END lines.",
        ),
    ),
    capabilities=(),
    to_read=("school.api",),
    setup="An Administrator or Site Manager makes an API account (your name > Preferences > API), "
    "generates its private key and notes the two ids. Make one for Homeroom alone, so that it can "
    "be revoked alone. Apple gives every API account the same rights, and these include assigning "
    "devices to MDM servers: Homeroom never does, it only lists devices, with order number and "
    "date. The devices themselves are managed through another connector.",
)
