"""An answer made ready for the wire: headers, the world's date, compression."""

from __future__ import annotations

import gzip

from lengowctl.sandbox import clock
from lengowctl.sandbox.calls import Answer, Call
from lengowctl.sandbox.messages import Response

_COMPRESS_ABOVE = 1024


def response(call: Call, answer: Answer) -> Response:
    """The answer, compressed where that is accepted and pays."""
    accepted = "gzip" in call.request.headers.get("accept-encoding", "")
    if not accepted or len(answer.body) <= _COMPRESS_ABOVE:
        return plain(answer, call.now)
    packed = gzip.compress(answer.body, compresslevel=1, mtime=0)
    return _ready(answer, call.now, packed, ("Content-Encoding", "gzip"))


def plain(answer: Answer, now: int) -> Response:
    return _ready(answer, now, answer.body)


def _ready(answer: Answer, now: int, body: bytes, *more: tuple[str, str]) -> Response:
    headers = (
        ("Date", clock.http_date(now)),
        ("Content-Type", answer.content_type),
        ("Content-Length", str(len(body))),
        ("Vary", "Accept-Encoding"),
    )
    return Response(answer.status, (*headers, *more, *answer.headers), body)
