"""The verbs on orders, in the order of the help. They hang on the root: `lengowctl list`."""

from __future__ import annotations

from lengowctl.cli.lazy import Verb

VERBS: tuple[Verb, ...] = ()
