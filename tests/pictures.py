"""Renders the README's pictures from the program's own output: `python -m tests.pictures`.

Each command runs for real in a pseudo-terminal against a fresh sandbox; what it printed becomes an SVG.
"""

from __future__ import annotations

import contextlib
import io
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

FOLDER = Path(__file__).parents[1] / ".github"
PICTURES = {
    "list.svg": (112, (("list", "-n", "9"), ("due", "--due-within", "12h", "-n", "6"))),
    "show.svg": (112, (("show", "{fnac}"),)),
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"LENGOWCTL_DATA_DIR": home, "LENGOWCTL_PROFILE": "sandbox", "TERM": "xterm-256color"}
        os.environ["COLUMNS"] = "112"
        typed(112, ("sync",))
        first = typed(112, ("list", "-s", "waiting_acceptance", "-m", "fnac", "-n", "1", "-o", "ids"))
        for name, (width, commands) in PICTURES.items():
            texts = []
            for command in commands:
                words = tuple(word.replace("{fnac}", first.split()[0]) for word in command)
                texts.append(f"\x1b[1m$ lengowctl {' '.join(words)}\x1b[0m\n{typed(width, words)}")
            draw(FOLDER / name, width, "\n".join(texts))


def typed(width: int, words: tuple[str, ...]) -> str:
    """What the command prints on a terminal of that width."""
    os.environ["COLUMNS"] = str(width)
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "lengowctl", *words], stdin=follower, stdout=follower, stderr=follower
    ):
        os.close(follower)
        read = bytearray()
        with contextlib.suppress(OSError):  # the end of a pseudo-terminal is an error, not an end of file
            while data := os.read(leader, 65536):
                read += data
    os.close(leader)
    return read.decode().replace("\r\n", "\n")


def draw(path: Path, width: int, text: str) -> None:
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(text))
    path.write_text(console.export_svg(title="lengowctl"), encoding="utf-8")


if __name__ == "__main__":
    main()
