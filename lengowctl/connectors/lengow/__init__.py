"""Lengow's REST API: routes and pages, the session, and its JSON turned into our values."""
