"""`lengowctl sandbox start`"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

from lengowctl.cli.declared import Option
from lengowctl.cli.leave import Leave
from lengowctl.cli.runtime import SANDBOX, Runtime
from lengowctl.cli.sandbox.reset import WORLD
from lengowctl.cli.sandbox.world import Orders, Seed
from lengowctl.errors import FileFault, UsageFault
from lengowctl.sandbox.faults import KINDS, OPTIONS
from lengowctl.sandbox.sandbox import FaultRule, Sandbox, parse_fault


def start(
    runtime: Runtime,
    port: Annotated[
        int,
        Option("--port", metavar="N", min=0, max=65535, show_default=False, help="Port; any free one if not given."),
    ] = 0,
    port_file: Annotated[
        Path | None,
        Option("--port-file", metavar="FILE", help="Write the port here once it listens; removed at the end."),
    ] = None,
    orders: Orders = None,
    seed: Seed = None,
    fault: Annotated[
        list[str] | None,
        Option(
            "--fault",
            metavar="FAULT",
            help="Spoil requests, as 429:count=3 or slow:route=actions,count=always; help lists all (repeatable).",
        ),
    ] = None,
) -> None:
    """Serve the pretend Lengow on this machine until stopped.

    Prints its address, which only programs on this machine can reach. Ctrl-C stops it. It is the same world that
    --profile sandbox works on. Any other profile gets there over HTTP, with the address as its base_url
    (LENGOWCTL_BASE_URL) and the keys that lengowctl sandbox info tells. Faults last as long as it runs.
    """
    if "help" in (fault or ()):
        show_faults(runtime)
    rules = [_rule(text) for text in fault or ()]
    if (orders is not None or seed is not None) and (runtime.data_root / SANDBOX / WORLD).exists():
        raise UsageFault(
            "the sandbox has its shop already, so --orders and --seed would change nothing",
            hint="lengowctl sandbox reset takes both and begins anew",
        )
    sandbox = runtime.sandbox(orders=orders, seed=seed)
    sandbox.clear_faults()
    for rule in rules:
        sandbox.add_fault(rule)
    try:
        serve(runtime, sandbox, port, port_file)
    finally:
        sandbox.clear_faults()


def show_faults(runtime: Runtime) -> None:
    """Print every kind of fault and what it takes, and end the command well."""
    for kind, meaning in KINDS.items():
        runtime.printer.data(f"{kind:<13}{meaning}")
    runtime.printer.data("\nEach takes, after a colon and with commas between them:")
    for name, meaning in OPTIONS.items():
        runtime.printer.data(f"{name:<13}{meaning}")
    raise Leave(0)


def _rule(text: str) -> FaultRule:
    try:
        return parse_fault(text)
    except ValueError as fault:
        raise UsageFault(f"--fault: {fault}") from fault


def serve(runtime: Runtime, sandbox: Sandbox, port: int, port_file: Path | None) -> None:
    """Listen, tell where, and serve until a signal comes, which is this command's usual end."""
    from lengowctl.output.files import atomic_write
    from lengowctl.sandbox.server import SandboxServer

    try:
        server = SandboxServer(sandbox, port)
    except OSError as fault:
        raise FileFault(f"port {port} cannot be used: {(fault.strerror or 'unknown reason').lower()}") from fault
    try:
        with suppress(KeyboardInterrupt):
            sandbox.note_server("127.0.0.1", server.port)  # before anybody is told
            if port_file is not None:
                with atomic_write(port_file, force=True) as file:
                    file.write(f"{server.port}\n")
            runtime.printer.data(server.base_url)
            runtime.printer.flush()
            runtime.printer.say("the pretend Lengow is open; Ctrl-C stops it")
            server.serve_forever()
    finally:
        server.stop()
        if port_file is not None:
            port_file.unlink(missing_ok=True)
