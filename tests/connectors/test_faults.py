"""Every exception of the HTTP library is one of ours."""

from __future__ import annotations

import socket
import ssl
import zlib
from collections.abc import Iterator

import httpx
import pytest

from lengowctl.connectors.faults import FOREIGN, may_heal, never_left, translate
from lengowctl.errors import BadAnswer, OutOfReach

REQUEST = httpx.Request("GET", "https://api.lengow.io/?secret=hush")
BY_CHANCE = {
    "ConnectTimeout", "ReadTimeout", "WriteTimeout", "PoolTimeout", "TimeoutException", "NetworkError", "ConnectError",
    "ReadError", "WriteError", "CloseError", "ProxyError", "RemoteProtocolError", "DecodingError",
}  # fmt: skip
BEFORE_THE_FIRST_BYTE = {"ConnectTimeout", "PoolTimeout", "ConnectError", "ProxyError"}


def below(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for child in kind.__subclasses__():
        yield from below(child)


def every_kind() -> list[type[Exception]]:
    roots = (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError)
    return sorted({kind for root in roots for kind in below(root)}, key=lambda kind: kind.__name__)


def made(kind: type[Exception]) -> Exception:
    if kind is httpx.HTTPStatusError:
        return httpx.HTTPStatusError("hush", request=REQUEST, response=httpx.Response(500))
    try:
        return kind("hush")
    except TypeError:
        return kind()


@pytest.mark.parametrize("kind", every_kind())
def test_each_class_of_the_library_is_decided_and_repeats_nothing_of_the_request(kind: type[Exception]) -> None:
    fault = made(kind)
    ours = translate(fault, "api.lengow.io")
    assert isinstance(fault, FOREIGN)
    assert isinstance(ours, OutOfReach)
    assert "hush" not in f"{ours.message}{ours.args}{ours.hint}"
    assert may_heal(fault) is (kind.__name__ in BY_CHANCE)
    assert never_left(fault) is (kind.__name__ in BEFORE_THE_FIRST_BYTE)


def caused(cause: Exception) -> httpx.ConnectError:
    fault = httpx.ConnectError("failed")
    fault.__cause__ = cause
    return fault


@pytest.mark.parametrize(
    ("fault", "message", "heals"),
    [
        (caused(socket.gaierror(-2, "x")), "the name h cannot be found", True),
        (caused(ConnectionRefusedError(111, "x")), "h refused the connection", True),
        (caused(ssl.SSLCertVerificationError(1, "x")), "the certificate of h cannot be trusted", False),
        (caused(ssl.SSLError(1, "x")), "no secure connection to h could be made", True),
        (caused(OSError(101, "x")), "could not connect to h", True),
        (ConnectionResetError(104, "x"), "could not connect to h", True),
        (TimeoutError(), "h did not answer in time", True),
        (httpx.ConnectTimeout("x"), "could not connect to h in time", True),
        (httpx.ReadTimeout("x"), "h did not answer in time", True),
        (httpx.ReadError("x"), "the connection to h broke before the answer was complete", True),
        (httpx.UnsupportedProtocol("x"), "h could not be asked (UnsupportedProtocol)", False),
    ],
)
def test_the_cause_decides_the_words(fault: Exception, message: str, heals: bool) -> None:
    assert (translate(fault, "h").message, may_heal(fault)) == (message, heals)


def test_a_garbled_body_is_a_bad_answer() -> None:
    assert isinstance(translate(zlib.error("x"), "h"), BadAnswer)


def test_a_chain_that_bites_its_tail_ends() -> None:
    one, other = httpx.ConnectError("a"), OSError("b")
    one.__cause__, other.__cause__ = other, one
    assert translate(one, "h").message == "could not connect to h"
