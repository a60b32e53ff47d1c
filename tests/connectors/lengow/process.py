"""A client in a process of its own: `python process.py URL FOLDER ACCESS SECRET REQUESTS PATIENCE`. Prints how many
requests were answered before the budget was spent."""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from lengowctl.connectors.base import OrderQuery
from lengowctl.connectors.lengow.client import LengowClient
from lengowctl.connectors.secret import Keys, Secret
from lengowctl.errors import BudgetSpent

url, folder, access, secret, requests, patience = sys.argv[1:]
answered = 0
with LengowClient(
    base_url=url,
    keys=lambda: Keys(Secret(access), Secret(secret)),
    folder=Path(folder),
    now=lambda: datetime.now(UTC),
    monotonic=time.monotonic,
    sleep=time.sleep,
    random=random.random,
    patience=float(patience),
) as client:
    try:
        for _ in range(int(requests)):
            client.orders(OrderQuery(order_id="nobody-knows-this"))
            answered += 1
    except BudgetSpent:
        pass
print(answered)
