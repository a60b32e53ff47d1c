"""The history: whatever is altered, taken out or put in another order is found."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from lengowctl.orders.action import Cause, State
from lengowctl.store.intents import Intents
from lengowctl.store.store import Store

from .samples import NOON
from .test_intents import SOURCE, WHO, add, claim, in_state, move, request


@pytest.fixture
def intents(store: Store) -> Intents:
    """Three stories, and a freeze."""
    found = store.ledger.intents(profile="p", source=SOURCE, who=WHO)
    in_state(found, State.DONE, 1)
    in_state(found, State.REJECTED, 2)
    doubtful = in_state(found, State.DOUBTFUL, 3)
    found.freeze("stocktaking", NOON)
    move(found, doubtful, State.DONE, Cause.ALREADY_THERE, evidence="the order is shipped")
    with closing(sqlite3.connect(store.folder / "ledger.db")) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")  # whoever alters a file does not ask it first
        raw.commit()
    return found


def problems(intents: Intents) -> tuple[str, ...]:
    return intents.verify().problems


def test_an_unaltered_history_is_proved(intents: Intents) -> None:
    proof = intents.verify()
    assert (proof.rows, proof.problems, len(proof.head)) == (12, (), 64)


def test_it_tells_what_happened(intents: Intents) -> None:
    steps = [(it.from_state, it.to_state, it.cause, it.attempt, it.who, it.at) for it in intents.entries(1)]
    assert steps == [
        (None, "planned", "planned", 0, WHO, NOON),
        ("planned", "sending", "claimed", 1, WHO, NOON),
        ("sending", "queued", "answered", 1, WHO, NOON),
        ("queued", "done", "already_there", 1, WHO, NOON),
    ]
    assert intents.entries(1)[2].facts == {"action_id": 1001}


def test_every_cell_of_every_row_is_under_proof(intents: Intents) -> None:
    """Each one altered in turn: history, and of the intents what the history tells."""
    raw = intents._db.raw
    raw.execute("PRAGMA foreign_keys = OFF")
    columns = [row[1] for row in raw.execute("PRAGMA table_info(history)")]
    unseen = []
    for seq in range(1, 13):
        for column in columns:
            raw.execute("SAVEPOINT try")
            value = "99" if column == "seq" else f"coalesce({column}, '') || 'x'"
            raw.execute(f"UPDATE history SET {column} = {value} WHERE seq = {seq}")
            if not problems(intents):
                unseen.append((seq, column))
            raw.execute("ROLLBACK TO try")
    assert unseen == []
    assert problems(intents) == ()


@pytest.mark.parametrize("seq", range(1, 13))
def test_a_row_taken_out_is_missed(intents: Intents, seq: int) -> None:
    """The last one too."""
    intents._db.raw.execute("PRAGMA foreign_keys = OFF")
    intents._db.raw.execute("DELETE FROM history WHERE seq = ?", (seq,))
    assert problems(intents)


def test_a_chain_cut_short_with_its_head_is_missed_by_the_intents(intents: Intents) -> None:
    raw = intents._db.raw
    raw.execute("DELETE FROM history WHERE seq > 10")
    raw.execute("UPDATE head SET (seq, hash) = (SELECT seq, hash FROM history WHERE seq = 10)")
    assert problems(intents) == ("action 3 is not what its history says",)


def test_rows_in_another_order_are_found(intents: Intents) -> None:
    raw = intents._db.raw
    raw.execute("UPDATE history SET seq = 100 WHERE seq = 3")
    raw.execute("UPDATE history SET seq = 3 WHERE seq = 4")
    raw.execute("UPDATE history SET seq = 4 WHERE seq = 100")
    assert problems(intents)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE intents SET state = 'done', evidence = 'x' WHERE id = 2", "action 2 is not what its history says"),
        ("UPDATE intents SET attempt = 2 WHERE id = 1", "action 1 is not what its history says"),
        ("UPDATE intents SET order_id = 'B' WHERE id = 1", "action 1 no longer asks for what was written down"),
        ("""UPDATE intents SET arguments = '{"carrier":"X"}' WHERE id = 1""", "action 1 no longer asks for what was"),
        (
            "UPDATE intents SET action_id = 5 WHERE id = 1",
            "action 1 has another number at Lengow",
        ),
        ("UPDATE intents SET arguments = 'x' WHERE id = 1", "action 1 cannot be read"),
        ("DELETE FROM intents WHERE id = 3", "action 3 has a history but is missing"),
    ],
)
def test_an_altered_intent_is_found(intents: Intents, sql: str, says: str) -> None:
    raw = intents._db.raw
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute(sql)
    (problem,) = problems(intents)
    assert problem.startswith(says)


def test_an_illegal_move_in_a_well_made_chain_is_found(store: Store) -> None:
    intents = store.ledger.intents(profile="p", source=SOURCE, who=WHO)
    intent = claim(intents, add(intents, request(1)))
    assert intent
    intents.history.append(intent, "planned", "because", from_state="done", at=NOON, who=WHO, facts={}, text={})
    assert problems(intents) == (
        "history row 3 is no legal move of action 1",
        "action 1 is not what its history says",
    )


def test_lone_surrogates_and_terminal_codes_are_chained_as_they_are(store: Store) -> None:
    intents = store.ledger.intents(profile="p", source=SOURCE, who=WHO)
    intent = claim(intents, add(intents, request(1, carrier="D\x1b[31mPD")))
    assert intent
    move(intents, intent, State.REJECTED, Cause.REFUSED_BY_API, message="caf\u00e9 \u202e")
    assert problems(intents) == ()
