"""Names of carriers as people write them: found when one is meant, else suggested, never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lengowctl.orders.carriers import Match, alias_of, find, find_carrier, near, near_names, plain

from .markets import markets

CHOICES = (("DPD", "DPD"), ("CP", "Colis Privé"), ("COL", "Colissimo"), ("TNT", "PostNL"), ("TNT-X", "TNT Express"))


@pytest.mark.parametrize("text", ["Colis Privé", "colis prive", "COLIS-PRIVÉ", " colisprive. ", "Cp", "CP"])
def test_case_accents_spaces_and_punctuation_do_not_matter(text: str) -> None:
    assert find(text, CHOICES) == Match("CP")


@pytest.mark.parametrize("text", ["ŁØĐÆŒ Post", "lodaeoe-post"])
def test_letters_that_are_no_accented_ones_are_written_out(text: str) -> None:
    assert find(text, (("X", "Łøđæœ post"), *CHOICES)) == Match("X")


def test_a_code_to_the_letter_comes_before_all_else() -> None:
    assert find("TNT", CHOICES) == Match("TNT")
    assert find("tnt express", CHOICES) == Match("TNT-X")


def test_several_are_none() -> None:
    twins = (("A", "Letter"), ("B", "Letter"), ("C", "LETTER!"))
    assert find("Letter", twins) == Match(None, (("A", "Letter"), ("B", "Letter")), several=True)
    assert find("letter", twins) == Match(None, twins, several=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("colisimo", (("COL", "Colissimo"),)),
        ("dpd france", (("DPD", "DPD"),)),
        ("Express", (("TNT-X", "TNT Express"),)),
        ("Bobonov", ()),
        ("P", ()),
        ("--", ()),
        ("", ()),
    ],
)
def test_a_near_miss_is_shown_and_matches_nothing(text: str, found: tuple[tuple[str, str], ...]) -> None:
    assert find(text, CHOICES) == Match(None, found)


def test_at_most_five_are_suggested() -> None:
    assert len(near("colissimo", tuple((f"COLISSIMO{n}", "Colissimo") for n in range(9)))) == 5
    assert near_names("carier", ("carrier", "line")) == ("carrier",)


ALIASES = {
    "our post": {"amazon_fr": "Colissimo", "amazon_*": "DHL", "*": "La Poste"},
    "Lost": {"bol": "GLS"},
    "typo": {"*": "Colisimo"},
    "any": {"*": "GLS", "bol*": "PostNL"},
}


@pytest.mark.parametrize(
    ("text", "marketplace", "stands_for"),
    [
        ("our post", "amazon_fr", "Colissimo"),
        ("OUR-POST", "amazon_de", "DHL"),
        ("our post", "bol", "La Poste"),
        ("any", "bol", "PostNL"),
        ("lost", "fnac", None),
        ("", "fnac", None),
        ("dpd", "fnac", None),
    ],
)
def test_an_alias_is_looked_up_by_marketplace_then_glob_then_star(
    text: str, marketplace: str, stands_for: str | None
) -> None:
    assert alias_of(text, marketplace, ALIASES) == stands_for


def test_an_alias_comes_first_and_is_looked_up_itself() -> None:
    assert find_carrier("our post", "amazon_fr", CHOICES, ALIASES) == Match("COL")
    assert find_carrier("DPD", "bol", CHOICES, {"dpd": {"bol": "CP"}}) == Match("CP")
    assert find_carrier("typo", "bol", CHOICES, ALIASES) == Match(None, (("COL", "Colissimo"),))


def test_every_code_and_every_unique_label_of_every_marketplace_is_found() -> None:
    for market in markets().values():
        labels = [label for _, label in market.carriers]
        codes = {code for code, _ in market.carriers}
        for code, label in market.carriers:
            assert find(code, market.carriers).code == code
            if labels.count(label) == 1 and label not in codes:
                assert find(label, market.carriers).code == code


@given(some.text(max_size=12))
def test_what_is_found_is_always_in_the_list_and_plain_is_stable(text: str) -> None:
    match = find(text, CHOICES)
    assert match.code is None or match.code in dict(CHOICES)
    assert set(match.near) <= set(CHOICES)
    assert plain(plain(text)) == plain(text)
