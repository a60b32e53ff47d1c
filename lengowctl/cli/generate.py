"""Everything in the repository that follows from the code: `python -m lengowctl.cli.generate [--check] [FOLDER]`.

Writes the completion scripts, config.example.toml and the marked parts of README.md; with --check it writes nothing
and fails naming what is stale.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from lengowctl.cli.declared import EVERYWHERE
from lengowctl.cli.shells import bash, fish, powershell, zsh
from lengowctl.cli.shells.install import INSTALL
from lengowctl.cli.tree import Node, command_at, context, tree
from lengowctl.config.example import example
from lengowctl.errors import EXIT_CODES
from lengowctl.outbox.told import MEANINGS, WELL
from lengowctl.output.files import atomic_write

_MARK = "<!-- {}: made by python -m lengowctl.cli.generate -->"
_END = "<!-- end of {} -->"
_FILES = {
    "bash": "completions/lengowctl.bash",
    "zsh": "completions/_lengowctl",
    "fish": "completions/lengowctl.fish",
    "powershell": "completions/lengowctl.ps1",
}


#: Parts of a command's help that other commands have too.
_SHARED = ("Filters:", "Sending:")
#: What stands between a command's options and the notes at the end of its help.
_EVERYWHERE = "Everywhere:\n"


@cache
def whole_tree() -> Node:
    return tree()


def scripts() -> dict[str, str]:
    """The completion script of each shell."""
    makers = {"bash": bash.script, "zsh": zsh.script, "fish": fish.script, "powershell": powershell.script}
    return {shell: make(whole_tree()) for shell, make in makers.items()}


def commands() -> str:
    """The command reference: a table of all commands, then the help of each."""
    verbs = [node for node in whole_tree().walk() if node.path]
    rows = [f"| `{' '.join(node.path)}` | {_cell(node.help)} |" for node in verbs]
    told: dict[str, str] = {}
    pages = [
        f"#### `lengowctl {' '.join(node.path)}`\n\n```text\n{_once(node.path, told)}\n```\n"
        for node in verbs
        if not node.children
    ]
    table = "\n".join(("| Command | Does |", "| --- | --- |", *rows))
    summary = "The help of every command; a note that is about several of them stands with the first"
    return f"{table}\n\n<details>\n<summary>{summary}</summary>\n\n{chr(10).join(pages)}\n</details>"


def _once(path: tuple[str, ...], told: dict[str, str]) -> str:
    """The help of a command without what every command takes, and without what other commands' pages have told
    already: filters and ways of sending name the command that has them (`told`: by their text), notes are left out."""
    name = " ".join(path)
    whole, _, rest = help_text(path).partition(_EVERYWHERE)
    parts, notes = whole.split("\n\n"), rest.split("\n\n")[1:]
    shown = [_referred(part, told.setdefault(part, name), name) for part in parts if part]
    return "\n\n".join([*shown, *(note for note in notes if told.setdefault(note, name) == name)])


def _referred(part: str, first: str, name: str) -> str:
    """A part of the help, or where it stands in full."""
    title = part.partition("\n")[0]
    return part if first == name or title not in _SHARED else f"{title}\n  As those of lengowctl {first}."


def help_text(path: tuple[str, ...]) -> str:
    """The help of a command, 80 columns wide."""
    command = command_at(path)
    return str(command.get_help(context(command, path)))


def exit_codes() -> str:
    """The table of exit codes."""
    rows = [f"| {int(code)} | {_cell(text)} |" for code, text in EXIT_CODES.items()]
    return "| Code | Means |\n| --- | --- |\n" + "\n".join(rows)


def results() -> str:
    """The words that acting verbs end with for each order, those that are well first."""
    words = sorted(MEANINGS, key=lambda word: word not in WELL)
    rows = [f"| `{word}` | {'yes' if word in WELL else 'no'} | {_cell(MEANINGS[word])} |" for word in words]
    return "| Result | Well | Means |\n| --- | --- | --- |\n" + "\n".join(rows)


def options() -> str:
    """The options that every command takes."""
    rows = [f"| `{row.shown.replace('|', chr(92) + '|')}` | {_cell(row.help)} |" for row in EVERYWHERE]
    return "| Option | Does |\n| --- | --- |\n" + "\n".join(rows)


def installs() -> str:
    """How completion gets into each shell."""
    rows = [f"| {shell} | `{_cell(line)}` |" for shell, line in INSTALL.items()]
    return "| Shell | To be typed once, and again after an upgrade |\n| --- | --- |\n" + "\n".join(rows)


PARTS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "exit codes": exit_codes,
    "results": results,
    "options": options,
    "completion": installs,
}


def made(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every generated file with what it should hold."""
    for shell, script in scripts().items():
        yield folder / _FILES[shell], script
    yield folder / "config.example.toml", example()
    readme = folder / "README.md"
    if readme.exists():
        yield readme, filled(readme.read_text(encoding="utf-8"))


def filled(text: str) -> str:
    """The README with its marked parts made anew. Raises ValueError for a missing mark."""
    for name, make in PARTS.items():
        start, end = _MARK.format(name), _END.format(name)
        pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
        part = f"{start}\n{make()}\n{end}"
        if len(pattern.findall(text)) != 1:
            raise ValueError(f"README.md must have the marks {start} and {end} once")
        text = part.join(pattern.split(text))
    return text


def stale(folder: Path) -> list[Path]:
    """The generated files that are not what they should be."""
    return [path for path, text in made(folder) if not path.exists() or path.read_text(encoding="utf-8") != text]


def main(arguments: list[str]) -> int:
    """Write everything, or check it."""
    words = [word for word in arguments if word != "--check"]
    folder = Path(words[0] if words else ".")
    if "--check" in arguments:
        wrong = stale(folder)
        for path in wrong:
            sys.stderr.write(f"{path} is stale; run: python -m lengowctl.cli.generate\n")
        return 1 if wrong else 0
    for path, text in made(folder):
        path.parent.mkdir(exist_ok=True)
        with atomic_write(path, force=True) as file:
            file.write(text)
        path.chmod(0o644)
    return 0


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
