"""Agreements: what people sign for the devices that they are given, and the proof that they did."""
