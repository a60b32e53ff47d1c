"""What people use today for the same work. `python -m tests.benchmarks.peers loop|post …` is such a program itself."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from .measuring import Command, tool

PYTHON = (sys.executable,)
_CURL = """set -e
for page in $(seq 1 {pages}); do
  curl -sS '{url}/v3.0/orders/?page_size=100&page='$page | jq -c '.results[]'
done | '{utils}' upsert '{database}' orders - --nl --pk marketplace_order_id --alter
"""
_DLT = """
import sys, dlt, requests
url, folder = sys.argv[1:]
def orders():
    page, more = 1, True
    while more:
        answer = requests.get(f"{url}/v3.0/orders/", params={"page": page, "page_size": 100}).json()
        yield answer["results"]
        page, more = page + 1, answer["next"]
pipeline = dlt.pipeline("orders", destination=dlt.destinations.sqlalchemy(f"sqlite:///{folder}/dlt.db"),
                        dataset_name="main", pipelines_dir=folder)
pipeline.run(dlt.resource(orders, name="orders", primary_key="marketplace_order_id", write_disposition="merge"))
"""


@dataclass(frozen=True)
class Peers:
    """Commands by name, those that are not at hand with the reason, and the folder that they write to."""

    commands: dict[str, Command]
    absent: dict[str, str]
    folder: Path

    def clean(self) -> None:
        """Each run begins with nothing."""
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def ingest(url: str, orders: int, folder: Path, dlt: str | None) -> Peers:
    """All orders of the server into a SQLite file, by each of the peers. `dlt` is a Python that has dlt."""
    commands: dict[str, Command] = {}
    absent: dict[str, str] = {}
    utils = tool("sqlite-utils")
    missing = [name for name in ("curl", "jq", "sqlite-utils") if not tool(name)]
    if missing:
        absent["curl"] = f"not installed: {', '.join(missing)}"
    else:
        script = _CURL.format(pages=-(-orders // 100), url=url, utils=utils, database=folder / "curl.db")
        commands["curl"] = Command(["sh", "-c", script])
    if importlib.util.find_spec("sqlite_utils"):
        commands["loop"] = Command([*PYTHON, "-m", "tests.benchmarks.peers", "loop", url, str(folder / "loop.db")])
    else:
        absent["loop"] = "sqlite-utils is not installed"
    if dlt:
        commands["dlt"] = Command([dlt, "-c", _DLT, url, str(folder)])
    else:
        absent["dlt"] = "not installed; --dlt names a Python that has it"
    return Peers(commands, absent, folder)


def loop(url: str, database: str) -> None:
    """As one writes it: a request for each page, an upsert for each order."""
    import httpx
    import sqlite_utils

    db = sqlite_utils.Database(database)
    number, more = 1, True
    while more:
        answer = httpx.get(f"{url}/v3.0/orders/", params={"page": number, "page_size": 100}).json()
        for order in answer["results"]:
            db["orders"].upsert(order, pk="marketplace_order_id", alter=True)  # type: ignore[union-attr]
        number, more = number + 1, answer["next"]


def post(url: str, orders: str, threads: str) -> None:
    """So many actions, so many at once, and nothing written down."""
    from concurrent.futures import ThreadPoolExecutor

    import httpx

    limits = httpx.Limits(max_connections=int(threads), max_keepalive_connections=int(threads))
    with httpx.Client(base_url=url, limits=limits, timeout=30) as client, ThreadPoolExecutor(int(threads)) as pool:

        def send(number: int) -> None:
            form = {"marketplace": "plain", "marketplace_order_id": str(number), "action_type": "accept"}
            client.post("/v3.0/orders/actions/", data=form).raise_for_status()

        for _ in pool.map(send, range(int(orders))):
            continue


if __name__ == "__main__":
    loop(*sys.argv[2:]) if sys.argv[1] == "loop" else post(*sys.argv[2:])
