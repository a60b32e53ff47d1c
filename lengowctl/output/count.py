"""How many, and nothing else."""

from __future__ import annotations

from typing import TextIO


def write(number: int, stream: TextIO) -> None:
    """Write the number on a line of its own."""
    stream.write(f"{number}\n")
