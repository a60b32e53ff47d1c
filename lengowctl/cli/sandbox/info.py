"""`lengowctl sandbox info`"""

from __future__ import annotations

from lengowctl.cli.listing import Output
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.fields import Kind
from lengowctl.orders.moment import utc_text
from lengowctl.output.columns import Column, Stored
from lengowctl.output.formats import Format
from lengowctl.sandbox.sandbox import SandboxInfo

COLUMNS = (
    Column("base_url", "Address", Kind.TEXT),
    Column("account_id", "Account", Kind.COUNT),
    Column("access_token", "Access token", Kind.TEXT),
    Column("secret", "Secret", Kind.TEXT),
    Column("now", "Clock", Kind.TIME),
    Column("orders", "Orders", Kind.COUNT),
    Column("seed", "Seed", Kind.COUNT),
)


def info(runtime: Runtime, output: Output) -> None:
    """Address, keys and clock of the pretend Lengow.

    The address is empty (null) while no lengowctl sandbox start is running. The keys open nothing but the sandbox.
    """
    show(runtime, output, runtime.sandbox().info())


def show(runtime: Runtime, output: Output, info: SandboxInfo) -> None:
    """Write the facts: one under the other for a person, one object or line for a program."""
    row: tuple[Stored, ...] = (
        info.base_url, info.account_id, info.access_token, info.secret, utc_text(info.now), info.orders, info.seed,
    )  # fmt: skip
    if output.chosen(runtime) is Format.TABLE:
        for column, value in zip(COLUMNS, row, strict=True):
            runtime.printer.data(f"{column.title:<14}{'-' if value is None else value}")
    elif output.chosen(runtime) is Format.JSON:
        from lengowctl.output.jsonl import objects

        runtime.printer.data(next(objects([row], COLUMNS)))
    else:
        output.write(runtime, [row], COLUMNS)
