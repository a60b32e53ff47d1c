"""The verbs on the databases: `lengowctl db info`."""

from __future__ import annotations

from lengowctl.cli.table import Verb

VERBS = (
    Verb("path", "lengowctl.cli.db.path:path", "Where the databases of the profile are."),
    Verb("info", "lengowctl.cli.db.info:info", "Sizes, counts, what was set aside, and how the files are kept."),
    Verb("backup", "lengowctl.cli.db.backup:backup", "Copy both databases into a folder, with a manifest."),
    Verb("check", "lengowctl.cli.db.check:check", "Look for damage, and say what to do about it."),
    Verb("purge", "lengowctl.cli.db.purge:purge", "Erase buyers' data that is older than the retention."),
    Verb("query", "lengowctl.cli.db.query:query", "Ask the databases in SQL; nothing can be changed."),
)
