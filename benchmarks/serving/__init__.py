"""Profiles served under load, beside other relays of the same streams."""
