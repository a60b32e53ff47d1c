"""Keeps secrets and people out of messages, of trace lines and of the logs of the HTTP library."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

from lengowctl.connectors.secret import MASK, Secret

_TOKEN = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\b[0-9a-z]{64}\b")
_E_MAIL = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+")
_LOGGERS = (
    "httpx",
    *(f"httpcore{part}" for part in ("", ".connection", ".http11", ".http2", ".proxy", ".socks")),
)
#: Query parameters whose values may be shown: they name no order and no person.
_SHOWN = frozenset(
    {"account_id", "marketplace", "page", "page_size", "lengow_status", "updated_from", "updated_to"}
    | {"marketplace_order_date_from", "marketplace_order_date_to"}
)
_QUERY = re.compile(r"\?[^\s\"']*")


class Masks:
    """Texts that are known to be secret, and everything that looks like one."""

    def __init__(self) -> None:
        self._secrets: tuple[str, ...] = ()

    def hide(self, *secrets: Secret) -> None:
        """Never show these from now on."""
        fresh = {secret.reveal() for secret in secrets if secret} - set(self._secrets)
        if fresh:
            self._secrets = tuple(sorted({*self._secrets, *fresh}, key=len, reverse=True))

    def mask(self, words: str) -> str:
        """The words without secrets, tokens and e-mail addresses."""
        for secret in self._secrets:
            words = words.replace(secret, MASK)
        return _E_MAIL.sub(MASK, _TOKEN.sub(MASK, words))


def shown_url(path: str, params: Iterable[tuple[str, str]]) -> str:
    """Path and query for a trace line; values that may name an order or a person are masked."""
    query = "&".join(f"{name}={value if name in _SHOWN else MASK}" for name, value in params)
    return f"{path}?{query}" if query else path


class _OurFilter(logging.Filter):
    """httpx logs whole URLs, httpcore whole response headers: leave the name of the event and nothing else."""

    def filter(self, record: logging.LogRecord) -> bool:
        whole = record.getMessage()
        plain = _TOKEN.sub(MASK, _QUERY.sub(f"?{MASK}", whole))
        record.msg, record.args = (plain if record.name == "httpx" else whole.split(" ", 1)[0]), ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


_filter = _OurFilter()


def quiet_http_logs() -> None:
    """Put our filter on the HTTP library's loggers. Safe to call again."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_filter)
