"""Verbs on marketplaces."""
