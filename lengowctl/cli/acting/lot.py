"""What a run comes to before anything of it leaves: the orders that are ready, and those that are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lengowctl.orders.reference import OrderKey, format_ref
from lengowctl.orders.request import Request
from lengowctl.outbox.told import Result, Told, told_of_request

GRANTED_BEFORE = "granted before; nothing would be sent"


@dataclass(frozen=True, slots=True)
class Ready:
    """An order whose requests may be sent. `repeats`: all of them were granted before, so nothing will leave.
    `standing`: what a run would tell of a request instead of sending it, as the ledger has it now.
    """

    key: OrderKey
    action: str
    requests: tuple[Request, ...]
    total: Decimal | None
    currency: str | None
    repeats: bool = False
    standing: Mapping[Request, Told] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        return format_ref(*self.key)

    def foretold(self) -> Iterator[Told]:
        """Its rows while nothing is sent."""
        for request in self.requests:
            if self.repeats:
                yield told_of_request(request, Result.ALREADY_DONE, GRANTED_BEFORE)
            else:
                yield self.standing.get(request) or told_of_request(request, Result.WOULD_SEND, None)


@dataclass(slots=True)
class Lot:
    """All orders of a run: what may be sent, what is refused here and why, what was left out by filters."""

    ready: list[Ready] = field(default_factory=list)
    failed: list[Told] = field(default_factory=list)
    left_out: int = 0
    """By their status."""
    not_offered: int = 0
    """Left out because their marketplace does not take the action, whatever their status."""
    repeated: int = 0
    warnings: Counter[str] = field(default_factory=Counter)

    @property
    def leaving(self) -> list[Ready]:
        """The orders for which something would leave."""
        return [ready for ready in self.ready if not ready.repeats]

    def foretold(self) -> list[Told]:
        """Every order's rows while nothing is sent: what is refused, then each request as it would go."""
        return [*self.failed, *(row for ready in self.ready for row in ready.foretold())]
