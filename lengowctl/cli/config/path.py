"""`lengowctl config path`"""

from __future__ import annotations

from lengowctl.cli.runtime import Runtime


def path(runtime: Runtime) -> None:
    """Where the configuration file and the data are.

    Two lines: the configuration file, and the folder that holds the data of all profiles. Neither needs to be there.
    """
    runtime.printer.data(str(runtime.config_path or "-"))
    runtime.printer.data(str(runtime.data_root))
