"""Carries our intentions out: written down, claimed, sent once, settled, followed."""
