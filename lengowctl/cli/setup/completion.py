"""`lengowctl completion`"""

from __future__ import annotations

from typing import Annotated

import typer

from lengowctl.cli.runtime import Runtime
from lengowctl.errors import UsageFault


def completion(
    runtime: Runtime,
    shell: Annotated[str, typer.Argument(metavar="SHELL", show_default=False, help="bash, zsh, fish or powershell.")],
) -> None:
    """Print the completion script of a shell.

    For bash: source <(lengowctl completion bash) in ~/.bashrc; likewise for zsh. For fish, save it as
    ~/.config/fish/completions/lengowctl.fish. The same scripts lie in the folder completions/. They complete commands,
    options and fixed words by themselves, without starting lengowctl.
    """
    from lengowctl.cli.generate import scripts

    made = scripts()
    if shell not in made:
        raise UsageFault(f"there is no script for {shell!r}", hint=f"there are {', '.join(made)}")
    runtime.machine.stdout.write(made[shell])
