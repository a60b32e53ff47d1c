"""What the full run proves: one row for each promise, how often it is tried, and which tests try it."""

from __future__ import annotations

from dataclasses import dataclass

_HERE = "tests/reliability/"
_ACTING = "tests/stories/test_acting.py"


@dataclass(frozen=True)
class Row:
    """`count` is what is demanded of a full run; None where it is all or nothing. `tests` are folders,
    files, or tests with all their parts. `unit` is what is counted. `lone`: a test of it takes minutes and has no
    parts, so it begins before all others; at the end one hand would wait for it.
    """

    what: str
    count: int | None
    unit: str
    tests: tuple[str, ...]
    lone: bool = False


ROWS = (
    Row(
        "killed at random moments over HTTP, run again",
        10_000,
        "kills",
        (f"{_HERE}test_random_kills.py::test_killed_at_any_moment_and_run_again",),
    ),
    Row(
        "killed by system call",
        300,
        "kills",
        (f"{_HERE}test_random_kills.py::test_killed_at_any_system_call_and_run_again",),
    ),
    Row(
        "killed at each named step",
        None,
        "steps",
        (
            "tests/outbox/test_kills.py",
            f"{_HERE}test_kills.py",
            f"{_ACTING}::test_killed_at_any_step_and_run_again_each_order_is_accepted_once",
        ),
    ),
    Row(
        "the claim is on disk before each request leaves",
        50,
        "sends",
        (f"{_HERE}test_claim.py",),
    ),
    Row(
        "outbox state machine",
        20_000,
        "examples",
        ("tests/outbox/test_machine.py::test_nothing_is_lost_doubled_or_claimed_falsely",),
    ),
    Row(
        "broken designs found out", 10, "designs", ("tests/outbox/test_machine.py::test_a_broken_design_is_found_out",)
    ),
    Row("eight processes, the same 200 orders", 20, "rounds", ("tests/outbox/test_processes.py",)),
    Row("a storm of faults", 10_000, "actions", ("tests/outbox/test_storm.py::test_a_storm_of_faults",)),
    Row(
        "request limit and session shared, never overrun",
        None,
        "",
        (
            "tests/outbox/test_storm.py::test_a_request_limit_is_filled_and_never_overrun",
            "tests/connectors/lengow/test_processes.py",
            "tests/connectors/lengow/test_storm.py",
            f"{_ACTING}::test_a_storm_of_faults_settles_or_is_named_and_doubles_nothing",
            f"{_ACTING}::test_thousands_are_paced_by_the_request_budget_over_http",
        ),
    ),
    Row("orders that move while they are listed", 500, "seeds", (f"{_HERE}test_drift.py",)),
    Row(
        "malformed payloads",
        20_000,
        "payloads",
        (f"{_HERE}test_malformed.py::test_a_garbled_order_never_takes_its_neighbours_along",),
    ),
    Row(
        "malformed answers",
        400,
        "answers",
        (
            f"{_HERE}test_malformed.py::test_any_answer_that_is_none_ends_in_one_sentence_and_the_next_run_makes_up_for_it",
        ),
    ),
    Row("dangerous text through all commands", 26, "commands", (f"{_HERE}test_foreign_text.py",)),
    Row("secrets and erased data in no byte", None, "", (f"{_HERE}test_canaries.py", "tests/store/test_purge.py")),
    Row(
        "the n-th write fails, for each n",
        None,
        "writes",
        (f"{_HERE}test_disk.py::test_the_n_th_write_fails_for_every_n_until_the_sync_goes_through",),
        lone=True,
    ),
    Row(
        "a full disk",
        None,
        "",
        (
            f"{_HERE}test_disk.py::test_a_full_disk_leaves_no_half_export_and_moves_no_cursor",
            "tests/store/test_full_disk.py",
        ),
    ),
    Row(
        "damaged files",
        300,
        "damages",
        (
            f"{_HERE}test_disk.py::test_a_file_that_rots_is_told_by_every_command_and_kills_none",
            f"{_HERE}test_disk.py::test_a_ledger_that_rots_changes_no_request_and_doubles_none",
            "tests/store/test_damage.py",
        ),
        lone=True,
    ),
    Row(
        "upgrades killed at each statement; newer files left alone",
        None,
        "",
        (
            "tests/store/test_migration.py",
            f"{_HERE}test_disk.py::test_an_older_program_leaves_a_newer_file_alone_whatever_is_asked",
        ),
    ),
    Row(
        "references in a pipe",
        100_000,
        "references",
        (f"{_HERE}test_many.py::test_a_hundred_thousand_references_are_found_or_named_in_seconds",),
        lone=True,
    ),
    Row(
        "orders shown and weighed from a pipe",
        120_000,
        "references",
        (f"{_HERE}test_many.py::test_orders_named_in_a_pipe_take_little_memory_and_the_unknown_are_named",),
        lone=True,
    ),
    Row(
        "INT, TERM, PIPE, STOP and CONT at any instant",
        200,
        "signals",
        (f"{_HERE}test_signals.py", f"{_HERE}test_watching.py"),
    ),
    Row("wrong clocks and time zones", 9, "clocks", (f"{_HERE}test_clocks.py",)),
    Row(
        "no byte to a second origin, proxy or bad certificate",
        None,
        "",
        (
            "tests/connectors/test_network.py",
            "tests/connectors/test_origin.py",
            "tests/connectors/lengow/test_acting_network.py",
        ),
    ),
    Row("laws of the house", None, "", ("tests/house", "tests/orders/test_action.py", "tests/orders/test_outcome.py")),
    Row(
        "days of cron with faults and a kill a day",
        30,
        "days",
        (f"{_HERE}test_cron.py",),
        lone=True,
    ),
    Row("whole commands' promises", None, "", (f"{_HERE}test_promises.py",)),
)
