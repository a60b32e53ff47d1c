"""What may be shown of requests and answers."""

from __future__ import annotations

import logging

import pytest

from lengowctl.connectors.redact import Masks, quiet_http_logs, shown_url
from lengowctl.connectors.secret import Secret

from .world import TOKEN


def test_known_secrets_and_what_looks_like_one_are_masked() -> None:
    masks = Masks()
    masks.hide(Secret("hush"), Secret(""), Secret("hushhush"))
    words = f"hushhush hush Token: {TOKEN.format(1)} is expired, {'a1' * 32}, lea@x.example, order 403-1180092-5527741"
    assert masks.mask(words) == "**** **** Token: **** is expired, ****, ****, order 403-1180092-5527741"


def test_a_url_shows_what_names_nobody() -> None:
    params = (("page", "2"), ("updated_from", "2025-01-01T00:00:00Z"), ("marketplace_order_id", "403"), ("q", "Lea"))
    shown = shown_url("/v3.0/orders/", params)
    assert shown == "/v3.0/orders/?page=2&updated_from=2025-01-01T00:00:00Z&marketplace_order_id=****&q=****"
    assert shown_url("/me", ()) == "/me"


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.ERROR])
def test_the_http_librarys_own_logs_name_events_alone(caplog: pytest.LogCaptureFixture, level: int) -> None:
    quiet_http_logs()
    quiet_http_logs()
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").log(
        level, 'HTTP Request: %s %s "%s"', "GET", f"https://x/a?t={TOKEN.format(1)}&n=Lea", "200"
    )
    for name in ("httpcore.http11", "httpcore.connection", "httpcore.proxy"):
        logging.getLogger(name).log(
            level, f"receive_response_headers.complete return_value=[(b'x', b'{TOKEN.format(1)}')]"
        )
    assert [record.getMessage() for record in caplog.records] == [
        'HTTP Request: GET https://x/a?**** "200"',
        *["receive_response_headers.complete"] * 3,
    ]
    assert "Lea" not in caplog.text
