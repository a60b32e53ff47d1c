"""The real network on the loopback: wrong certificates, redirects and proxies get no byte of ours."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lengowctl.connectors.lengow.client import LengowClient
from lengowctl.errors import OutOfReach

Make = Callable[..., LengowClient]


class Listener:
    """A server that keeps every byte of what it is sent and answers with a redirect to `target`."""

    def __init__(self, target: str = "", context: ssl.SSLContext | None = None) -> None:
        heard: list[bytes] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                self.send_response(307 if target else 500)
                self.send_header("Location", target)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815  the names are the library's
            do_CONNECT = do_POST  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.heard = heard
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.handle_error = lambda *_: None  # type: ignore[method-assign]
        if context:
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.port = self.http.server_address[1]
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    made: list[Listener] = []

    def build(*args: object) -> Listener:
        made.append(Listener(*args))  # type: ignore[arg-type]
        return made[-1]

    yield build
    for listener in made:
        listener.close()


def test_a_redirect_is_not_followed_and_the_keys_go_nowhere_else(
    make_client: Make, listen: Callable[..., Listener]
) -> None:
    elsewhere = listen()
    here = listen(f"http://127.0.0.1:{elsewhere.port}/steal")
    with pytest.raises(OutOfReach, match="redirects are never followed"):
        make_client(base_url=f"http://127.0.0.1:{here.port}").account()
    assert (len(here.heard), elsewhere.heard) == (1, [])


def test_a_proxy_never_hears_of_this_machine(make_client: Make, listen: Callable[..., Listener]) -> None:
    proxy, here = listen(), listen("http://127.0.0.1:9/")
    address = f"http://127.0.0.1:{proxy.port}"
    environment = {"HTTP_PROXY": address, "HTTPS_PROXY": address, "ALL_PROXY": address, "http_proxy": address}
    with pytest.raises(OutOfReach):
        make_client(base_url=f"http://127.0.0.1:{here.port}", environment=environment).account()
    assert (len(here.heard), proxy.heard) == (1, [])


def test_a_proxy_of_this_process_is_not_used_unless_it_was_handed_in(
    make_client: Make, listen: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, here = listen(), listen("http://127.0.0.1:9/")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
    with pytest.raises(OutOfReach):
        make_client(base_url=f"http://127.0.0.1:{here.port}").account()
    assert (len(here.heard), proxy.heard) == (1, [])


def test_a_proxy_for_https_is_asked_and_named_when_it_refuses(
    make_client: Make, listen: Callable[..., Listener]
) -> None:
    proxy = listen()
    environment = {"HTTPS_PROXY": f"http://lea:hush@127.0.0.1:{proxy.port}"}
    with pytest.raises(OutOfReach) as caught:
        make_client(base_url="https://api.lengow.invalid", environment=environment).account()
    assert f"http://127.0.0.1:{proxy.port}" in caught.value.message
    assert "hush" not in caught.value.message
    assert b"".join(proxy.heard) == b""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine that nobody has signed, with its key in the same file."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl program to make a certificate with")
    path = tmp_path / "self.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        [program, *words.split(), "-keyout", str(tmp_path / "key.pem"), "-out", str(path)],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + (tmp_path / "key.pem").read_bytes())
    return path


def test_a_certificate_that_nobody_signed_gets_nothing_unless_it_is_given_as_a_bundle(
    make_client: Make, listen: Callable[..., Listener], certificate: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    here = listen("", context)
    url = f"https://127.0.0.1:{here.port}"
    with pytest.raises(OutOfReach) as caught:
        make_client(base_url=url).account()
    assert caught.value.message == "the certificate of 127.0.0.1 cannot be trusted"
    assert here.heard == []
    with pytest.raises(OutOfReach, match="fault of its own"):
        make_client(base_url=url, ca_bundle=certificate).account()
    assert len(here.heard) == 6


def test_nobody_there_is_said_in_words(make_client: Make) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(OutOfReach) as caught:
            make_client(base_url=url).account()
    assert caught.value.message == "127.0.0.1 refused the connection (tried 6 times)"
