"""What is left behind when the program itself is wrong: a report that can be sent to anybody.

It names kinds of exceptions, files of the program, lines and versions. It holds no message, no argument, no local:
those may carry secrets or a buyer's data.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType

from lengowctl import __version__
from lengowctl.errors import behind

_PACKAGE = Path(__file__).parents[2]


def report(fault: BaseException, now: datetime) -> str:
    """The report's text."""
    lines = [
        f"lengowctl {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        now.strftime("%Y-%m-%dT%H:%M:%SZ"),
    ]
    for number, link in enumerate(behind(fault)):
        lines += ["", f"{'because of ' if number else ''}{type(link).__module__}.{type(link).__qualname__}"]
        lines += [f"  {where}" for where in _frames(link.__traceback__)]
    return "\n".join(lines) + "\n"


def write_report(fault: BaseException, folder: Path, now: datetime) -> Path:
    """Write the report into a new file in `folder`, mode 0600. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"crash-{now.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.txt"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123 - Path.open takes no flags
        file.write(report(fault, now))
    return path


def _frames(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        code = traceback.tb_frame.f_code
        yield f"{_inside(code.co_filename)}:{traceback.tb_lineno} {code.co_name}"
        traceback = traceback.tb_next


def _inside(filename: str) -> str:
    """The file below the package's parent, or its bare name: a path tells who the user is."""
    path = Path(filename)
    return path.relative_to(_PACKAGE).as_posix() if path.is_relative_to(_PACKAGE) else path.name
