"""What HTTP connectors share: kept connections, bounded answers, every foreign exception in our words."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

import httpx

from lengowctl import __version__
from lengowctl.connectors.faults import FOREIGN, may_heal, translate
from lengowctl.connectors.origin import Origin, proxy_for, without_credentials
from lengowctl.connectors.redact import quiet_http_logs, shown_url
from lengowctl.connectors.retry import Again
from lengowctl.connectors.unpack import Unpacker
from lengowctl.errors import BadAnswer, ConfigFault, OutOfReach

# Shorter than what servers and firewalls commonly allow: a connection that died unseen costs a retry.
_IDLE = 15.0
_WAIT_FOR_CONNECTION = 60.0
#: A line is lent to one request at a time, and keeps the connection of the last one.
_ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=_IDLE)
# The read time-out is for one piece of the answer; drop by drop an answer could last for ever.
_WHOLE_ANSWER = 8
_HEADERS = httpx.Headers(
    {
        "User-Agent": f"lengowctl/{__version__}",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "Connection": "keep-alive",
    }
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `form` travels in the body, so it may hold secrets; `params` stand in the URL, so they may not.
    `read_timeout` is for this request in place of the network's.
    """

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    form: Mapping[str, str] | None = None
    read_timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole and unpacked. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def date(self) -> datetime | None:
        """The server's own time of this answer."""
        return read_http_date(self.headers.get("date", ""))


@dataclass(frozen=True, slots=True)
class Network:
    """How the network is used: seconds to connect, and to wait for the next piece of an answer; an own bundle of
    certificate authorities in place of the usual ones; the environment that may name a proxy; or a transport in
    place of all of that.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    ca_bundle: Path | None = None
    environment: Mapping[str, str] | None = None
    transport: httpx.BaseTransport | None = None


def read_http_date(text: str) -> datetime | None:
    """An HTTP date, as aware UTC; None when it is none."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


class Http:
    """One origin, for several threads at once. Follows no redirect and keeps no cookies.

    There are as many lines as requests were under way at once, each with a connection of its own: looking for a free
    one among many, before and after each request, would cost as much as sending it.
    """

    def __init__(
        self,
        origin: Origin,
        network: Network,
        *,
        monotonic: Callable[[], float],
        trace: Callable[[str], None] | None = None,
    ) -> None:
        self._origin = origin
        self._network = network
        self._monotonic = monotonic
        self._trace = trace
        self._mutex = threading.Lock()
        self._make: Callable[[], httpx.BaseTransport] | None = None
        self._lines: set[httpx.BaseTransport] = set()
        self._free: list[httpx.BaseTransport] = []
        self._where = origin.host

    def exchange(self, ask: Ask, auth: httpx.Auth | None = None) -> Answer:
        """Send once and read the answer, whatever its status; at most 64 MB after unpacking.

        Raises Again for what another try may cure, else OutOfReach or BadAnswer; nothing else. Their cause is the
        exception of the HTTP library, if it was one.
        """
        started = self._monotonic()
        told = "failed"
        try:
            with self._line() as line:
                answer = self._send(line, ask, auth, started)
            told = f"{answer.status}"
            return answer
        except FOREIGN as fault:
            told = type(fault).__name__
            ours = translate(fault, self._where)
            raise (Again(ours) if may_heal(fault) else ours) from fault
        finally:
            size = f" {len(answer.body) / 1024:.0f} KB" if told.isdigit() else ""
            self._tell(ask, told, started, size)

    def ready(self) -> None:
        """Make what requests are sent with. Raises ConfigFault when that cannot be."""
        with self._line():
            pass

    def close(self) -> None:
        """Let go of every connection. Safe to call twice."""
        with self._mutex:
            lines, self._lines, self._free = self._lines, set(), []
        for line in lines:
            line.close()

    def _send(self, line: httpx.BaseTransport, ask: Ask, auth: httpx.Auth | None, started: float) -> Answer:
        patience = ask.read_timeout or self._network.read_timeout
        response = line.handle_request(self._request(ask, auth, patience))
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            body = self._read(response, headers, started + patience * _WHOLE_ANSWER)
            return Answer(response.status_code, headers, body)
        finally:
            response.close()

    def _request(self, ask: Ask, auth: httpx.Auth | None, patience: float) -> httpx.Request:
        timeout = httpx.Timeout(patience, connect=self._network.connect_timeout, pool=_WAIT_FOR_CONNECTION)
        request = httpx.Request(
            ask.method,
            _address(self._origin.url + ask.path, ask.params),
            headers=_HEADERS,
            data=ask.form,
            extensions={"timeout": timeout.as_dict()},
        )
        return next(auth.auth_flow(request)) if auth else request

    def _read(self, response: httpx.Response, headers: Mapping[str, str], latest: float) -> bytes:
        if response.is_stream_consumed:  # a transport that answers from memory has unpacked it already
            memory = Unpacker("")
            memory.feed(response.content)
            return bytes(memory.body)
        body = Unpacker(headers.get("content-encoding", ""))
        received = 0
        for piece in response.iter_raw():
            received += len(piece)
            body.feed(piece)
            if self._monotonic() > latest:
                raise Again(OutOfReach(f"{self._origin.host} did not finish its answer in time"))
        if received < _length(headers) or not body.whole:
            raise Again(BadAnswer(f"the answer of {self._origin.host} was cut off"))
        return bytes(body.body)

    def _tell(self, ask: Ask, told: str, started: float, size: str) -> None:
        if self._trace:
            words = f"{ask.method} {shown_url(ask.path, ask.params)} {told}"
            self._trace(f"{words} {(self._monotonic() - started) * 1000:.0f} ms{size}")

    @contextmanager
    def _line(self) -> Iterator[httpx.BaseTransport]:
        """A line that nobody else uses meanwhile; the one that was used last, so that few stay open."""
        with self._mutex:
            line = self._free.pop() if self._free else self._new_line()
        try:
            yield line
        finally:
            with self._mutex:
                if line in self._lines:  # else all were closed meanwhile
                    self._free.append(line)

    def _new_line(self) -> httpx.BaseTransport:
        if self._make is None:
            quiet_http_logs()
            self._make = self._way()
        line = self._made(self._make)
        self._lines.add(line)
        return line

    def _way(self) -> Callable[[], httpx.BaseTransport]:
        """How lines are made: over the network's own transport, through a proxy, or straight."""
        network = self._network
        given = network.transport
        if given:
            return lambda: given
        proxy = proxy_for(self._origin, network.environment or {})
        if proxy:
            self._where = f"{self._origin.host} (through the proxy {without_credentials(proxy)})"
        trust = _trust(network.ca_bundle) if network.ca_bundle else httpx.create_ssl_context(trust_env=False)
        return lambda: httpx.HTTPTransport(verify=trust, trust_env=False, limits=_ONE, proxy=proxy)

    def _made(self, make: Callable[[], httpx.BaseTransport]) -> httpx.BaseTransport:
        try:
            return make()
        except (ValueError, ImportError, httpx.InvalidURL) as fault:
            hint = "check HTTPS_PROXY and ALL_PROXY"
            raise ConfigFault(f"{self._where} cannot be used: {type(fault).__name__}", hint=hint) from fault


@lru_cache(maxsize=16)
def _address(url: str, params: tuple[tuple[str, str], ...]) -> httpx.URL:
    return httpx.URL(url, params=params)


def _trust(bundle: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(bundle))
    except (OSError, ssl.SSLError) as fault:
        raise ConfigFault(f"{bundle} is no bundle of certificates that can be read") from fault


def _length(headers: Mapping[str, str]) -> int:
    stated = headers.get("content-length", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 20 else 0
