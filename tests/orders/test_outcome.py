"""What the outcome of a POST means: every kind of outcome, every status, every shape of body."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lengowctl.orders.action import LEGAL, State
from lengowctl.orders.outcome import (
    AFTER_SENDING,
    Answer,
    Fate,
    Lost,
    NotExecuted,
    RateLimited,
    Unauthorized,
    Verdict,
    classify,
    message_of,
)

ENVELOPES: tuple[tuple[object, str | None], ...] = (
    ({"error": {"code": 400, "message": "Bad  line\n1"}}, "Bad line 1"),
    ({"error": "Not found: /x"}, "Not found: /x"),
    ({"detail": "Pas trouvé."}, "Pas trouvé."),
    ({"detail": {"error_code": "E1", "message": "No feed"}}, "No feed"),
    ({"detail": [{"loc": ["body", "carrier"], "msg": "is required", "type": "x"}]}, "carrier: is required"),
    ({"detail": [{"loc": ["body", "lines", 0], "msg": "is unknown"}]}, "lines.0: is unknown"),
    ({"detail": [{"msg": "is required"}, {"msg": "too long"}]}, "is required, too long"),
    ({"carrier": ["Unknown.", ""], "line": "Not there."}, "carrier: Unknown., line: Not there."),
    ({"error": {"code": 400}}, None),
    ({"error": 3, "detail": None}, None),
    ({"detail": [["nested"]]}, None),
    ({}, None),
    (["nothing"], None),
    (None, None),
)


@pytest.mark.parametrize(("body", "words"), ENVELOPES)
def test_the_words_of_every_envelope(body: object, words: str | None) -> None:
    assert message_of(body) == words


def test_a_long_message_is_cut() -> None:
    assert message_of({"detail": "x" * 999}) == "x" * 300


def _taken(status: int) -> Fate:
    return {401: Fate.REAUTHORISE, 403: Fate.REAUTHORISE, 429: Fate.NOT_EXECUTED}.get(status, Fate.DOUBTFUL)


def _with_id(status: int) -> Fate:
    return Fate.QUEUED if status in (200, 201, 202) else _taken(status)


def _complaint(status: int) -> Fate:
    return Fate.REJECTED if status in (400, 404, 409, 422, 530) else _taken(status)


SHAPES: tuple[tuple[str, object, Callable[[int], Fate]], ...] = (
    ("an action", {"id": 13244460, "queued": True}, _with_id),
    ("an action whose id is text", {"id": "13244460"}, _with_id),
    ("the first action of all", {"id": 1}, _with_id),
    ("the last action that a database holds", {"id": 2**63 - 1}, _with_id),
    ("an id that is filled up with noughts", {"id": "5".rjust(20, "0")}, _taken),
    ("an object without an id", {"detail": "no"}, _complaint),
    ("an id of null", {"id": None}, _complaint),
    ("an empty object", {}, _complaint),
    ("an id that is no number", {"id": ["required"]}, _taken),
    ("an id of nought", {"id": 0}, _taken),
    ("an id of true", {"id": True}, _taken),
    ("an id below nought", {"id": -3}, _taken),
    ("an id that no database holds", {"id": 2**63}, _taken),
    ("an id of text that no database holds", {"id": "9" * 25}, _taken),
    ("an id in other figures", {"id": "\u0663"}, _taken),
    ("an array", [{"id": 1}], _taken),
    ("a bare text", "ok", _taken),
    ("no JSON", None, _taken),
)


@pytest.mark.parametrize(("name", "body", "fate_of"), SHAPES)
def test_every_status_with_every_body_is_classified(name: str, body: object, fate_of: Callable[[int], Fate]) -> None:
    for status in range(100, 600):
        assert classify(Answer(status, body)).fate is fate_of(status), (name, status)


def test_a_web_page_of_any_code_is_doubtful() -> None:
    for status in range(100, 600):
        told = f"a web page came instead of Lengow's answer ({status})"
        assert classify(Answer(status, None, web_page=True)) == Verdict(
            Fate.DOUBTFUL, message=told, fault=status >= 500
        )


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (NotExecuted("no route"), Verdict(Fate.NOT_EXECUTED, message="no route")),
        (RateLimited(7.5), Verdict(Fate.NOT_EXECUTED, message="the request limit is reached", retry_after=7.5)),
        (RateLimited(0), Verdict(Fate.NOT_EXECUTED, message="the request limit is reached", retry_after=1.0)),
        (RateLimited(), Verdict(Fate.NOT_EXECUTED, message="the request limit is reached", retry_after=1.0)),
        (Answer(429, {}, retry_after=3), Verdict(Fate.NOT_EXECUTED, None, "the request limit is reached", 3.0)),
        (Unauthorized("expired"), Verdict(Fate.REAUTHORISE, message="expired")),
        (Answer(403, {"detail": "No right"}), Verdict(Fate.REAUTHORISE, message="No right")),
        (Lost("cut off"), Verdict(Fate.DOUBTFUL, message="cut off")),
        (Answer(201, {"id": 5}), Verdict(Fate.QUEUED, 5)),
        (Answer(400, {"line": ["Unknown"]}), Verdict(Fate.REJECTED, message="line: Unknown")),
        (Answer(530, {}), Verdict(Fate.REJECTED, message="Lengow refused it (530) and did not say why")),
        (
            Answer(540, {"error": "down"}),
            Verdict(Fate.DOUBTFUL, None, "Lengow's answer (540) does not tell: down", fault=True),
        ),
        (Answer(200, {}), Verdict(Fate.DOUBTFUL, message="Lengow's answer (200) does not tell")),
    ],
)
def test_a_verdict_carries_what_is_needed_next(outcome: Answer, verdict: Verdict) -> None:
    assert classify(outcome) == verdict


@pytest.mark.parametrize("fate", list(Fate))
def test_every_fate_is_a_legal_move_from_sending(fate: Fate) -> None:
    assert (State.SENDING, *Verdict(fate).move) in LEGAL
    assert Verdict(fate).move == AFTER_SENDING[fate]
