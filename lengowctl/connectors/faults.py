"""Every exception of the HTTP library in our words, and whether another try may cure it."""

from __future__ import annotations

import socket
import ssl
import zlib

import httpx

from lengowctl.errors import BadAnswer, OutOfReach, behind

#: What `translate` knows; nothing else is expected from the HTTP library.
FOREIGN = (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError, zlib.error, OSError)

_CHECK = "check the network, the proxy settings and the address of the API; nothing was lost"
_CHANCE = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError, httpx.DecodingError, httpx.ProxyError)

#: Raised while a connection is made or waited for, and at no other time. ProxyError: it refused to make the tunnel,
#: and of what goes through a tunnel it sees nothing.
_BEFORE_THE_FIRST_BYTE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def translate(fault: Exception, host: str) -> OutOfReach:
    """One of ours for one of theirs. The sentence holds the host and nothing else of the request."""
    if isinstance(fault, httpx.PoolTimeout):
        return OutOfReach(f"too many requests to {host} are waiting for a connection", hint=_CHECK)
    if isinstance(fault, httpx.ConnectTimeout):
        return OutOfReach(f"could not connect to {host} in time", hint=_CHECK)
    if isinstance(fault, httpx.TimeoutException | TimeoutError):
        return OutOfReach(f"{host} did not answer in time")
    if isinstance(fault, httpx.ProxyError):
        return OutOfReach(f"the proxy on the way to {host} refused or failed", hint="check HTTPS_PROXY and NO_PROXY")
    if isinstance(fault, httpx.DecodingError | zlib.error):
        return BadAnswer(f"the answer of {host} was cut off or garbled")
    if isinstance(fault, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError | httpx.CloseError):
        return OutOfReach(f"the connection to {host} broke before the answer was complete")
    if isinstance(fault, httpx.ConnectError | OSError):
        return _no_connection(fault, host)
    return OutOfReach(f"{host} could not be asked ({type(fault).__name__})", hint=_CHECK)


def never_left(fault: BaseException | None) -> bool:
    """Whether an exception of the HTTP library proves that no byte of the request has left."""
    return isinstance(fault, _BEFORE_THE_FIRST_BYTE)


def may_heal(fault: Exception) -> bool:
    """Whether another try may succeed: chance may, a wrong certificate or a wrong address will not."""
    if _cause(fault, ssl.SSLCertVerificationError):
        return False
    return isinstance(fault, (*_CHANCE, zlib.error, OSError))


def _no_connection(fault: Exception, host: str) -> OutOfReach:
    if _cause(fault, ssl.SSLCertVerificationError):
        hint = "a proxy that reads along needs its certificate given as a CA bundle; checks cannot be turned off"
        return OutOfReach(f"the certificate of {host} cannot be trusted", hint=hint)
    if _cause(fault, ssl.SSLError):
        return OutOfReach(f"no secure connection to {host} could be made", hint=_CHECK)
    if _cause(fault, socket.gaierror):
        return OutOfReach(f"the name {host} cannot be found", hint=_CHECK)
    if _cause(fault, ConnectionRefusedError):
        return OutOfReach(f"{host} refused the connection", hint=_CHECK)
    return OutOfReach(f"could not connect to {host}", hint=_CHECK)


def _cause(fault: BaseException, kind: type[BaseException]) -> bool:
    """Whether an exception of this kind stands anywhere in the chain."""
    return any(isinstance(link, kind) for link in behind(fault))
