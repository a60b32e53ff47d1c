"""`sync --watch` as a service manager runs it: a real process over HTTP, and its signals."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from .started import HANGS, Service, ended, service_in


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with service_in(tmp_path) as service:
        service.env["JOURNAL_STREAM"] = "8:1"
        yield service


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_between_two_rounds_ends_it_with_0(service: Service, stop: signal.Signals) -> None:
    process = service.start("sync", "--watch", "--interval", "1h")
    assert process.stderr is not None
    said = process.stderr.readline()  # the round is over: it waits for the next one
    assert said.startswith("synchronised: ")
    process.send_signal(stop)
    assert ended(process) == (0, "", "")


@pytest.mark.parametrize(("skip", "stop"), [(0, signal.SIGTERM), (4, signal.SIGINT)])
def test_a_signal_in_the_middle_of_a_round_ends_it_with_0(service: Service, skip: int, stop: signal.Signals) -> None:
    """Lengow says nothing; what was read until then is kept, and the next run goes on from there."""
    service.fall_silent(after=skip)
    process = service.start("sync", "--watch", patient=True)
    assert service.stop_in_silence(process, stop) == (0, "", "")
    service.world.clear_faults()
    service.once()
    assert service.orders() > 200


def test_others_write_between_its_rounds(service: Service) -> None:
    process = service.start("sync", "--watch", "--interval", "1h")
    assert process.stderr is not None
    process.stderr.readline()
    service.world.touch_many(service.world.refs()[:7])
    assert service.once().startswith("synchronised: ")
    process.send_signal(signal.SIGTERM)
    assert process.wait(HANGS) == 0


def test_keys_that_lengow_does_not_take_end_it_with_4(service: Service) -> None:
    service.env["LENGOWCTL_SECRET"] = "wrong"
    code, out, err = ended(service.start("sync", "--watch"))
    assert (code, out) == (4, ""), err


def test_a_feed_in_a_pipe_hands_over_at_once_and_ends_with_its_reader(service: Service) -> None:
    service.once()
    feed = service.start("list", "--watch", "-o", "ids", "--interval", "1s")
    assert feed.stdout is not None
    for _ in range(service.orders()):
        feed.stdout.readline()
    refs = service.world.refs()[:1]
    service.world.touch_many(refs)
    service.once()
    assert feed.stdout.readline().startswith(f"{refs[0][0]}:")
    feed.stdout.close()
    service.world.touch_many(refs)
    service.once()
    assert feed.wait(HANGS) == 0
    assert feed.stderr is not None
    assert feed.stderr.read() == ""
    feed.stderr.close()
    service.running.remove(feed)
