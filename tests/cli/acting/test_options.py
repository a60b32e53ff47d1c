"""What is typed, as values: lines with pieces, arguments by name, and options where they make sense."""

from __future__ import annotations

import pytest

from lengowctl.cli.acting.options import OPTIONS, RetryWanted, StopWanted, Wanted, read_extra, read_line
from lengowctl.errors import UsageFault
from lengowctl.orders.arguments import FLAGS

from ...running import Result
from ...trading import Shop

#: What cannot be meant, and what is said to it.
UNMEANT = {
    "accept -s waiting_acceptance --limit -1": "--limit is less than 0\n  0 means all",
    "accept cdiscount:CD1 --limit 3": "--limit and --sort go with filters, and there are none\n  for instance "
    "--status …",
    "accept cdiscount:CD1 --sort total": "--limit and --sort go with filters, and there are none\n  for instance "
    "--status …",
    "accept cdiscount:CD1 --report=": "--report is empty",
    "accept cdiscount:CD1 --plan=": "--plan is empty",
    "accept cdiscount:CD1 --hold 31d": "--hold: more than 30 days is no hold\n  write it as 10m or 2h; --plan keeps it "
    "longer",
    "accept cdiscount:CD1 --dry-run --plan p.json": "--dry-run writes nothing, so it goes with no --plan",
    "accept cdiscount:CD1 --max-orders 0": "--max-orders is less than 1",
    "accept cdiscount:CD1 --wait-timeout 10m": "--wait-timeout says how long to wait; say --wait too",
    "ship --from x.csv --line 1": "--line goes with one reference only\n  x.csv says it for each order, in a column "
    "line",
    "actions retry 1 2 --line 1": "--line goes with one action only",
    "actions list --state ,": "--state is empty",
}


def test_every_flag_has_its_option_and_no_other() -> None:
    assert {row.name for row in OPTIONS} == set(FLAGS)
    retry = {parameter.name for parameter in RetryWanted.declared()}
    assert retry == {*FLAGS, "line", "arg", "force_tracking"}
    assert "line" not in {parameter.name for parameter in StopWanted.declared()}


@pytest.mark.parametrize(
    ("text", "line"),
    [("L1", ("L1", None)), ("L1=2", ("L1", 2)), ("a=b", ("a=b", None)), ("a=b=3", ("a=b", 3)), (" L ", ("L", None))],
)
def test_a_line_may_say_how_many_pieces(text: str, line: tuple[str, int | None]) -> None:
    assert read_line(text, "--line") == line


@pytest.mark.parametrize("text", ["", "=2", "L=0", "L=00", "L=1234567890"])
def test_a_line_without_sense_is_refused(text: str) -> None:
    with pytest.raises(UsageFault, match=r"^--line: "):
        read_line(text, "--line")


def test_an_argument_by_name_may_be_deliberately_empty() -> None:
    assert (read_extra("a=b=c"), read_extra("a=")) == (("a", "b=c"), ("a", ""))
    with pytest.raises(UsageFault):
        read_extra("=x")


def test_a_verb_without_options_asks_for_nothing() -> None:
    assert Wanted.gather({"arg": None, "line": None}).ask.given == {}


def test_what_cannot_be_meant_ends_with_2_before_anything_is_done(shop: Shop) -> None:
    told = {words: shop(*words.split()) for words in UNMEANT}
    assert told == {words: Result(2, "", f"lengowctl: {says}\n") for words, says in UNMEANT.items()}
    assert shop.posts() == 0
