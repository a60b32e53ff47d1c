"""Text that steers terminals, is no text, or is a formula, in every place that a buyer or a seller can write to."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.orders.reference import format_ref
from lengowctl.output.guard import undo

from ..full import FULL
from ..running import Shell
from .harness import Shop, shop

#: What must reach no terminal and no pipe; line breaks and tabs are the program's own.
DANGEROUS = [
    *map(chr, (*range(0x20), *range(0x7F, 0xA0))),
    "\u061c",
    "\u200b",
    "\u200e",
    "\u200f",
    *map(chr, (*range(0x2028, 0x202F), *range(0x2060, 0x206A))),
    "\ufeff",
    *map(chr, (0xE0001, 0xE0041, 0xE007F)),
    "\ud800",
    "\udfff",
]
MARKUP = (
    "[/]",
    "[link=https://evil.example]x[/link]",
    "[bold red]b[/]",
    ":smile:",
    "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07",
)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "|cmd", "%0A", "\tx", "\rx", "＝1", "＋1", "'quoted", '=HYPERLINK("x")')
_UNSAFE = re.compile("[" + "".join(map(re.escape, (char for char in DANGEROUS if char not in "\n\t"))) + "]")

COMMANDS = (
    ("list", "-n", "0", "--columns", "ref,customer,email,city,postcode,address,skus,carrier,marketplace_status"),
    ("list", "-n", "0", "-o", "csv"),
    ("list", "-n", "0", "-o", "tsv"),
    ("list", "-n", "0", "-o", "json"),
    ("list", "-n", "0", "-o", "jsonl"),
    ("list", "-n", "0", "-o", "ids"),
    ("list", "-n", "0", "-o", "table"),
    ("due", "-n", "0"),
    ("status",),
    ("status", "-o", "json"),
    ("statuses",),
    ("marketplaces", "list"),
    ("db", "info"),
    ("db", "info", "-o", "json"),
    ("db", "check"),
    ("db", "query", "select * from orders"),
    ("db", "query", "-o", "json", "select * from lines"),
    ("db", "query", "-o", "table", "select ref, customer from orders"),
    ("export", "--rows", "line"),
    ("export", "--rows", "parcel", "-o", "tsv"),
    ("export", "-o", "jsonl"),
    ("show", "-"),
    ("show", "-", "-o", "json"),
    ("show", "-", "-o", "jsonl"),
    ("list", "--verbose", "-n", "1"),
    ("sync", "--verbose", "--full"),
)


def vile(place: Shop) -> list[str]:
    """Orders with such text everywhere that a person outside can write; their references."""
    place.world.configure(lively=False)
    texts = [f"a{char}b" for char in DANGEROUS] + [*MARKUP, *FORMULAS]
    refs = place.world.refs()[: len(texts) // 4 + 1]
    for nth, key in enumerate(refs):
        mine = texts[nth * 4 : nth * 4 + 4] or texts[:1]
        order = place.world.order(*key)
        spoil = iter([*mine, "plain"] * 40)
        for package in order["packages"]:
            package["delivery"] = {**package["delivery"], **_address(spoil)}
            for tracking in package["delivery"].get("trackings") or []:
                tracking.update(
                    carrier=next(spoil), number=next(spoil), method=next(spoil), url=f"https://x.example/{next(spoil)}"
                )
            for line in package["cart"]:
                line.update(title=next(spoil), category=next(spoil), marketplace_status=next(spoil))
                line["merchant_product_id"] = {"field": "SKU", "id": next(spoil)}
        order.update(
            billing_address=_address(spoil),
            comments=[next(spoil)],
            marketplace_status=next(spoil),
            merchant_order_id=[next(spoil)],
            marketplace_customer_id=next(spoil),
            invoice_number=next(spoil),
        )
        # As escapes, which is the one way in which a lone surrogate can come; the dates stay as they are listed.
        place.world.poison(key, json.dumps(order).encode("ascii"), bump=False)
    place.world.tick(timedelta(minutes=2))
    return [format_ref(*key) for key in refs]


def _address(texts) -> dict[str, str]:
    names = (
        "company",
        "first_name",
        "last_name",
        "full_name",
        "first_line",
        "second_line",
        "complement",
        "zipcode",
        "city",
        "email",
        "phone_home",
    )
    return {"common_country_iso_a2": "FR", **{name: next(texts) for name in names}}


@pytest.fixture
def place(tmp_path: Path):
    with shop(Shell(tmp_path), orders=80) as opened:
        yield opened


def test_nothing_dangerous_leaves_any_command_on_a_terminal_or_a_pipe(
    place: Shop, tried: Callable[[int], None]
) -> None:
    refs = vile(place)
    synced = place.run("sync", "--verbose")
    assert synced.code == 0, synced.err
    refs = [ref for ref in refs if ref in place.run("list", "-n", "0", "-o", "ids").out.split()]
    assert _UNSAFE.findall(synced.err) == []
    for words in COMMANDS if FULL else (*COMMANDS[:1], *COMMANDS[4:5], *COMMANDS[21:23]):
        for tty in (True, False) if words[0] != "sync" else (False,):
            result = place.run(*words, "--no-color", stdin="\n".join(refs) if not tty else "", tty=tty, width=120)
            if words[0] == "show" and tty:
                result = place.run("show", *refs[:20], *words[2:], "--no-color", tty=True)
            assert result.code == 0, (words, result.err)
            assert _UNSAFE.findall(result.out.replace("\r\n", "\n") + result.err) == [], (words, tty)
            assert "Traceback" not in result.err
        tried(1)


def test_json_gives_every_text_back_exactly_but_for_what_no_database_holds(place: Shop) -> None:
    refs = vile(place)
    place.run("sync")
    told = {}
    for line in place.run("export", "-o", "jsonl", "--columns", "ref,city,customer").out.splitlines():
        row = json.loads(line)
        told[row["ref"]] = row
    cities = {row["city"] for row in told.values() if row["ref"] in refs}
    assert len(cities & {f"a{char}b" for char in DANGEROUS}) > 10
    assert cities <= {f"a{char}b" for char in DANGEROUS} | {"a\ufffdb", "plain", *MARKUP, *FORMULAS}


def test_no_cell_of_a_csv_is_a_formula_and_the_guard_is_undone_exactly(place: Shop) -> None:
    vile(place)
    place.run("sync")
    guarded = list(csv.DictReader(io.StringIO(place.run("export", "--rows", "line").out)))
    bare = list(csv.DictReader(io.StringIO(place.run("export", "--rows", "line", "--no-guard").out)))
    risky = [cell for row in guarded for name, cell in row.items() if cell[:1] in tuple("=+-@|%\t\r＝＋－＠")]
    assert [cell for cell in risky if not re.fullmatch(r"-?\d+(\.\d+)?", cell)] == []
    for safe, row in zip(guarded, bare, strict=True):
        assert {name: undo(cell) for name, cell in safe.items()} == row


def test_a_hostile_answer_is_told_without_its_teeth(tmp_path: Path) -> None:
    """Messages of the API, references that nobody knows, names in files: all are shown, none acts."""
    evil = "\x1b[2J\u202e[/]" + "\u2028"
    with shop(Shell(tmp_path), orders=10) as place:
        place.run("sync")
        for words in (
            ("show", f"amazon_fr:{evil}"),
            ("show", evil),
            ("list", "--columns", evil),
            ("list", "-s", evil),
            ("list", "--search", evil),
            ("list", "--sort", evil),
            ("export", "--to", str(tmp_path / "no" / evil)),
            ("db", "query", evil),
            ("marketplaces", "show", evil),
            ("list", "--view", evil),
            (evil,),
            ("list", f"--{evil}"),
            ("sync", "--since", evil),
            ("--profile", evil, "list"),
            ("--config", str(tmp_path / evil), "list"),
            ("sync", "-m", evil),
            ("completion", evil),
            ("sandbox", "tick", evil),
        ):
            for tty in (True, False) if words[0] != "sync" else (False,):  # a progress bar moves the cursor itself
                result = place.run(
                    *words, "--no-color", tty=tty, env={"LENGOWCTL_PROFILE": ""} if words[0] == "--profile" else None
                )
                assert _UNSAFE.findall(result.out + result.err) == [], words
                assert "went wrong" not in result.err, (words, result.err)
