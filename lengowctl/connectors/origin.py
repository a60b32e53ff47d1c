"""Where a source lives: which addresses are accepted, and which proxy, if any, leads there."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from lengowctl.errors import ConfigFault

_UNREADABLE = "an unreadable address"
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Origin:
    """An accepted address. `url` is normal: lower case, no path, no default port (`https://api.lengow.io`)."""

    url: str
    host: str
    loopback: bool


def read_origin(text: str) -> Origin:
    """Check a base address: https, or http to this machine alone; no name or password, no path, no query.

    Raises ConfigFault with what is wrong; the sentence never repeats a password.
    """
    parts = _split(text)
    host = (parts.hostname or "").rstrip(".")
    loopback = is_loopback(host)
    _refuse_if(not host or parts.scheme not in _PORTS, "the address of the API must look like https://api.lengow.io")
    _refuse_if("@" in parts.netloc, "the address of the API must not hold a name or a password")
    _refuse_if(parts.scheme == "http" and not loopback, f"http is for this machine only; use https://{host}")
    _refuse_if(
        bool(parts.path.strip("/") or parts.query or parts.fragment),
        "the address of the API ends after its host and port; leave out what follows",
    )
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    return Origin(f"{parts.scheme}://{shown}{port}", host, loopback)


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_for(origin: Origin, environment: Mapping[str, str]) -> str | None:
    """The proxy that the environment asks for, or None. The loopback never goes through one.

    Read are HTTPS_PROXY, ALL_PROXY and NO_PROXY, in lower case first. Raises ConfigFault for one that is no address.
    """
    if origin.loopback or _exempt(origin.host, _lookup(environment, "no_proxy")):
        return None
    proxy = _lookup(environment, "https_proxy") or _lookup(environment, "all_proxy")
    if not proxy:
        return None
    url = proxy if "://" in proxy else f"http://{proxy}"
    if without_credentials(url) == _UNREADABLE:
        raise ConfigFault("the proxy's address cannot be read", hint="check HTTPS_PROXY and ALL_PROXY")
    return url


def without_credentials(url: str) -> str:
    """A proxy's address as it may be shown: scheme, host and port."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return _UNREADABLE
    return f"{parts.scheme}://{parts.hostname or ''}{port}"


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text.strip())
        parts.port  # noqa: B018  reading it is what checks it
    except ValueError:
        raise ConfigFault("the address of the API cannot be read; it looks like https://api.lengow.io") from None
    return parts


def _refuse_if(wrong: bool, why: str) -> None:
    if wrong:
        raise ConfigFault(why)


def _lookup(environment: Mapping[str, str], name: str) -> str:
    return (environment.get(name) or environment.get(name.upper()) or "").strip()


def _exempt(host: str, rule: str) -> bool:
    names = [name.strip().lower().lstrip(".") for name in rule.split(",")]
    return any(name == "*" or (name and (host == name or host.endswith(f".{name}"))) for name in names)
