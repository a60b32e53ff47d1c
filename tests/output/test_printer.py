"""The two streams: data on one, talk on the other."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lengowctl.errors import DiskFull, FileFault, Interrupted, LengowctlError, UnknownOrder
from lengowctl.output.printer import Printer
from lengowctl.output.screen import Screen

from .samples import DANGEROUS, HOSTILE, NOW, PARIS, unsafe, widest


def printer(
    *,
    out: io.TextIOBase | None = None,
    err: io.TextIOBase | None = None,
    tty: bool = False,
    color: bool = False,
    quiet: bool = False,
    verbose: bool = False,
) -> Printer:
    return Printer(
        out or io.StringIO(),  # type: ignore[arg-type]
        err or io.StringIO(),  # type: ignore[arg-type]
        out_tty=tty,
        err_tty=tty,
        width=80,
        color=color,
        quiet=quiet,
        verbose=verbose,
        now=lambda: NOW,
        zone=PARIS,
    )


def talk(say: Callable[[Printer], None], **how: bool) -> str:
    made = printer(**how)  # type: ignore[arg-type]
    say(made)
    assert isinstance(made.out, io.StringIO)
    assert isinstance(made.err, io.StringIO)
    assert made.out.getvalue() == ""
    return made.err.getvalue()


def test_data_goes_out_as_it_is() -> None:
    made = printer()
    made.data('{"a": 1}')
    made.flush()
    assert isinstance(made.out, io.StringIO)
    assert made.out.getvalue() == '{"a": 1}\n'


@pytest.mark.parametrize(
    ("how", "said", "noted", "traced"),
    [
        ({}, True, False, False),
        ({"tty": True}, True, True, False),
        ({"verbose": True}, True, True, True),
        ({"quiet": True}, False, False, False),
        ({"quiet": True, "tty": True}, False, False, False),
        ({"quiet": True, "verbose": True}, False, True, True),
    ],
)
def test_how_much_is_said_depends_on_what_was_asked_and_who_listens(
    how: dict[str, bool], said: bool, noted: bool, traced: bool
) -> None:
    assert bool(talk(lambda made: made.say("done"), **how)) == said
    assert bool(talk(lambda made: made.note("as of 3 min ago"), **how)) == noted
    assert bool(talk(lambda made: made.trace("GET /orders"), **how)) == traced
    assert talk(lambda made: made.warn("a hole"), **how) == "lengowctl: warning: a hole\n"
    assert talk(lambda made: made.error(LengowctlError("no")), **how) == "lengowctl: no\n"


def test_an_error_is_one_sentence_and_the_way_on() -> None:
    fault = UnknownOrder("bol:1 is not in the cache", hint="run lengowctl sync\nor check the number")
    assert talk(lambda made: made.error(fault)) == (
        "lengowctl: bol:1 is not in the cache\n  run lengowctl sync\n  or check the number\n"
    )


def test_on_a_terminal_no_word_of_talk_is_broken_at_the_edge() -> None:
    """Elsewhere a sentence is a line."""
    sentence = "two orders were left out, since " + "their marketplace takes no refusal " * 3
    assert talk(lambda made: made.warn(sentence)).count("\n") == 1
    lines = talk(lambda made: made.warn(sentence), tty=True).splitlines()
    assert " ".join(line.strip() for line in lines).split() == f"lengowctl: warning: {sentence}".split()
    assert len(lines) == 2
    assert widest("\n".join(lines)) <= 80


@pytest.mark.parametrize(
    "say", [Printer.say, Printer.warn, Printer.trace, Printer.note], ids=lambda say: str(say.__name__)
)
def test_talk_is_cleaned(say: Callable[[Printer, str], None]) -> None:
    assert not unsafe(talk(lambda made: say(made, HOSTILE), verbose=True))
    assert not unsafe(talk(lambda made: say(made, "".join(DANGEROUS)), verbose=True))


def test_foreign_text_cannot_forge_a_line_of_an_error() -> None:
    forged = UnknownOrder("no order x\nlengowctl: all is well", hint="a\rb\x1b[2J\n  c")
    text = talk(lambda made: made.error(forged))
    assert not unsafe(text)
    assert [line for line in text.splitlines() if line.startswith("lengowctl:")] == [
        "lengowctl: no order x\\nlengowctl: all is well"
    ]


class Closed(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError

    def flush(self) -> None:
        raise BrokenPipeError


class Full(io.StringIO):
    def __init__(self, code: int) -> None:
        super().__init__()
        self._code = code

    def flush(self) -> None:
        raise OSError(self._code, os.strerror(self._code))


def test_a_reader_of_the_data_that_went_away_is_left_to_the_one_place_for_it() -> None:
    made = printer(out=Closed())
    with pytest.raises(BrokenPipeError):
        made.data("x")
    with pytest.raises(BrokenPipeError):
        made.flush()


def test_talk_that_nobody_hears_is_lost_without_a_word() -> None:
    made = printer(err=Closed())
    made.say("x")
    made.warn("x")
    made.error(LengowctlError("x"))


def test_data_that_cannot_be_written_is_a_fault_in_words() -> None:
    with pytest.raises(DiskFull, match="the output"):
        printer(out=Full(errno.ENOSPC)).flush()
    with pytest.raises(FileFault, match="input/output error"):
        printer(out=Full(errno.EIO)).flush()


def test_hanging_up_makes_what_is_still_buffered_go_nowhere(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream:
        made = printer(out=stream)
        made.data("x")
        os.close(reading)
        made.hang_up()
        made.flush()
    printer().hang_up()


def test_what_was_printed_before_stands_before_where_both_streams_are_one(tmp_path: Path) -> None:
    """As with `2>&1`."""
    path = tmp_path / "both"
    with path.open("w") as out, path.open("a") as err:
        made = printer(out=out, err=err)
        made.data("a row")
        made.say("1 row")
    assert path.read_text() == "a row\n1 row\n"


def test_a_stop_is_told_below_the_terminals_echo_of_it() -> None:
    told = Interrupted("interrupted")
    assert talk(lambda it: it.error(told), tty=True) == "\nlengowctl: interrupted\n"
    assert talk(lambda it: it.error(told)) == "lengowctl: interrupted\n"
    assert talk(lambda it: (it.below_stop(), it.say("2 sent"), it.error(told)), tty=True) == (  # type: ignore[arg-type]
        "\n2 sent\nlengowctl: interrupted\n"
    )


def test_the_screen_is_what_the_reader_sees_now() -> None:
    assert printer(tty=True, color=True).screen == Screen(NOW, PARIS, 80, tty=True, color=True)


def test_progress_is_shown_on_a_terminal_only() -> None:
    for how in ({}, {"quiet": True, "tty": True}):
        made = printer(**how)  # type: ignore[arg-type]
        with made.progress("Reading", 10) as progress:
            progress.advance()
            progress.total(20)
            progress.text("page 3")
        assert isinstance(made.err, io.StringIO)
        assert made.err.getvalue() == ""


@pytest.mark.parametrize("total", [None, 0, 10])
def test_a_bar_tells_how_far_and_what_is_going_on_and_talk_stands_above_it(total: int | None) -> None:
    made = printer(tty=True)
    with made.progress("Reading", total) as progress:
        progress.advance(5)
        progress.total(1234)
        progress.text(HOSTILE)
        made.warn("a hole " + HOSTILE)
        with made.progress("Inside", 3) as inner:
            inner.advance()
    made.say("done")
    assert isinstance(made.err, io.StringIO)
    text = made.err.getvalue()
    assert "lengowctl: warning: a hole \\x1b[31mred" in text
    assert "5 of 1,234" in text
    assert text.endswith("done\n")
    assert not unsafe(moves_aside(text), allowed="\n\r")


def moves_aside(text: str) -> str:
    """Without the movements of the cursor that a bar is made of."""
    import re

    return re.sub(r"\x1b\[(\?25[lh]|\d*[AK]|2K)", "", text)


def test_a_bar_never_wraps() -> None:
    made = printer(tty=True)
    with made.progress("Reading orders of amazon_fr", 100_000) as progress:
        progress.advance(50_000)
        progress.text("waiting 12 s for the request budget of the orders route, which is used up")
    assert isinstance(made.err, io.StringIO)
    assert widest(moves_aside(made.err.getvalue()).replace("\r", "\n")) <= 80
