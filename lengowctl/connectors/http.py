"""What HTTP connectors share: one client a process, bounded answers, every foreign exception in our words."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from lengowctl import __version__
from lengowctl.connectors.faults import FOREIGN, may_heal, translate
from lengowctl.connectors.origin import Origin, proxy_for, without_credentials
from lengowctl.connectors.redact import quiet_http_logs, shown_url
from lengowctl.connectors.retry import Again
from lengowctl.connectors.unpack import Unpacker
from lengowctl.errors import BadAnswer, ConfigFault, OutOfReach

_CONNECTIONS = 16
_KEPT = 8
# Shorter than what servers and firewalls commonly allow: a connection that died unseen costs a retry.
_IDLE = 15.0
_WAIT_FOR_CONNECTION = 60.0
# The read time-out is for one piece of the answer; drop by drop an answer could last for ever.
_WHOLE_ANSWER = 8
_HEADERS = {
    "User-Agent": f"lengowctl/{__version__}",
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
}


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
    """One origin over one `httpx.Client`, made on first use, for several threads at once. Follows no redirect."""

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
        self._client: httpx.Client | None = None
        self._where = origin.host

    def exchange(self, ask: Ask, auth: httpx.Auth | None = None) -> Answer:
        """Send once and read the answer, whatever its status; at most 64 MB after unpacking.

        Raises Again for what another try may cure, else OutOfReach or BadAnswer; nothing else. Their cause is the
        exception of the HTTP library, if it was one.
        """
        client = self._ready_client()
        started = self._monotonic()
        told = "failed"
        try:
            answer = self._send(client, ask, auth, started)
            told = f"{answer.status}"
            return answer
        except FOREIGN as fault:
            told = type(fault).__name__
            ours = translate(fault, self._where)
            raise (Again(ours) if may_heal(fault) else ours) from fault
        finally:
            size = f" {len(answer.body) / 1024:.0f} KB" if told.isdigit() else ""
            self._tell(f"{ask.method} {shown_url(ask.path, ask.params)} {told}", started, size)

    def ready(self) -> None:
        """Make what requests are sent with. Raises ConfigFault when that cannot be."""
        self._ready_client()

    def close(self) -> None:
        """Let go of every connection. Safe to call twice."""
        with self._mutex:
            client, self._client = self._client, None
        if client:
            client.close()

    def _send(self, client: httpx.Client, ask: Ask, auth: httpx.Auth | None, started: float) -> Answer:
        patience = ask.read_timeout or self._network.read_timeout
        request = client.build_request(
            ask.method, self._origin.url + ask.path, params=ask.params, data=ask.form, timeout=self._timeout(patience)
        )
        response = client.send(request, auth=auth, stream=True)
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, headers, self._read(response, started + patience * _WHOLE_ANSWER))
        finally:
            response.close()

    def _timeout(self, read: float) -> httpx.Timeout:
        return httpx.Timeout(read, connect=self._network.connect_timeout, pool=_WAIT_FOR_CONNECTION)

    def _read(self, response: httpx.Response, latest: float) -> bytes:
        if response.is_stream_consumed:  # a transport that answers from memory has unpacked it already
            memory = Unpacker("")
            memory.feed(response.content)
            return bytes(memory.body)
        body = Unpacker(response.headers.get("content-encoding", ""))
        received = 0
        for piece in response.iter_raw():
            received += len(piece)
            body.feed(piece)
            if self._monotonic() > latest:
                raise Again(OutOfReach(f"{self._origin.host} did not finish its answer in time"))
        if received < _length(response.headers) or not body.whole:
            raise Again(BadAnswer(f"the answer of {self._origin.host} was cut off"))
        return bytes(body.body)

    def _tell(self, words: str, started: float, size: str) -> None:
        if self._trace:
            self._trace(f"{words} {(self._monotonic() - started) * 1000:.0f} ms{size}")

    def _ready_client(self) -> httpx.Client:
        with self._mutex:
            if self._client is None:
                quiet_http_logs()
                self._client = self._make_client()
            return self._client

    def _make_client(self) -> httpx.Client:
        network = self._network
        proxy = None if network.transport else proxy_for(self._origin, network.environment or {})
        if proxy:
            self._where = f"{self._origin.host} (through the proxy {without_credentials(proxy)})"
        limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_KEPT, keepalive_expiry=_IDLE)
        try:
            return httpx.Client(
                transport=network.transport,
                proxy=proxy,
                verify=_trust(network.ca_bundle) if network.ca_bundle else True,
                trust_env=False,
                follow_redirects=False,
                limits=limits,
                timeout=self._timeout(network.read_timeout),
                headers=_HEADERS,
            )
        except (ValueError, ImportError, httpx.InvalidURL) as fault:
            hint = "check HTTPS_PROXY and ALL_PROXY"
            raise ConfigFault(f"{self._where} cannot be used: {type(fault).__name__}", hint=hint) from fault


def _trust(bundle: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(bundle))
    except (OSError, ssl.SSLError) as fault:
        raise ConfigFault(f"{bundle} is no bundle of certificates that can be read") from fault


def _length(headers: httpx.Headers) -> int:
    stated = headers.get("content-length", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 20 else 0
