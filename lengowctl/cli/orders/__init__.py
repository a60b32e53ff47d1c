"""Verbs on orders."""
