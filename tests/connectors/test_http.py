"""One exchange over HTTP: bounded, whole, and in our words."""

from __future__ import annotations

import gzip
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pytest_httpx import HTTPXMock, IteratorStream

from lengowctl import __version__
from lengowctl.connectors.http import Answer, Ask, Http, Network, read_http_date
from lengowctl.connectors.origin import read_origin
from lengowctl.connectors.retry import Again
from lengowctl.errors import BadAnswer, ConfigFault, OutOfReach

from .world import BASE_URL, Clock

ASK = Ask("GET", "/v3.0/orders/", (("updated_from", "2025-01-01T00:00:00+00:00"), ("marketplace_order_id", "X")))


@pytest.fixture
def traced() -> list[str]:
    return []


@pytest.fixture
def http(clock: Clock, traced: list[str]) -> Iterator[Http]:
    made = Http(read_origin(BASE_URL), Network(), monotonic=clock.monotonic, trace=traced.append)
    yield made
    made.close()


def test_a_request_as_it_leaves_and_its_answer(http: Http, httpx_mock: HTTPXMock, traced: list[str]) -> None:
    httpx_mock.add_response(status_code=404, content=b"{}", headers={"Date": "Tue, 11 Mar 2025 10:00:00 GMT"})
    answer = http.exchange(ASK)
    assert (answer.status, answer.body, answer.date()) == (404, b"{}", datetime(2025, 3, 11, 10, tzinfo=UTC))
    (sent,) = httpx_mock.get_requests()
    assert str(sent.url) == (
        "https://api.lengow.io/v3.0/orders/?updated_from=2025-01-01T00%3A00%3A00%2B00%3A00&marketplace_order_id=X"
    )
    kept = {name: sent.headers.get(name) for name in ("user-agent", "accept", "accept-encoding", "authorization")}
    assert kept == {
        "user-agent": f"lengowctl/{__version__}",
        "accept": "application/json",
        "accept-encoding": "gzip",
        "authorization": None,
    }
    assert traced == [
        "GET /v3.0/orders/?updated_from=2025-01-01T00:00:00+00:00&marketplace_order_id=**** 404 0 ms 0 KB"
    ]


def test_a_form_travels_in_the_body(http: Http, httpx_mock: HTTPXMock, traced: list[str]) -> None:
    httpx_mock.add_response(content=b"{}")
    http.exchange(Ask("POST", "/access/get_token", form={"secret": "hush hush"}))
    (sent,) = httpx_mock.get_requests()
    assert (sent.content, str(sent.url)) == (b"secret=hush+hush", f"{BASE_URL}/access/get_token")
    assert "hush" not in str(traced)


def test_packed_answers_are_unpacked(http: Http, httpx_mock: HTTPXMock) -> None:
    packed = gzip.compress(b"words" * 1000)
    pieces = [packed[at : at + 100] for at in range(0, len(packed), 100)]
    httpx_mock.add_response(stream=IteratorStream(pieces), headers={"Content-Encoding": "gzip"})
    assert http.exchange(ASK).body == b"words" * 1000


def test_a_bomb_is_stopped(http: Http, httpx_mock: HTTPXMock) -> None:
    bomb = gzip.compress(b"\0" * (65 * 1024 * 1024))
    httpx_mock.add_response(stream=IteratorStream([bomb]), headers={"Content-Encoding": "gzip"})
    with pytest.raises(BadAnswer, match="larger than 64 MB"):
        http.exchange(ASK)


def test_a_body_in_memory_is_bounded_too(clock: Clock) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=bytes(65 * 1024 * 1024)))
    http = Http(read_origin(BASE_URL), Network(transport=transport), monotonic=clock.monotonic)
    with pytest.raises(BadAnswer, match="larger than 64 MB"):
        http.exchange(ASK)


@pytest.mark.parametrize(
    ("stream", "headers"),
    [
        ([b'{"count"'], {"Content-Length": "400"}),
        ([gzip.compress(b"x" * 900)[:-9]], {"Content-Encoding": "gzip"}),
        ([b"no gzip"], {"Content-Encoding": "gzip"}),
    ],
)
def test_an_answer_that_was_cut_off_is_worth_another_try(
    http: Http, httpx_mock: HTTPXMock, stream: list[bytes], headers: dict[str, str]
) -> None:
    httpx_mock.add_response(stream=IteratorStream(stream), headers=headers)
    with pytest.raises(Again) as caught:
        http.exchange(ASK)
    assert isinstance(caught.value.fault, BadAnswer)


