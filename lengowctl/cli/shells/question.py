"""What a completion script asks, and of which profile. Light on purpose, as all that runs on every TAB."""

from __future__ import annotations

import os

from lengowctl.config import choice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from lengowctl.store.peek import CachePeek, LedgerPeek

#: How many values a shell is given; from a hundred on, these two ask before they show them.
MOST, MOST_UNASKED = 200, 99
_ASKING = ("bash", "zsh")


class Question:
    """`SHELL KIND[:VERB] =TYPED WORD...`: what kind of value is wanted for which verb, the beginning of the value, and
    the words before it on the line.

    Raises ValueError for other arguments.
    """

    def __init__(self, arguments: Sequence[str], env: Mapping[str, str]) -> None:
        self.shell, kind, typed, *self.words = arguments
        self.kind, _, self.verb = kind.partition(":")
        self.typed = typed.removeprefix("=")
        self.limit = MOST_UNASKED if self.shell in _ASKING else MOST
        self._env = env
        self._tables: Mapping[str, Any] | None = None

    def named(self, *options: str) -> list[str]:
        """What was said with an option so far."""
        found, before = [], ""
        for word in self.words:
            name, sign, value = word.partition("=")
            if before in options:
                found.append(word)
            elif sign and name in options:
                found.append(value)
            before = "" if before in options else word
        return found

    def _last(self, option: str, variable: str) -> str | None:
        said = self.named(option)
        return (said[-1] if said else None) or self._env.get(variable)

    @property
    def tables(self) -> Mapping[str, Any]:
        """The configuration file as it stands. Raises OSError, ValueError."""
        if self._tables is None:
            named = self._last("--config", "LENGOWCTL_CONFIG")
            path = os.path.expanduser(named) if named else choice.config_file(self._env)  # noqa: PTH111
            self._tables = choice.read_tables(path) if path else {}
        return self._tables

    def table(self, name: str) -> Mapping[str, Any]:
        """One table of the configuration file; empty where it is none."""
        found = self.tables.get(name)
        return found if isinstance(found, dict) else {}

    @property
    def has_keys(self) -> bool:
        """Whether the environment has keys, and with them the profile `env`."""
        return bool(self._env.get("LENGOWCTL_ACCESS_TOKEN"))

    def folder(self) -> str:
        """The folder of the profile that the command would work on. Raises FileNotFoundError where nothing says which,
        and what `tables` raises."""
        profile = choice.chosen(
            self._last("--profile", "LENGOWCTL_PROFILE"),
            keys=self.has_keys,
            file=lambda: (self.tables.get("default_profile"), self.table("profiles")),
        )
        named = self._env.get("LENGOWCTL_DATA_DIR")
        root = os.path.expanduser(named) if named else choice.data_root(self._env)  # noqa: PTH111
        if not root or not isinstance(profile, str) or os.path.basename(profile) != profile:  # noqa: PTH119
            raise FileNotFoundError("no profile, no folder")
        return os.path.join(root, profile)  # noqa: PTH118 - pathlib would be the slowest part

    def cache(self) -> CachePeek:
        """The profile's cache, open. Raises OSError, sqlite3.Error."""
        from lengowctl.store.peek import CachePeek

        return CachePeek(self.folder())

    def ledger(self) -> LedgerPeek:
        """The profile's ledger, open. Raises OSError, sqlite3.Error."""
        from lengowctl.store.peek import LedgerPeek

        return LedgerPeek(self.folder())

    def now(self, wall: datetime) -> datetime:
        """The program's now: with the sandbox, the sandbox's."""
        folder = self.folder()
        if os.path.basename(folder) != choice.SANDBOX:  # noqa: PTH119
            return wall
        from contextlib import closing
        from datetime import timedelta

        from lengowctl.sandbox.offset import read_offset
        from lengowctl.store.peek import open_file

        with closing(open_file(folder, "world.db")) as world:
            return wall + timedelta(microseconds=read_offset(world))
