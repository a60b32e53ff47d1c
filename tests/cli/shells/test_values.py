"""What completion scripts are told: values from the cache and the configuration, or nothing, quietly."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.cli.shells.question import MOST_UNASKED
from lengowctl.cli.shells.values import answer

from ...trading import Shop


class Asked:
    """Asks as a script does, in a shop of its own."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.env = {"LENGOWCTL_DATA_DIR": str(shop.shell.data), "LENGOWCTL_PROFILE": "sandbox", "HOME": "/nonexistent"}

    def __call__(self, kind: str, typed: str = "", *words: str, shell: str = "bash", **env: str) -> list[str]:
        told = answer([shell, kind, f"={typed}", *words], {**self.env, **env}, self.shop.shell.clock.now)
        assert told == "" or told.endswith("\n")
        return told.splitlines()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop as it is never changed."""
    return Shop.make(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def asked(template: Shop) -> Asked:
    return Asked(template)


@pytest.fixture
def own(template: Shop, tmp_path: Path) -> Asked:
    """The same in a shop that may be changed."""
    return Asked(Shop.copy(template, tmp_path))


def _cache(own: Asked, sql: str) -> None:
    with sqlite3.connect(own.shop.shell.data / "sandbox" / "orders.db") as raw:
        raw.execute(sql)
    raw.close()


def test_a_verb_is_offered_the_orders_that_it_can_act_on_newest_first(asked: Asked) -> None:
    can = set(asked("order:accept"))
    known = asked.shop("list", "-o", "jsonl", "--columns", "ref,status,marketplace,fulfilled_by_marketplace").out
    assert {f"cdiscount:CD{number}" for number in range(1, 9)} <= can
    assert all(f'"{ref}","status":"waiting_acceptance"' in known.replace(": ", ":").replace(", ", ",") for ref in can)
    everything = asked("order:show")
    assert everything == asked.shop("list", "-o", "ids").out.splitlines()
    assert [ref for ref in everything if ref in can] == asked("order:accept")


def test_marketplaces_that_do_not_offer_an_action_are_left_out(asked: Asked) -> None:
    """Amazon takes no acceptance; whatever waits for one there waits for Amazon."""
    assert asked("order:accept", "amazon") == []
    assert "amazon_fr:AM1" in asked("order:ship", "amazon")
    assert "amazon_fr:AM2" not in asked("order:ship", "amazon"), "it is shipped"


def test_what_is_typed_narrows_across_the_colon(asked: Asked) -> None:
    assert sorted(asked("order:ship", "cdiscount:CS")) == [f"cdiscount:CS{number}" for number in range(1, 5)]
    assert asked("order:ship", "cdiscount:nothing") == []
    assert set(asked("order:show", "amazon_fr:AM")) == {"amazon_fr:AM1", "amazon_fr:AM2"}


def test_a_bare_number_is_completed_where_no_marketplace_begins_so(asked: Asked) -> None:
    assert sorted(asked("order:ship", "CS")) == ["CS1", "CS2", "CS3", "CS4"]
    assert asked("order:show", "TWI") == ["TWIN", "TWIN"]


def test_orders_that_are_typed_already_are_not_offered_again(asked: Asked) -> None:
    assert sorted(asked("order:ship", "cdiscount:CS", "ship", "cdiscount:CS2", "cdiscount:CS4")) == [
        "cdiscount:CS1",
        "cdiscount:CS3",
    ]


def test_stop_is_offered_what_can_still_be_stopped(asked: Asked) -> None:
    offered = asked("order:stop")
    assert "cdiscount:CD1" in offered
    assert "amazon_fr:AM2" not in offered


def test_buyer_total_and_age_are_described_where_the_shell_shows_them(own: Asked) -> None:
    _cache(own, "UPDATE orders SET customer = 'Jo Martin', total = '90.60', ordered_at = '2026-11-21T12:00:00Z'")
    for shell in ("zsh", "fish", "powershell"):
        assert own("order:show", "fnac:FN1", shell=shell) == ["fnac:FN1\tJo Martin, 90.60 EUR, 2 d"]
    assert own("order:show", "fnac:FN1") == ["fnac:FN1"]


def test_the_age_is_by_the_sandbox_s_clock(own: Asked) -> None:
    _cache(own, "UPDATE orders SET customer = NULL, total = NULL, ordered_at = '2026-11-23T12:00:00Z'")
    with own.shop.world() as world:
        world.tick(timedelta(hours=5))
    assert own("order:show", "fnac:FN1", shell="fish") == ["fnac:FN1\t5 h"]


def test_an_anonymised_order_shows_no_buyer(own: Asked) -> None:
    _cache(
        own, "UPDATE orders SET customer = NULL, anonymized = 1, ordered_at = '2026-11-21T12:00:00Z', total = '5.00'"
    )
    assert own("order:show", "fnac:FN1", shell="zsh") == ["fnac:FN1\t5.00 EUR, 2 d"]


def test_foreign_text_cannot_steer_the_shell(own: Asked) -> None:
    _cache(
        own, "UPDATE orders SET customer = 'A' || char(27) || '[2J' || char(9, 10) || char(8238) || 'B', total = NULL"
    )
    (line,) = own("order:show", "fnac:FN1", shell="fish")
    assert line.startswith("fnac:FN1\tA\\x1b[2J\\t\\n\\u202eB, ")


def test_a_number_with_special_characters_is_offered_encoded_and_found_by_that(own: Asked) -> None:
    _cache(own, "UPDATE orders SET order_id = 'A B#1', ref = 'fnac:A%20B%231' WHERE order_id = 'FN1'")
    for typed in ("fnac:A", "fnac:A%", "fnac:A%2", "fnac:A%20", "fnac:A%20B%231"):
        assert own("order:show", typed) == ["fnac:A%20B%231"]


def _ahead(offered: list[str]) -> str:
    """What a shell types ahead."""
    return os.path.commonprefix(offered)  # noqa: RUF071 - letter by letter is what is meant


def _many(own: Asked, begin: str) -> None:
    """Three hundred orders on bol, all as new as can be."""
    columns = "marketplace, order_id, status, version, seq, digest, synced_at, buyer_removed, ordered_at"
    _cache(own, f"""
        INSERT INTO orders (ref, {columns})
        WITH RECURSIVE n (v) AS (SELECT 100 UNION ALL SELECT v + 1 FROM n WHERE v < 399)
        SELECT 'bol:{begin}' || v, 'bol', '{begin}' || v, 'shipped', 1, 1000000 + v, x'', '', 0, '2026-11-30T00:00:00Z'
        FROM n""")  # fmt: skip


def test_there_are_never_more_than_a_shell_shows_without_asking(own: Asked) -> None:
    _many(own, "X")
    assert len(own("order:show", "bol:X")) == MOST_UNASKED
    assert len(own("order:show", "bol:X", shell="fish")) == 200


def test_what_is_typed_ahead_excludes_no_order_that_is_not_offered(own: Asked) -> None:
    """Three hundred orders that begin alike are newer than the one that does not."""
    _many(own, "2611")
    assert _ahead(own("order:show", "bol:26")) == "bol:2611"
    assert _ahead(own("order:show", "bol:")) == "bol:"
    assert _ahead(own("order:show")) == ""
    assert _ahead(own("order:show", "bo")) == "bol:"
    _cache(own, "UPDATE orders SET order_id = '2699', ref = 'bol:2699' WHERE order_id = 'BO1'")
    assert _ahead(own("order:show", "bol:26")) == "bol:26"
    assert _ahead(own("order:show", "26")) == "26"
    assert len(own("order:show", "26")) == MOST_UNASKED


def test_marketplaces_statuses_and_articles_come_from_the_cache(own: Asked) -> None:
    assert "fnac\tFnac Darty" in own("marketplace", shell="zsh")
    assert own("marketplace", "cdis") == ["cdiscount"]
    assert set(own("described")) > set(own("marketplace"))
    _cache(own, "UPDATE orders SET status = 'in_dispute' WHERE order_id = 'FN1'")
    assert own("status", "in_") == ["in_dispute"]
    assert own("sku") != []


def test_carriers_are_those_of_the_marketplaces_of_the_orders_typed(asked: Asked) -> None:
    listed = asked("carrier:ship", "", "ship", "cdiscount:CS1", "--carrier")
    assert {"DHL", "Colissimo", "MONDIALRELAY"} <= set(listed)
    assert "Mondial Relay" in asked("carrier:ship", "", "ship", "amazon_fr:AM1")
    assert "Mondial Relay" in asked("carrier:ship", "", "ship", "AM1")
    assert "Mondial Relay" in asked("carrier:ship", "", "ship", "-m", "amazon_*")
    shared = set(asked("carrier:ship", "", "ship", "amazon_fr:AM1", "cdiscount:CS1"))
    assert shared == set(listed) & set(asked("carrier:ship", "", "ship", "amazon_fr:AM1"))


def test_bash_never_has_to_shorten_what_was_typed_to_what_all_have_in_common(own: Asked) -> None:
    """`Relais`, with RELAISCOLIS among what is offered, would become `R`; zsh and fish sort that out themselves."""
    own.shop.shell.write_config('[carriers]\nRELAISCOLIS = { cdiscount = "DHL" }\n')
    said = {"LENGOWCTL_CONFIG": str(own.shop.shell.config)}
    all_of_them = ["Relais Colis", "Relais_colis", "RELAISCOLIS"]
    lower = own("carrier:ship", "relais", shell="zsh", **said)
    assert [line.partition("\t")[0] for line in lower] == all_of_them
    assert own("carrier:ship", "Relais", **said) == all_of_them[:2]
    assert own("carrier:ship", "relais", **said) == all_of_them[:2]
    assert own("carrier:ship", "RELAIS", **said) == all_of_them[2:]
    assert own("carrier:ship", "relaisx", **said) == []


def test_carriers_are_found_by_label_and_in_any_case_with_the_merchant_s_own(own: Asked, tmp_path: Path) -> None:
    own.shop.shell.write_config('[carriers]\ndepot = { cdiscount = "DHL" }\n')
    said = {"LENGOWCTL_CONFIG": str(own.shop.shell.config)}
    assert own("carrier:ship", "dh", "cdiscount:CS1") == ["DHL"]
    assert own("carrier:ship", "mondial r", "cdiscount:CS1") == ["Mondial Relay"]
    assert own("carrier:ship", "depo", "cdiscount:CS1", **said) == ["depot"]


def test_reasons_are_those_of_the_verb_at_the_marketplace(asked: Asked) -> None:
    assert asked("reason:refund", "", "refund", "amazon_fr:AM2") != []
    assert asked("reason:refuse", "", "refuse", "fnac:FN1") == []


def test_lines_are_those_of_the_order_typed(asked: Asked) -> None:
    shown = asked.shop("show", "cdiscount:CS1", "-o", "json").out
    lines = asked("line", "", "ship", "cdiscount:CS1")
    assert lines
    assert all(f'"{line}"' in shown for line in lines)
    assert asked("line", "", "ship") == []


def test_actions_are_those_that_the_verb_can_do_something_about(own: Asked) -> None:
    assert own.shop("accept", "cdiscount:CD1", "cdiscount:CD2", "--hold", "10m").code == 0
    assert own("action:withdraw", "", shell="fish") == [
        "2\taccept cdiscount:CD2, planned",
        "1\taccept cdiscount:CD1, planned",
    ]
    assert own("action:withdraw", "", "2") == ["1"]
    assert own("action:settle") == []
    assert own("action:show", "2") == ["2"]


def test_profiles_and_views_come_from_the_configuration_that_counts(own: Asked, tmp_path: Path) -> None:
    path = own.shop.shell.write_config("[profiles.north]\n[profiles.south]\n[views.late]\noverdue = true\n")
    said = {"LENGOWCTL_CONFIG": str(path)}
    assert own("profile", **said) == ["north", "south", "sandbox"]
    assert own("profile", "no", LENGOWCTL_ACCESS_TOKEN="x", **said) == ["north"]
    assert own("profile", "", "--config", str(path), LENGOWCTL_ACCESS_TOKEN="x") == ["north", "south", "sandbox", "env"]
    assert own("view", "l", f"--config={path}") == ["late"]
    assert own("view", "l", "--config", str(tmp_path / "other.toml"), **said) == []


def test_the_profile_is_the_one_that_the_program_would_take(own: Asked) -> None:
    data = own.shop.shell.data
    (data / "sandbox").rename(data / "north")
    path = own.shop.shell.write_config('default_profile = "north"\n[profiles.north]\n[profiles.south]\n')
    del own.env["LENGOWCTL_PROFILE"]
    said = {"LENGOWCTL_CONFIG": str(path)}
    assert own("order:show", "fnac:FN1", **said) == ["fnac:FN1"]
    assert own("order:show", "fnac:FN1", "--profile=south", "--profile", "north", **said) == ["fnac:FN1"]
    assert own("order:show", "fnac:FN1", "--profile", "north", "--profile=south", **said) == []
    assert own("order:show", "fnac:FN1", LENGOWCTL_PROFILE="north") == ["fnac:FN1"]
    assert own("order:show", "fnac:FN1", LENGOWCTL_ACCESS_TOKEN="x", **said) == [], "with keys it is env"
    assert own("order:show", "fnac:FN1") == [], "nothing says which"
    path.write_text("[profiles.north]\n")
    assert own("order:show", "fnac:FN1", **said) == ["fnac:FN1"]


@pytest.mark.parametrize(
    ("kind", "typed", "env"),
    [
        ("nonsense", "", {}),
        ("order:accept", "\udcff", {}),
        ("order:accept", "", {"LENGOWCTL_PROFILE": "../sandbox"}),
        ("order:accept", "", {"LENGOWCTL_DATA_DIR": "/nonexistent"}),
        ("carrier:ship", "", {"LENGOWCTL_CONFIG": os.devnull + "/x"}),
    ],
)
def test_whatever_is_wrong_the_answer_is_empty(asked: Asked, kind: str, typed: str, env: dict[str, str]) -> None:
    assert asked(kind, typed, **env) == []


def test_too_few_words_are_answered_too() -> None:
    assert [answer(words, {}, lambda: None) for words in ([], ["bash"], ["bash", "order:show"])] == ["", "", ""]  # type: ignore[arg-type, return-value]


def test_a_run_that_writes_is_not_waited_for(own: Asked) -> None:
    path = own.shop.shell.data / "sandbox" / "orders.db"
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert own("order:accept") == []
        other.execute("ROLLBACK")
    assert own("order:accept") != []


def test_the_process_says_nothing_but_the_answer_and_ends_with_0(asked: Asked) -> None:
    program = [sys.executable, "-m", "lengowctl", "__complete"]
    done = subprocess.run([*program, "zsh", "marketplace", "=fna"], env=asked.env, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"fnac\tFnac Darty\n", b"")
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *program, "bash", "marketplace", "="],
        env=asked.env, capture_output=True, check=False,
    )  # fmt: skip
    assert (closed.returncode, closed.stderr) == (0, b"")
