"""The ledger of admin rights: who was granted them on which device, and how a grant ends.

It lies below people, assets and custody, so that what ends a grant (a device handed in, a person
who leaves) ends it in its own transaction.
"""
