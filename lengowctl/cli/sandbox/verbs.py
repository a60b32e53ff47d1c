"""The verbs on the pretend Lengow: `lengowctl sandbox start`."""

from __future__ import annotations

from lengowctl.cli.table import Verb

VERBS = (
    Verb("start", "lengowctl.cli.sandbox.start:start", "Serve the pretend Lengow on this machine until stopped."),
    Verb("info", "lengowctl.cli.sandbox.info:info", "Address, keys and clock of the pretend Lengow."),
    Verb("reset", "lengowctl.cli.sandbox.reset:reset", "Begin anew with a fresh shop."),
    Verb("tick", "lengowctl.cli.sandbox.tick:tick", "Move its clock on."),
    Verb("log", "lengowctl.cli.sandbox.log:log", "The requests that reached it."),
)
