"""How a verb ends early, with an exit code of its own and nothing more to say."""

from __future__ import annotations


class Leave(Exception):
    """The command is over."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code