def test_an_answer_that_comes_drop_by_drop_is_given_up(http: Http, httpx_mock: HTTPXMock, clock: Clock) -> None:
    def drops() -> Iterator[bytes]:
        while True:
            clock.sleep(19)
            yield b" "

    httpx_mock.add_response(stream=httpx_stream(drops))
    with pytest.raises(Again, match="did not finish"):
        http.exchange(ASK)
    assert clock.passed < 200


def httpx_stream(make: Callable[[], Iterator[bytes]]) -> httpx.SyncByteStream:
    class Stream(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            return make()

    return Stream()


def test_a_fault_of_the_library_keeps_its_cause_and_is_traced(
    http: Http, httpx_mock: HTTPXMock, traced: list[str]
) -> None:
    httpx_mock.add_exception(httpx.ReadTimeout("hush"))
    with pytest.raises(Again) as caught:
        http.exchange(Ask("GET", "/x"))
    assert isinstance(caught.value.__cause__, httpx.ReadTimeout)
    assert (caught.value.fault.message, traced) == ("api.lengow.io did not answer in time", ["GET /x ReadTimeout 0 ms"])


def test_what_no_other_try_can_cure_is_told_at_once(http: Http, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.UnsupportedProtocol("x"))
    with pytest.raises(OutOfReach):
        http.exchange(ASK)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(http: Http, httpx_mock: HTTPXMock, status: int) -> None:
    httpx_mock.add_response(status_code=status, headers={"Location": "https://evil.example/"})
    assert http.exchange(ASK).status == status
    assert len(httpx_mock.get_requests()) == 1


def test_it_can_be_closed_twice_and_used_again(http: Http, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(content=b"1", is_reusable=True)
    assert http.exchange(ASK).body == b"1"
    http.close()
    http.close()
    assert http.exchange(ASK).body == b"1"


@pytest.mark.parametrize("proxy", ["socks5://lea:hush@proxy:1", "gopher://lea:hush@proxy:1", "http://lea:hush@[x"])
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(clock: Clock, proxy: str) -> None:
    network = Network(environment={"HTTPS_PROXY": proxy})
    with pytest.raises(ConfigFault) as caught:
        Http(read_origin(BASE_URL), network, monotonic=clock.monotonic).exchange(ASK)
    assert "hush" not in f"{caught.value.message}{caught.value.hint}"


def test_a_fault_on_the_way_through_a_proxy_names_it(clock: Clock, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ProxyError("407 lea:hush"))
    network = Network(environment={"HTTPS_PROXY": "http://lea:hush@proxy:3128"})
    with pytest.raises(Again) as caught:
        Http(read_origin(BASE_URL), network, monotonic=clock.monotonic).exchange(ASK)
    assert caught.value.fault.message == (
        "the proxy on the way to api.lengow.io (through the proxy http://proxy:3128) refused or failed"
    )


def test_an_own_bundle_of_authorities_must_be_one(clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "bundle.pem").write_text("nonsense")
    for name in ("bundle.pem", "missing.pem"):
        network = Network(ca_bundle=tmp_path / name)
        with pytest.raises(ConfigFault, match=name):
            Http(read_origin(BASE_URL), network, monotonic=clock.monotonic).exchange(ASK)


def test_an_own_bundle_is_used(clock: Clock, tmp_path: Path, httpx_mock: HTTPXMock) -> None:
    import certifi

    context = ssl.create_default_context(cafile=certifi.where())
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(ssl.DER_cert_to_PEM_cert(context.get_ca_certs(binary_form=True)[0]))
    httpx_mock.add_response(content=b"1")
    network = Network(ca_bundle=bundle)
    assert Http(read_origin(BASE_URL), network, monotonic=clock.monotonic).exchange(ASK).body == b"1"


@pytest.mark.parametrize("text", ["", "soon", "Tue, 99 Mar 2025 10:00:00 GMT", "Tue, 11 Mar 99999 10:00:00 GMT"])
def test_a_date_that_is_none_is_none(text: str) -> None:
    assert read_http_date(text) is None
    assert Answer(200, {"date": text}, b"").date() is None
