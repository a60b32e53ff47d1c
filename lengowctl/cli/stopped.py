"""Whether a wish to stop (Ctrl-C, SIGTERM) is behind an error."""

from __future__ import annotations


def was_stopped(fault: BaseException | None) -> bool:
    """Whether a Ctrl-C is behind it: Python itself makes other errors of one, as while a class is being built."""
    while fault is not None and not isinstance(fault, KeyboardInterrupt):
        fault = fault.__cause__ or fault.__context__
    return fault is not None
