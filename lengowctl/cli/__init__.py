"""Thin commands, one file per verb."""
