"""Tests of inventory.admin_rights."""
