"""Devices that enrol themselves: a script tells what the computer is, and gets its tag."""
