"""Agreements: texts, links, signatures, documents."""
