"""The front door: answers `--version` itself and hands all else to `cli`.

Nothing heavy is imported here. No traceback leaves this program.
"""

from __future__ import annotations

import sys

from lengowctl import __version__


def main() -> None:
    """Run the command line of this process and end it with its exit code."""
    if sys.argv[1:2] == ["--version"]:
        print_version()
        return
    try:
        from lengowctl.cli.main import process
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(process(sys.argv[1:]))


def print_version() -> None:
    """The version on stdout; a closed stdout is nobody's fault."""
    try:
        sys.stdout.write(f"{__version__}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
