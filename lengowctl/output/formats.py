"""The formats that `--format` knows. Each is written by the module of the same name."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    JSONL = "jsonl"
    IDS = "ids"
    COUNT = "count"
    XLSX = "xlsx"


#: What a listing may be written as, and what an export may.
LISTED = (Format.TABLE, Format.CSV, Format.TSV, Format.JSON, Format.JSONL, Format.IDS, Format.COUNT)
EXPORTED = (Format.CSV, Format.TSV, Format.JSON, Format.JSONL, Format.XLSX)
#: Formats whose writer takes JSON texts (`Orders.json_lines`) instead of tuples.
FROM_JSON = frozenset({Format.JSON, Format.JSONL})
