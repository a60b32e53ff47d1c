"""What is claimed leaves through here: it may have waited since, and the ground may have been taken from under it."""

from __future__ import annotations

from lengowctl.errors import FileFault
from lengowctl.outbox.brake import Brake
from lengowctl.outbox.parts import Parts
from lengowctl.store.runs import RunLock

#: What was claimed longer ago than this, in seconds, leaves only after another look whether the profile is frozen.
_HOLDS = 0.2


class Gate:
    """Open while nothing keeps the run from sending, nobody froze the profile, and others can see that the run is
    alive: its lock and its ledger are where they look for them. What shuts it ends the run.
    """

    def __init__(self, parts: Parts, brake: Brake, lock: RunLock) -> None:
        self._monotonic = parts.monotonic
        self._ledger = parts.intents
        self._brake = brake
        self._lock = lock
        self._looked_at = parts.monotonic()

    @property
    def is_open(self) -> bool:
        """Whether something may leave now."""
        if self._brake.free and not self._lock.holds:
            self._brake.halt(self._unlocked())
        if self._brake.free and not self._ledger.in_place:
            self._brake.halt(self._ledger.replaced())
        if self._brake.free and self._monotonic() - self._looked_at > _HOLDS:
            self.look()
        return self._brake.free

    def look(self) -> None:
        """Look whether somebody froze the profile."""
        self._looked_at = self._monotonic()
        frozen = self._ledger.frozen()
        if frozen:
            self._brake.freeze(frozen)

    def _unlocked(self) -> FileFault:
        words = f"the file {self._lock.name} of this run was taken away, so that other runs take it for dead"
        return FileFault(words, hint="leave the files run-*.lock alone; run the same command again")
