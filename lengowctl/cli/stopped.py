"""Whether a wish to stop (Ctrl-C, SIGTERM) is behind an error."""

from __future__ import annotations

from lengowctl.errors import behind


def was_stopped(fault: BaseException) -> bool:
    """Whether a Ctrl-C is behind it: Python itself makes other errors of one, as while a class is being built."""
    return any(isinstance(link, KeyboardInterrupt) for link in behind(fault))
