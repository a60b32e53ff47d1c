"""`lengowctl completion`"""

from __future__ import annotations

from typing import Annotated

from lengowctl.cli.declared import Argument
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import UsageFault


def completion(
    runtime: Runtime,
    shell: Annotated[
        str | None, Argument(metavar="[SHELL]", show_default=False, help="bash, zsh, fish or powershell.")
    ] = None,
) -> None:
    """Print the completion script of a shell, or how to install it.

    Without SHELL it says what to type in the shell that you use. The scripts complete commands, options and fixed words
    by themselves, without starting lengowctl; orders, carriers, reasons and other values come from the cache. The same
    scripts lie in the folder completions/.
    """
    from lengowctl.cli.shells.install import INSTALL, advice

    if shell is None:
        runtime.machine.stdout.write(advice(runtime.machine.env))
        return
    if shell not in INSTALL:
        raise UsageFault(f"there is no script for {shell!r}", hint=f"there are {', '.join(INSTALL)}")
    from lengowctl.cli.generate import scripts

    runtime.machine.stdout.write(scripts()[shell])
