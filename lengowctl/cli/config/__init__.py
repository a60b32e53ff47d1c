"""Verbs on the configuration."""
