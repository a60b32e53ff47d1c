"""The verbs on the configuration: `lengowctl config show`."""

from __future__ import annotations

from lengowctl.cli.table import Verb

VERBS = (
    Verb("path", "lengowctl.cli.config.path:path", "Where the configuration file and the data are."),
    Verb("show", "lengowctl.cli.config.show:show", "Every setting in force, and where it comes from."),
    Verb("check", "lengowctl.cli.config.check:check", "Check file, keys, modes, proxies and certificates."),
)
