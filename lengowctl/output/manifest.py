"""What stands beside an export: what is in the file, where it came from, and the digest to check it by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lengowctl import __version__
from lengowctl.orders.moment import utc_text
from lengowctl.output.files import atomic_write
from lengowctl.output.text import clean_json

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """One exported file. `selection` and `options` are what was asked for, in plain values; `covered_until` is the
    moment up to which the cache surely held every change, or None."""

    file: Path
    format: str
    rows: int
    row_kind: str
    columns: Sequence[str]
    source: str | None
    profile: str
    selection: Mapping[str, object]
    options: Mapping[str, object]
    covered_until: datetime | None
    created_at: datetime


def place(file: Path) -> Path:
    """Where the manifest of a file stands: beside it."""
    return file.with_name(f"{file.name}.manifest.json")


def write(manifest: Manifest, *, force: bool = False) -> Path:
    """Write `FILE.manifest.json` beside the exported file, with that file's size and SHA-256; returns its path."""
    path = place(manifest.file)
    text = json.dumps(as_json(manifest), ensure_ascii=False, indent=2, default=_plain)
    with atomic_write(path, force=force) as stream:
        stream.write(f"{clean_json(text)}\n")
    return path


def as_json(manifest: Manifest) -> dict[str, object]:
    """The manifest as JSON values; names are a promise."""
    return {
        "file": manifest.file.name,
        "format": manifest.format,
        "rows": manifest.rows,
        "row_kind": manifest.row_kind,
        "columns": list(manifest.columns),
        "bytes": manifest.file.stat().st_size,
        "sha256": digest(manifest.file),
        "source": manifest.source,
        "profile": manifest.profile,
        "selection": dict(manifest.selection),
        "options": dict(manifest.options),
        "covered_until": utc_text(manifest.covered_until) if manifest.covered_until else None,
        "created_at": utc_text(manifest.created_at),
        "lengowctl": __version__,
    }


def _plain(value: object) -> str:
    return utc_text(value) if isinstance(value, datetime) else str(value)


def digest(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    total = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            total.update(piece)
    return total.hexdigest()
