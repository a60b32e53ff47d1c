"""`lengowctl actions verify`."""

from __future__ import annotations

import json
from typing import Annotated

from lengowctl.cli.declared import Option
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import text_or_json
from lengowctl.errors import StoreDamaged
from lengowctl.output.words import counted


def verify(
    runtime: Runtime,
    format: Annotated[str | None, Option("--format", "-o", metavar="table|json", help="How it is written.")] = None,
) -> None:
    """Prove that the history of actions is unaltered.

    Each row carries the hash of the one before, and every action must stand where its history leaves it. Keep the
    last hash elsewhere to prove later that nothing was cut off.
    """
    as_json = text_or_json(format)
    proof = runtime.intents(runtime.store(write=False), "actions verify").verify()
    if as_json:
        found = {"rows": proof.rows, "head": proof.head or None, "problems": list(proof.problems)}
        runtime.printer.data(json.dumps(found, ensure_ascii=False, indent=2))
    elif not proof.problems:
        runtime.printer.data(
            f"{counted(proof.rows, 'row')} of history, unaltered; the last hash is {proof.head or 'none'}"
        )
    else:
        for problem in proof.problems:
            runtime.printer.data(problem)
    if proof.problems:
        raise StoreDamaged(
            f"the history was altered: {counted(len(proof.problems), 'problem')}, each named above",
            hint="compare with a backup (lengowctl db backup); nothing is repaired by itself",
        )
