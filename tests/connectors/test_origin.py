"""Which addresses are accepted, and which proxy leads there."""

from __future__ import annotations

import pytest

from lengowctl.connectors.origin import Origin, proxy_for, read_origin, without_credentials
from lengowctl.errors import ConfigFault


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://api.lengow.io", Origin("https://api.lengow.io", "api.lengow.io", False)),
        ("HTTPS://API.Lengow.io:443/ ", Origin("https://api.lengow.io", "api.lengow.io", False)),
        ("https://api.lengow.net:8443", Origin("https://api.lengow.net:8443", "api.lengow.net", False)),
        ("http://127.0.0.1:8080", Origin("http://127.0.0.1:8080", "127.0.0.1", True)),
        ("http://127.9.9.9", Origin("http://127.9.9.9", "127.9.9.9", True)),
        ("http://localhost:80", Origin("http://localhost", "localhost", True)),
        ("http://[::1]:9000", Origin("http://[::1]:9000", "::1", True)),
    ],
)
def test_good_addresses_are_made_normal(text: str, origin: Origin) -> None:
    assert read_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "", "api.lengow.io", "ftp://api.lengow.io", "https://", "http://api.lengow.io", "http://10.0.0.1",
        "http://localhost.evil.example", "http://127.0.0.1.evil.example", "https://api.lengow.io/v3.0",
        "https://api.lengow.io?x=1", "https://api.lengow.io#x", "https://api.lengow.io:99999", "https://[::1",
        "https://lea:hush@api.lengow.io", "https://hush@api.lengow.io", "https://@api.lengow.io", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_bad_addresses_are_refused_without_repeating_a_password(text: str) -> None:
    with pytest.raises(ConfigFault) as caught:
        read_origin(text)
    assert "hush" not in caught.value.message


LENGOW = read_origin("https://api.lengow.io")


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ({"https_proxy": "proxy:3128", "HTTPS_PROXY": "http://other"}, "http://proxy:3128"),
        ({"ALL_PROXY": "socks5://proxy"}, "socks5://proxy"),
        ({"HTTP_PROXY": "http://proxy:3128"}, None),
        ({"HTTPS_PROXY": "http://proxy", "NO_PROXY": "localhost, .lengow.io"}, None),
        ({"HTTPS_PROXY": "http://proxy", "NO_PROXY": "gow.io"}, "http://proxy"),
        ({"HTTPS_PROXY": "http://proxy", "no_proxy": "*"}, None),
        ({"HTTPS_PROXY": " "}, None),
    ],
)
def test_the_environment_names_the_proxy(environment: dict[str, str], proxy: str | None) -> None:
    assert proxy_for(LENGOW, environment) == proxy


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "https://127.0.0.1:1"])
def test_this_machine_is_never_reached_through_a_proxy(url: str) -> None:
    assert proxy_for(read_origin(url), {"HTTPS_PROXY": "http://p", "ALL_PROXY": "http://p"}) is None


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(ConfigFault) as caught:
        proxy_for(LENGOW, {"HTTPS_PROXY": "http://lea:hush@[x"})
    assert "hush" not in caught.value.message


def test_a_proxy_is_shown_without_its_password() -> None:
    assert without_credentials("http://lea:hush@proxy:3128/x") == "http://proxy:3128"
    assert without_credentials("http://lea:hush@[bad") == "an unreadable address"
