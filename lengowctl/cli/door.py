"""The door to the sandbox without a port: an httpx transport that hands requests to the plain object.

Its faults become what a network would make of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx

from lengowctl.sandbox.messages import Fault, Request, Response
from lengowctl.sandbox.sandbox import Sandbox

#: Where the embedded sandbox is said to be; the name can never be looked up.
ORIGIN = "https://sandbox.invalid"


class Door(httpx.BaseTransport):
    """Serves requests from a sandbox. Thread-safe, as the sandbox is; `sleep` acts out slow answers."""

    def __init__(self, sandbox: Sandbox, sleep: Callable[[float], None]) -> None:
        self._sandbox = sandbox
        self._sleep = sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        target = request.url.raw_path.decode("ascii")
        answer = self._sandbox.handle(Request(request.method, target, headers, request.read()))
        return _response(answer) if isinstance(answer, Response) else self._act_out(answer, request)

    def _act_out(self, fault: Fault, request: httpx.Request) -> httpx.Response:
        if fault.kind == "timeout":
            raise httpx.ReadTimeout("no answer came", request=request)
        if fault.kind == "reset" or fault.response is None:
            raise httpx.ReadError("the connection was reset", request=request)
        if fault.kind == "slow":
            self._sleep(fault.delay)
            return _response(fault.response)
        stream = _CutOff(fault.response.body, request)
        return httpx.Response(fault.response.status, headers=list(fault.response.headers), stream=stream)


class _CutOff(httpx.SyncByteStream):
    """Half a body, then the end of the connection."""

    def __init__(self, body: bytes, request: httpx.Request) -> None:
        self._body, self._request = body, request

    def __iter__(self) -> Iterator[bytes]:
        yield self._body[: len(self._body) // 2]
        raise httpx.RemoteProtocolError("the answer broke off", request=self._request)


def _response(answer: Response) -> httpx.Response:
    return httpx.Response(answer.status, headers=list(answer.headers), stream=httpx.ByteStream(answer.body))
