"""Settings: one table of keys, read once, handed in."""
