"""The verbs on the databases of a profile."""
