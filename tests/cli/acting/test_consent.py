"""Who is asked, through which terminal, and what stops a run before it begins."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import pytest

from lengowctl.cli.acting.consent import over_cap, question, worth
from lengowctl.cli.acting.lot import Ready
from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.reference import OrderKey
from lengowctl.sandbox.sandbox import Sandbox
from lengowctl.sandbox.server import SandboxServer

from ...running import Shell
from ...trading import Shop

REFS = "".join(f"cdiscount:CD{number}\n" for number in range(1, 4))


def test_refusing_is_always_asked_through_the_terminal_even_from_a_pipe(shop: Shop) -> None:
    result = shop("refuse", "-", stdin=REFS, terminal=["y\n"])
    assert result.code == 0
    (question,) = shop.shell.questions
    assert question.startswith("Refuse 3 orders (cdiscount 3), ")
    assert question.endswith(" EUR in all? [y/N] ")
    assert shop.posts() == 3


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "ok\n"])
def test_anything_but_yes_sends_nothing(shop: Shop, answer: str) -> None:
    result = shop("cancel", "kaufland_de:KA1", "--reason", "NoInventory", terminal=[answer])
    assert (result.code, result.err) == (1, "lengowctl: not confirmed; nothing was sent\n")
    assert shop.posts() == 0


def test_at_a_terminal_the_question_is_asked_there(shop: Shop) -> None:
    result = shop("refuse", "cdiscount:CD1", "--no-color", stdin="yes\n", tty=True)
    assert result.code == 0
    assert result.err.startswith("Refuse 1 order (cdiscount 1), ")


def test_a_question_is_broken_between_words(shop: Shop) -> None:
    result = shop("refuse", "-", stdin=REFS, terminal=["n\n"], width=40)
    (question,) = shop.shell.questions
    assert result.code == 1
    assert question.startswith("Refuse 3 orders (cdiscount 3), ")
    assert question.endswith("all? [y/N] ")
    assert max(map(len, question.splitlines())) <= 40


def test_after_ctrl_d_talk_begins_on_a_line_of_its_own(shop: Shop) -> None:
    result = shop("refuse", "cdiscount:CD1", stdin="", tty=True)
    assert result.code == 1
    assert result.err.endswith(" [y/N] \nlengowctl: not confirmed; nothing was sent\n")


@pytest.mark.parametrize("words", [(), ("--no-input",)])
def test_nobody_to_ask_ends_with_2(shop: Shop, words: tuple[str, ...]) -> None:
    result = shop("refuse", "cdiscount:CD1", *words, terminal=["y\n"] if words else None)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "lengowctl: refuse of 1 order must be confirmed, and there is nobody to ask\n"
        "  nothing was sent; --yes answers, --dry-run shows what would be sent\n"
    )
    assert shop.posts() == 0


def test_ctrl_c_at_the_question_sends_nothing_and_says_so(shop: Shop) -> None:
    def leave(question: str) -> str | None:
        raise KeyboardInterrupt

    machine = replace(shop.shell.machine(stdin=REFS), ask_terminal=leave)
    assert run(("refuse", "-"), Runtime(machine)) == 130
    assert isinstance(machine.stderr, io.StringIO)
    assert machine.stderr.getvalue() == "lengowctl: interrupted; nothing was sent\n"
    assert shop.posts() == 0


def test_yes_answers(shop: Shop) -> None:
    assert shop("refuse", "-", "--yes", stdin=REFS).code == 0


def test_what_was_done_before_is_not_asked_about(shop: Shop) -> None:
    shop("refuse", "cdiscount:CD1", "--yes")
    assert shop.told("refuse", "cdiscount:CD1") == [("cdiscount:CD1", "already_done")]


def ready(marketplace: str, total: str | None, currency: str | None = "EUR", action: str = "refuse") -> Ready:
    return Ready(OrderKey(marketplace, "1"), action, (), Decimal(total) if total else None, currency)


@pytest.mark.parametrize(
    ("orders", "asked"),
    [
        ([ready("bol", "9.5")], "Refuse 1 order (bol 1), 9.50 EUR in all?"),
        (
            [ready("bol", "9.5"), ready("fnac", "1", action="cancel"), ready("fnac", "2", action="cancel")],
            "Send 1 refuse, 2 cancel (fnac 2, bol 1), 12.50 EUR in all?",
        ),
        (
            [ready(f"shop_{n}", "1") for n in range(6)],
            "Refuse 6 orders (shop_0 1, shop_1 1, shop_2 1, shop_3 1, shop_4 1, shop_5 1), 6.00 EUR in all?",
        ),
        (
            [ready(f"shop_{n}", "1") for n in range(8)],
            "Refuse 8 orders (shop_0 1, shop_1 1, shop_2 1, shop_3 1, shop_4 1, shop_5 1 and 2 more marketplaces), "
            "8.00 EUR in all?",
        ),
    ],
)
def test_the_question_says_how_many_where_and_how_much(orders: list[Ready], asked: str) -> None:
    assert question(orders) == asked


def test_what_orders_are_worth_is_told_by_currency_with_what_nobody_knows() -> None:
    several = [ready("bol", "80", "GBP"), ready("bol", "1200", "JPY"), ready("bol", "0.5"), ready("bol", "120")]
    assert worth(several) == "120.50 EUR and 80.00 GBP and 1200 JPY"
    assert (
        worth([*several[3:], ready("bol", None), ready("bol", "3", None)])
        == "3.00 and 120.00 EUR and 1 of unknown value"
    )
    assert worth([]) == "nothing"


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        (["10", "10"], None),
        (["10", "10.01"], "2 orders worth 20.01 EUR are more than one run may act on (20)"),
        (["20.01"], "1 order worth 20.01 EUR is more than one run may act on (20)"),
        (["1", None], "the total of bol:1 is not known, and the value of a run is capped"),
        (["1"] * 4, "4 orders are more than one run may act on (3)"),
        ([], None),
    ],
)
def test_a_run_may_be_worth_so_much_and_no_more(shop: Shop, totals: list[str | None], said: str | None) -> None:
    shop.shell.write_config("[profiles.main]\nmax_orders_per_run = 3\nmax_value_per_run = 20\n")
    runtime = Runtime(replace(shop.shell.machine(), env={"LENGOWCTL_PROFILE": "main"}))
    over = over_cap(runtime, [ready("bol", total) for total in totals], None)
    assert (over and over.said) == said


def _profile(shop: Shop, server: SandboxServer, world: Sandbox, more: str) -> Shell:
    info = world.info()
    shell = Shell(shop.shell.home, clock=shop.shell.clock)
    shell.write_config(
        f'[profiles.main]\nbase_url = "{server.base_url}"\naccess_token = "{info.access_token}"\n'
        f'secret = "{info.secret}"\n{more}'
    )
    return shell


@pytest.mark.parametrize(
    ("more", "words", "code", "says"),
    [
        ("confirm_above = 2\n", (), 2, "accept of 3 orders must be confirmed, and there is nobody to ask"),
        ("confirm_above = 2\n", ("--yes",), 0, "accept: 3 sent"),
        ("confirm_above = 3\n", (), 0, "accept: 3 sent"),
        ("max_orders_per_run = 2\n", ("--yes",), 1, "3 orders are more than one run may act on (2); nothing was sent"),
        ("max_orders_per_run = 2\n", ("--yes", "--max-orders", "3"), 0, "accept: 3 sent"),
        ("", ("--yes", "--max-orders", "2"), 1, "3 orders are more than one run may act on (2); nothing was sent"),
        ("max_orders_per_run = 2\n", ("--dry-run",), 0, "warning: a run would stop here: 3 orders are more than"),
        ("max_value_per_run = 100000\n", ("--yes",), 0, "accept: 3 sent"),
        (
            "max_value_per_run = 0.5\n",
            ("--yes", "--max-orders", "9"),
            1,
            " more than one run may act on (0.5); nothing was sent\n"
            "  check the selection first; act on fewer at once, or raise max_value_per_run in the configuration\n",
        ),
        ("read_only = true\n", ("--yes",), 1, "the profile main is read only"),
        ("read_only = true\n", ("--dry-run",), 0, "accept, dry run: 3 would send"),
    ],
)
def test_the_profiles_limits_hold(shop: Shop, more: str, words: tuple[str, ...], code: int, says: str) -> None:
    with shop.world() as world, SandboxServer(world) as server:
        shell = _profile(shop, server, world, more)
        assert shell("sync", "-q").code == 0
        result = shell("accept", "-", *words, stdin=REFS)
    assert result.code == code
    assert says in result.err
    assert shop.posts() == (3 if "3 sent" in says else 0)


def test_own_names_of_carriers_and_the_country_come_from_the_configuration(shop: Shop) -> None:
    more = 'from_country = "FR"\n[carriers]\nposte = { cdiscount = "Colissimo" }\n'
    with shop.world() as world, SandboxServer(world) as server:
        shell = _profile(shop, server, world, more)
        shell("sync", "-q")
        accepted = shell("accept", "fnac:FN1", "--dry-run")
        shipped = shell(
            "ship", "cdiscount:CS1", "--carrier", "Poste", "--tracking-number", "6A12345678901", "--dry-run"
        )
    assert '{"expedition_country_code":"FR"}' in accepted.out
    assert '{"carrier":"Colissimo","tracking_number":"6A12345678901"}' in shipped.out
