"""What stands beside an export."""

from __future__ import annotations

import hashlib
import json
import stat
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lengowctl import __version__
from lengowctl.errors import FileFault
from lengowctl.output.manifest import Manifest, digest, write

from .samples import NOW, unsafe


def manifest(file: Path) -> Manifest:
    return Manifest(
        file=file, format="csv", rows=3, row_kind="order", columns=("ref", "total"), source="lengow|https://a|1",
        profile="shop", selection={"since": NOW, "min_total": Decimal("5.0"), "search": "\u202eé"},
        options={"mask": True}, covered_until=NOW, created_at=NOW,
    )  # fmt: skip


def test_a_manifest_says_what_is_in_the_file_and_how_to_check_it(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(b"ref,total\r\n")
    path = write(manifest(file))
    assert path == tmp_path / "orders.csv.manifest.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not unsafe(path.read_text())
    assert json.loads(path.read_text()) == {
        "file": "orders.csv",
        "format": "csv",
        "rows": 3,
        "row_kind": "order",
        "columns": ["ref", "total"],
        "bytes": 11,
        "sha256": hashlib.sha256(b"ref,total\r\n").hexdigest(),
        "source": "lengow|https://a|1",
        "profile": "shop",
        "selection": {"since": "2026-11-23T09:00:00Z", "min_total": "5.0", "search": "\u202eé"},
        "options": {"mask": True},
        "covered_until": "2026-11-23T09:00:00Z",
        "created_at": "2026-11-23T09:00:00Z",
        "lengowctl": __version__,
    }


def test_a_manifest_is_replaced_only_where_its_file_may_be(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(b"")
    write(manifest(file))
    with pytest.raises(FileFault, match="already there"):
        write(manifest(file))
    write(replace(manifest(file), covered_until=None), force=True)
    assert json.loads((tmp_path / "orders.csv.manifest.json").read_text())["covered_until"] is None


def test_a_digest_is_that_of_the_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "big"
    content = bytes(range(256)) * 10_000
    file.write_bytes(content)
    assert digest(file) == hashlib.sha256(content).hexdigest()
