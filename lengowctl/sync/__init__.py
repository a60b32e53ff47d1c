"""Brings the outside in: windows with proof, cursors, coverage."""
