"""What this machine takes for the time decides nothing: a clock that is off or jumps, and any zone, give the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from lengowctl.cli.door import Door
from lengowctl.sandbox.sandbox import Sandbox

from ..full import times
from ..running import NOON, Clock, Shell

URL = "https://api.lengow.example"
ROUNDS = (timedelta(hours=1), timedelta(hours=30), timedelta(minutes=10), timedelta(days=4))
#: What this machine's own clock stamps, which is for people alone.
OWN = ("synced_at",)


WRONG: dict[str, Callable[[int], timedelta]] = {
    "jumping": lambda nth: timedelta(hours=(-30, 26, -1, 400, 0)[nth]),
    "a day ahead": lambda nth: timedelta(days=1),
    "a day behind": lambda nth: timedelta(days=-1),
    "in 1970": lambda nth: datetime(1970, 1, 2, tzinfo=UTC) - NOON,
}
ZONES = ("Pacific/Apia", "Asia/Kathmandu", "America/St_Johns", "Europe/Paris", "UTC")


def test_a_wrong_or_jumping_clock_and_any_time_zone_give_equal_databases(
    tmp_path: Path, tried: Callable[[int], None]
) -> None:
    steady = database(tmp_path / "steady", _right)
    assert len(steady["orders"]) > 30
    for name, off in list(WRONG.items())[: times(1, 4)]:
        assert database(tmp_path / name, off) == steady, name
    for nth, name in enumerate(ZONES[: times(1, 5)]):
        off = (_right, WRONG["a day ahead"], WRONG["a day behind"])[nth % 3]
        assert database(tmp_path / name.replace("/", " "), off, ZoneInfo(name)) == steady, name
    tried(times(2, 9))


def _right(nth: int) -> timedelta:
    return timedelta()


def database(home: Path, off: Callable[[int], timedelta], zone: ZoneInfo | None = None) -> dict[str, list[tuple]]:
    """The cache after the same world was read five times by a machine whose clock is `off` at the n-th time."""
    shell = Shell(home, zone=zone or UTC, clock=Clock(NOON))  # type: ignore[arg-type]
    theirs = Clock(NOON)
    with Sandbox.open(home / "world" / "world.db", orders=50, wall=theirs.now, settings={"rate_limit": None}) as world:
        info = world.info()
        shell.transport = Door(world, shell.clock.sleep)
        shell.env = {
            "LENGOWCTL_BASE_URL": URL,
            "LENGOWCTL_ACCESS_TOKEN": info.access_token,
            "LENGOWCTL_SECRET": info.secret,
        }
        for nth, step in enumerate((timedelta(), *ROUNDS)):
            theirs.passed += step.total_seconds()
            assert shell("sync", now=theirs.now() + off(nth)).code == 0
        theirs.passed += 120
        assert shell("sync", now=theirs.now() + off(4)).code == 0
        return _content(home / "data" / "env" / "orders.db")


def _content(path: Path) -> dict[str, list[tuple]]:
    """Every row that is about orders and coverage, but for our own stamps."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(orders)") if row[1] not in ("id", "seq", *OWN)]
        asked = {
            "orders": f"SELECT {', '.join(columns)} FROM orders ORDER BY marketplace, order_id",
            "lines": "SELECT line_id, sku FROM lines ORDER BY 1, 2",
            "changes": "SELECT field, old, new, line_id FROM changes ORDER BY 1, 2, 3, 4",
            "coverage": "SELECT marketplace, since, until FROM coverage ORDER BY 1, 2",
            "cursor": "SELECT value FROM facts WHERE name IN ('cursor', 'first_sync_since', 'source') ORDER BY name",
        }
        return {name: db.execute(sql).fetchall() for name, sql in asked.items()}
