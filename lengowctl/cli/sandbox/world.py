"""What the verbs on the sandbox share: its options and its folder. None of them reads settings or a profile."""

from __future__ import annotations

from typing import Annotated

from lengowctl.cli.declared import Option

Orders = Annotated[
    int | None, Option("--orders", metavar="N", min=0, max=5_000_000, help="Orders in a new shop (300).")
]
Seed = Annotated[int | None, Option("--seed", metavar="S", help="Which shop: the same seed, the same orders (1).")]
