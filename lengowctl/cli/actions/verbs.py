"""The verbs on our actions: `lengowctl actions show`."""

from __future__ import annotations

from lengowctl.cli.table import Verb

VERBS = (
    Verb("list", "lengowctl.cli.actions.list:list_actions", "List what we sent and what became of it, newest first."),
    Verb(
        "show",
        "lengowctl.cli.actions.show:show",
        "Show actions whole: what was asked, by whom, each step since, the answer, what to do next.",
    ),
    Verb(
        "wait",
        "lengowctl.cli.actions.wait:wait",
        "Wait until the marketplaces have answered; without ids, every open action.",
    ),
    Verb(
        "settle",
        "lengowctl.cli.actions.settle:settle",
        "Find out what became of doubtful actions; without ids, of all of them.",
    ),
    Verb("retry", "lengowctl.cli.actions.retry:retry", "Send rejected or expired actions once more, corrected."),
    Verb(
        "withdraw",
        "lengowctl.cli.actions.withdraw:withdraw",
        "Take back actions that are planned or held and have not left.",
    ),
    Verb("verify", "lengowctl.cli.actions.verify:verify", "Prove that the history of actions is unaltered."),
)
