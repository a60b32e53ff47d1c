"""The door for other processes: HTTP/1.1 on the loopback, one thread a connection, sixteen requests at once."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lengowctl.sandbox.messages import Fault, Request, Response
from lengowctl.sandbox.sandbox import Sandbox

AT_ONCE = 16
_MOST_BODY = 1_000_000
_REASONS = {530: "Logical Error", 540: "Technical Error"}


class SandboxServer:
    """Serves a sandbox on 127.0.0.1. A context manager: `with SandboxServer(sandbox) as server: server.base_url`."""

    def __init__(self, sandbox: Sandbox, port: int = 0) -> None:
        self._sandbox = sandbox
        self._http = _Listener(sandbox, port)
        self._thread: threading.Thread | None = None
        self._looping: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def max_in_flight(self) -> int:
        """The most requests that were ever being answered at the same time."""
        return self._http.gate.most

    def start(self) -> None:
        """Serve in a thread of its own, until `stop`."""
        self._sandbox.note_server("127.0.0.1", self.port)
        self._thread = threading.Thread(target=self._serve, args=(0.05,), daemon=True)
        self._looping = self._thread
        self._thread.start()

    def _serve(self, pause: float) -> None:
        self._looping = threading.current_thread()
        try:
            self._http.serve_forever(pause)
        finally:
            self._looping = None

    def stop(self) -> None:
        """Stop serving: waiting answers are dropped, the address is forgotten."""
        self._http.gate.closing.set()
        if self._looping not in (None, threading.current_thread()):
            self._http.shutdown()
        if self._thread is not None:
            self._thread.join(5)
            self._thread = None
        port = self.port
        self._http.server_close()
        with contextlib.suppress(Exception):
            self._sandbox.forget_server(port)

    def serve_forever(self) -> None:
        """Serve in this thread until it is interrupted or another calls `stop`."""
        self._sandbox.note_server("127.0.0.1", self.port)
        try:
            self._serve(0.2)
        finally:
            self.stop()

    def __enter__(self) -> SandboxServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Gate:
    """Lets sixteen requests through at a time and remembers the rush hour."""

    def __init__(self) -> None:
        self.closing = threading.Event()
        self.most = 0
        self._inside = 0
        self._places = threading.Semaphore(AT_ONCE)
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._places.acquire()
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
        self._places.release()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, sandbox: Sandbox, port: int) -> None:
        self.sandbox = sandbox
        self.gate = _Gate()
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    server: _Listener

    def _any(self) -> None:
        body = self._read_body()
        if body is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.server.gate:
            outcome = self.server.sandbox.handle(Request(self.command, self.path, headers, body))
            if isinstance(outcome, Response):
                self._send(outcome)
            else:
                self._act_out(outcome)

    def __getattr__(self, name: str) -> Any:
        """Every method leads to the sandbox, which knows which it takes."""
        if name.startswith("do_"):
            return self._any
        raise AttributeError(name)

    def _read_body(self) -> bytes | None:
        """The request's body; None when it was refused for its size or its framing."""
        length = self.headers.get("Content-Length", "0")
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        elif not length.isdecimal() or int(length) > _MOST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            return self.rfile.read(int(length))
        return None

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        body = b'{"error":{"code":%d,"message":"%s"}}' % (status.value, status.phrase.encode())
        self._send(
            Response(status.value, (("Content-Type", "application/json"), ("Content-Length", str(len(body)))), body)
        )

    def _send(self, response: Response, body: bytes | None = None) -> None:
        reason = _REASONS.get(response.status) or _phrase(response.status)
        lines = [f"HTTP/1.1 {response.status} {reason}", *(f"{name}: {value}" for name, value in response.headers)]
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self.wfile.write(head + (response.body if body is None else body))
        self.wfile.flush()

    def _act_out(self, fault: Fault) -> None:
        """Turn a fault into what it is on a wire. After all but `slow` the connection is over."""
        if fault.kind == "slow" and fault.response is not None:
            self.server.gate.closing.wait(fault.delay)
            self._send(fault.response)
            return
        self.close_connection = True
        if fault.kind == "cut" and fault.response is not None:
            self._send(fault.response, fault.response.body[: len(fault.response.body) // 2])
        elif fault.kind == "timeout":
            self._outwait(fault.delay)
        else:
            self._reset()

    def _outwait(self, most: float) -> None:
        """Say nothing until the client leaves, the server stops, or the time is up."""
        end = time.monotonic() + most
        while time.monotonic() < end and not self.server.gate.closing.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.05)
            if readable and not self._peek():
                return

    def _peek(self) -> bytes:
        """What the client has sent since; nothing when it has left."""
        seen = b""
        with contextlib.suppress(OSError):
            seen = self.connection.recv(1, socket.MSG_PEEK)
        return seen

    def _reset(self) -> None:
        """Close so that the other side sees a reset, not an end."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        os.close(self.connection.detach())

    def log_message(self, format: str, *args: Any) -> None:
        """The sandbox keeps its own log."""


def _phrase(status: int) -> str:
    with contextlib.suppress(ValueError):
        return HTTPStatus(status).phrase
    return "Unknown"
