"""Verbs that ask Lengow to do something with orders."""
