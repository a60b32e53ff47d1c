"""The upkeep of a profile's folder, in one place to call: look, copy, check, purge, ask."""

from lengowctl.store.backup import backup
from lengowctl.store.check import Finding, check
from lengowctl.store.info import FileInfo, Info, info
from lengowctl.store.purge import Purged, purge
from lengowctl.store.query import query

__all__ = ["FileInfo", "Finding", "Info", "Purged", "backup", "check", "info", "purge", "query"]
