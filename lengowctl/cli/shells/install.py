"""How completion gets into each shell: one line, to be typed once, and again after an upgrade."""

from __future__ import annotations

from collections.abc import Mapping

#: A file and not a pipe: the shell starts faster, and bash 3.2 reads no script from a pipe.
INSTALL: Mapping[str, str] = {
    "bash": "lengowctl completion bash > ~/.lengowctl.bash && echo '. ~/.lengowctl.bash' >> ~/.bashrc",
    "zsh": "lengowctl completion zsh > ~/.lengowctl.zsh && echo '. ~/.lengowctl.zsh' >> ~/.zshrc",
    "fish": "mkdir -p ~/.config/fish/completions && "
    "lengowctl completion fish > ~/.config/fish/completions/lengowctl.fish",
    "powershell": 'lengowctl completion powershell > "$HOME/.lengowctl.ps1"; '
    "Add-Content $PROFILE '. \"$HOME/.lengowctl.ps1\"'",
}


def shell_in_use(env: Mapping[str, str]) -> str | None:
    """The shell that the user lives in, as far as the environment says; None when it is none of ours."""
    name = env.get("SHELL", "").replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
    if name in INSTALL:
        return name
    return "powershell" if name == "pwsh" or (not name and "PSModulePath" in env) else None


def advice(env: Mapping[str, str]) -> str:
    """What to type in the shell in use; in each, where that is not known."""
    shell = shell_in_use(env)
    if shell:
        return f"For completion in {shell}, run this once, and again after an upgrade:\n\n    {INSTALL[shell]}\n"
    lines = "".join(f"\n{name}\n    {line}\n" for name, line in INSTALL.items())
    return f"For completion, run the line of your shell once, and again after an upgrade:\n{lines}"
