"""Verbs that set the program up."""
