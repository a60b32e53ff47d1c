"""`GET /v3.0/marketplaces`: what each marketplace calls things, and which actions it takes."""

from __future__ import annotations

from lengowctl.sandbox.calls import Answer, Call, answer
from lengowctl.sandbox.temperaments import descriptions


def list_marketplaces(call: Call) -> Answer:
    """All of them, or the one asked for; an unknown one gives an empty object."""
    wanted = call.query.get("marketplace")
    known = descriptions()
    if not wanted:
        return answer(200, known)
    return answer(200, {wanted: known[wanted]} if wanted in known else {})
