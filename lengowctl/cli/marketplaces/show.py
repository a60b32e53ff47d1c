"""`lengowctl marketplaces show`"""

from __future__ import annotations

from typing import Annotated

from lengowctl.cli.declared import Argument, Option
from lengowctl.cli.marketplaces.age import tell_age
from lengowctl.cli.options import read_format
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import StoreDamaged, UnknownName
from lengowctl.orders.nearest import nearest
from lengowctl.output import market
from lengowctl.output.formats import Format
from lengowctl.output.text import clean_json

FORMATS = (Format.TABLE, Format.JSON)


def show(
    runtime: Runtime,
    code: Annotated[str, Argument(metavar="CODE", show_default=False, help="The marketplace, as amazon_fr.")],
    format: Annotated[
        str | None,
        Option("--format", "-o", metavar="|".join(FORMATS), help="A page, or its description as Lengow gave it."),
    ] = None,
) -> None:
    """What one marketplace takes: actions, arguments, carriers.

    Read from the cache, which keeps what the marketplace says of itself: the actions it offers, in which statuses,
    with which arguments and valid values; its carriers; its own words for the statuses.
    """
    chosen = read_format(format, FORMATS)
    body = _body(runtime, code.lower())
    if chosen is Format.JSON:
        runtime.printer.data(clean_json(body.decode("utf-8")))
        return
    try:
        description = runtime.reader().marketplace(code.lower(), body)
    except ValueError as fault:
        raise StoreDamaged(f"the description of {code} cannot be understood: {fault}", hint="lengowctl sync") from fault
    market.render(description, runtime.printer.out, runtime.printer.screen)


def _body(runtime: Runtime, code: str) -> bytes:
    marketplaces = runtime.store(write=False).marketplaces
    tell_age(runtime, marketplaces)
    body = marketplaces.body(code)
    if body is None:
        near = nearest(code, marketplaces.codes())
        hint = f"did you mean {near}?" if near else "lengowctl marketplaces list names them all"
        raise UnknownName(f"no marketplace {code} has been described", hint=hint)
    return body
