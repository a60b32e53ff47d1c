"""Where in a description something stands, for a reader that lets SQLite look it up. `offers` reads the same."""

from __future__ import annotations

#: The marketplace's name for people.
NAME = "$.name"


def statuses(action: str) -> str:
    """The statuses of an order in which an action is taken, as a JSON path: one text, or an array of them."""
    return f'$.orders.actions."{action}".status'
