"""The verbs that set the program up. They hang on the root: `lengowctl init`."""

from __future__ import annotations

from lengowctl.cli.table import Verb

VERBS = (
    Verb("demo", "lengowctl.cli.setup.demo:demo", "See the whole trade in a minute, on a pretend Lengow."),
    Verb(
        "init",
        "lengowctl.cli.setup.init:init",
        "Add a profile: ask for its keys, test them, write the configuration file.",
    ),
    Verb(
        "completion",
        "lengowctl.cli.setup.completion:completion",
        "Print the completion script of a shell, or how to install it.",
    ),
)
