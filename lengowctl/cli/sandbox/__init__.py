"""Verbs on the pretend Lengow."""
