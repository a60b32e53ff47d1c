"""What a run gets from the machine it really runs on."""

from __future__ import annotations

import os
import signal

import pytest

from lengowctl.cli.machine import this_machine

from ..terminals import hangups_heard

GENTLE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.mark.parametrize("first", GENTLE, ids=lambda number: str(number.name))
def test_the_first_wish_to_stop_calls_back_and_the_next_one_is_what_it_was_before(first: signal.Signals) -> None:
    """The end of a terminal may be told twice; Ctrl-C after it is still heard."""
    called: list[int] = []

    def stop_twice() -> None:
        with this_machine().on_stop(lambda: called.append(first)):
            os.kill(os.getpid(), first)
            os.kill(os.getpid(), signal.SIGHUP)
            assert called == [first]
            os.kill(os.getpid(), signal.SIGINT)

    with hangups_heard():
        before = [signal.getsignal(number) for number in GENTLE]
        with pytest.raises(KeyboardInterrupt):
            stop_twice()
        assert [signal.getsignal(number) for number in GENTLE] == before


def test_who_is_to_outlive_the_terminal_does() -> None:
    """As below nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    called: list[int] = []
    try:
        with this_machine().on_stop(lambda: called.append(1)):
            os.kill(os.getpid(), signal.SIGHUP)
            assert called == []
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
