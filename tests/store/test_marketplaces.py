"""The marketplaces' descriptions, as they came."""

from __future__ import annotations

from lengowctl.store.store import Store

from .samples import DAY, NOON


def test_a_complete_list_replaces_the_old_one(store: Store) -> None:
    """What is no longer in it is no longer known; an empty answer changes nothing."""
    known = store.marketplaces
    assert (known.fetched_at(), known.codes(), known.body("a")) == (None, [], None)
    known.save([("b", b"{1}"), ("a", b"{2}"), ("gone", b"{}")], NOON - DAY)
    known.save([("b", b"{3}"), ("a", b"{2}")], NOON)
    known.save([], NOON + DAY)
    assert known.all() == [("a", b"{2}", NOON), ("b", b"{3}", NOON)]
    assert (known.codes(), known.body("b"), known.fetched_at()) == (["a", "b"], b"{3}", NOON)
