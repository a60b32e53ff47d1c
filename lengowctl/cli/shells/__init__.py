"""Completion scripts: commands, options and fixed words, so that a shell completes them without starting Python."""
