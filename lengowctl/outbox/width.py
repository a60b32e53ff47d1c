"""How many requests may be under way at once: few to begin with, more while all goes well, half after trouble."""

from __future__ import annotations

from lengowctl.orders.outcome import Answer, Lost, Outcome


class Width:
    """`at_most` requests at once. One more after each good answer while all goes well, which doubles it in a round;
    half of it on any 5xx, and from then on one more only after as many good answers in a row.
    """

    def __init__(self, first: int, most: int) -> None:
        self.at_most = max(1, min(first, most))
        self._most = most
        self._good = 0
        self._calm = True

    @property
    def ahead(self) -> int:
        """So many more may be claimed than are under way. One alone at a time has none ahead."""
        return self.at_most // 2

    def learn(self, outcome: Outcome) -> None:
        """Take an outcome into account. 530 is a refusal in spite of its number."""
        if not isinstance(outcome, Answer):
            self._good = 0
            self._calm = self._calm and not isinstance(outcome, Lost)
        elif outcome.status >= 500 and outcome.status != 530:
            self.at_most = max(1, self.at_most // 2)
            self._good = 0
            self._calm = False
        elif outcome.status < 300:
            self._good += 1
            if self._calm or self._good >= self.at_most:
                self.at_most = min(self._most, self.at_most + 1)
                self._good = 0
