"""What each status and each error envelope means."""

from __future__ import annotations

import json

import pytest

from lengowctl.connectors.http import Answer
from lengowctl.connectors.lengow.answers import judge, message_of
from lengowctl.connectors.retry import Again
from lengowctl.errors import BadAnswer, LengowctlError, OutOfReach, Refused

AGAIN = {500, 502, 503, 504, 540}


def meaning(status: int, body: bytes = b"{}") -> type[Exception] | None:
    try:
        judge(Answer(status, {}, body), "orders", str)
    except (Again, LengowctlError) as fault:
        return type(fault)
    return None


def test_every_status_is_decided() -> None:
    for status in range(100, 600):
        expected: type[Exception] | None = OutOfReach
        if 200 <= status < 300:
            expected = None
        elif status in AGAIN:
            expected = Again
        elif (400 <= status < 500 and status != 407) or status == 530:
            expected = Refused
        assert meaning(status) is expected, status


def test_a_web_page_is_never_taken_for_a_refusal() -> None:
    assert meaning(403, b" <html>") is BadAnswer
    assert meaning(503, b"<html>") is Again


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"code": 429, "message": "Request limitation"}}, "Request limitation"),
        ({"error": "Not found"}, "Not found"),
        ({"detail": "Pas trouvé."}, "Pas trouvé."),
        (
            {"detail": [{"loc": ["a"], "msg": "field required", "type": "x"}, {"msg": "too long"}]},
            "field required, too long",
        ),
        ({"detail": {"error_code": "X", "message": "no catalogue"}}, "no catalogue"),
        ({"account_id": ["This field is required."]}, "account_id: This field is required."),
        ({"error": {"message": "two\nlines\t here"}}, "two lines here"),
        ({"error": {"message": "x" * 400}}, "x" * 300),
        ({"error": {"message": None}}, None),
        ({}, None),
        ([], None),
        ("text", None),
    ],
)
def test_lengows_own_words_come_from_any_envelope(body: object, message: str | None) -> None:
    assert message_of(json.dumps(body).encode()) == message


def test_an_answer_that_is_no_json_has_no_message() -> None:
    assert [message_of(body) for body in (b"", b"<html>", b"\xff", b"[" * 9000)] == [None] * 4


def test_a_redirect_names_the_host_alone() -> None:
    answer = Answer(302, {"location": "https://login.example/path?token=abc"}, b"")
    with pytest.raises(OutOfReach) as caught:
        judge(answer, "orders", str)
    assert caught.value.message == "orders: the answer leads to login.example; redirects are never followed"
    for location in ("", "/elsewhere", "https://[bad"):
        with pytest.raises(OutOfReach):
            judge(Answer(307, {"location": location}, b""), "orders", str)
