"""`lengowctl export`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Annotated, Any, TextIO, cast

from lengowctl.cli.declared import Option
from lengowctl.cli.machine import Nowhere
from lengowctl.cli.options import Filters, Layout, Listing
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import read_store, tell_state
from lengowctl.errors import UsageFault
from lengowctl.orders.fields import Rows, fields_of
from lengowctl.orders.selection import NEWEST, Selection
from lengowctl.output import csv, json, jsonl, manifest, mask, tsv, xlsx
from lengowctl.output.files import atomic_bytes, atomic_write, check_free
from lengowctl.output.formats import EXPORTED, FROM_JSON, Format
from lengowctl.output.words import counted
from lengowctl.store.ledger import ExportCursor
from lengowctl.store.store import Store
from lengowctl.sync.coverage import OVERLAP

STDOUT = "-"
_ENDINGS = {".csv": Format.CSV, ".tsv": Format.TSV, ".json": Format.JSON, ".jsonl": Format.JSONL,
            ".ndjson": Format.JSONL, ".xlsx": Format.XLSX}  # fmt: skip


class Exported(Listing):
    """How an export is written, as typed."""

    formats = EXPORTED
    limit_help = "At most N rows, 0 for all."


@dataclass(frozen=True)
class _Job:
    """One export: what, how, and where to."""

    selection: Selection
    layout: Layout
    rows: Rows
    to: Path | None
    mask: bool
    bom: bool
    decimal_comma: bool
    guard: bool
    after: int | None = None
    upto: int | None = None


def export(
    runtime: Runtime,
    filters: Filters,
    output: Exported,
    to: Annotated[str, Option("--to", metavar="FILE", help="Write to FILE; - is stdout.")] = STDOUT,
    rows: Annotated[Rows, Option("--rows", metavar="|".join(Rows), help="What one row is.")] = Rows.ORDER,
    since_last: Annotated[
        str | None, Option("--since-last", metavar="NAME", help="Only what changed since the last run of NAME.")
    ] = None,
    mask_buyer: Annotated[bool, Option("--mask", help="Hide the buyer's data.")] = False,
    with_manifest: Annotated[
        bool, Option("--manifest", help="Write counts and checksum to FILE.manifest.json.")
    ] = False,
    force: Annotated[bool, Option("--force", help="Replace FILE if it is there.")] = False,
    bom: Annotated[bool, Option("--bom", help="Begin a CSV with a byte-order mark, for Excel.")] = False,
    decimal_comma: Annotated[
        bool, Option("--decimal-comma", help="Write 90,60 in a CSV, and ; between columns.")
    ] = False,
    no_guard: Annotated[
        bool, Option("--no-guard", help="Do not protect cells that look like formulas: for programs.")
    ] = False,
) -> None:
    """Export orders, their lines or parcels to a file or stdout.

    Without --columns all columns are written. The format follows FILE's ending, or --format; csv otherwise. A file
    is whole or not there.
    """
    if not to.strip():
        raise UsageFault("--to is empty", hint="name a file, or - for stdout")
    view = filters.view(runtime)
    path = None if to == STDOUT else Path(to)
    layout = _layout(output, output.layout(runtime, view, rows=rows), path, rows, bool(view and view.columns))
    job = _Job(filters.selection(runtime), layout, rows, path, mask_buyer, bom, decimal_comma, not no_guard)
    _check(runtime, job, with_manifest=with_manifest, since_last=since_last)
    if path and with_manifest:
        check_free(manifest.place(path), force=force)
    store = read_store(runtime)
    cursor = None
    if since_last:
        job, cursor = _since_last(runtime, store, job, since_last)
    tell_state(runtime, store, job.selection)
    written = _write(runtime, store, job, force=force)
    if with_manifest:
        _write_manifest(runtime, store, job, written, force=force)
    if since_last and cursor:
        runtime.printer.flush()  # what nobody has taken is not exported
        if path is None and isinstance(runtime.machine.stdout, Nowhere):
            return
        runtime.store(write=True).ledger.save_export(since_last, cursor, at=runtime.now(), target=to, rows=written)
    if path is not None:
        cut = view is not None and output.limit is None and written == layout.limit
        tail = f", as many as the view {view.name} takes; --limit 0 writes all" if view and cut else ""
        runtime.printer.say(f"{counted(written, 'row')} written to {path}{tail}")


def _layout(output: Exported, layout: Layout, path: Path | None, rows: Rows, viewed: bool) -> Layout:
    """All columns unless some were asked for, no limit unless one was (by the view, too), and the format of the file's
    ending."""
    written_as = layout.format if output.format else _ENDINGS.get(path.suffix.lower() if path else "", Format.CSV)
    columns = layout.columns if output.columns or viewed else tuple(fields_of(rows))
    return replace(layout, format=written_as, columns=columns, limit=None if layout.cut else layout.limit, cut=False)


def _check(runtime: Runtime, job: _Job, *, with_manifest: bool, since_last: str | None) -> None:
    if job.layout.format is not Format.CSV and (job.bom or job.decimal_comma):
        option = "--bom" if job.bom else "--decimal-comma"
        raise UsageFault(f"{option} is for CSV, and this is {job.layout.format}", hint="leave it out, or add -o csv")
    if with_manifest and job.to is None:
        raise UsageFault("--manifest stands beside a file", hint="name one with --to FILE")
    if since_last is not None and (job.layout.limit or not since_last.strip()):
        raise UsageFault("--since-last needs a name and no --limit: rows beyond the limit would never be exported")
    if job.layout.format is Format.XLSX and job.to is None and runtime.printer.out_tty:
        raise UsageFault("a spreadsheet file is nothing for a terminal", hint="name a file with --to FILE")


def _since_last(runtime: Runtime, store: Store, job: _Job, name: str) -> tuple[_Job, ExportCursor]:
    """What changed since the last run of that name, and where the next one begins."""
    generation = store.facts.get("generation") or ""
    upto = store.orders.newest_seq()
    last = store.ledger.export_cursor(name)
    after: int | None = None
    selection = job.selection
    if last and last.generation == generation:
        after = last.seq
    elif last and last.newest_updated_at:
        since = last.newest_updated_at - OVERLAP
        selection = replace(selection, updated_since=max(since, selection.updated_since or since))
        runtime.printer.warn(f"the cache was made anew since the last run of {name}: some orders may come again")
    cursor = ExportCursor(upto, generation, store.coverage.cursor())
    return replace(job, selection=selection, after=after, upto=upto), cursor


def _write(runtime: Runtime, store: Store, job: _Job, *, force: bool) -> int:
    """Write the rows; returns how many."""
    binary = job.layout.format is Format.XLSX
    if job.to is None:
        out = runtime.printer.out
        if not binary:
            return _write_text(runtime, store, job, out)
        return xlsx.write(_tuples(runtime, store, job), job.layout.columns, _bytes_of(out), kind=job.rows)
    if binary:
        with atomic_bytes(job.to, force=force) as stream:
            return xlsx.write(_tuples(runtime, store, job), job.layout.columns, stream, kind=job.rows)
    with atomic_write(job.to, force=force) as text:
        return _write_text(runtime, store, job, text)


def _write_text(runtime: Runtime, store: Store, job: _Job, stream: TextIO) -> int:
    written_as, columns = job.layout.format, job.layout.columns
    if written_as in FROM_JSON:
        texts = store.orders.json_lines(job.selection, columns, **_settings(runtime, job))
        if job.mask:
            texts = mask.json_rows(texts)
        return json.write(texts, stream) if written_as is Format.JSON else jsonl.write(texts, stream)
    words = store.orders.words(job.selection, columns, **_settings(runtime, job))
    if job.mask:
        words = mask.words(words, columns, job.rows)
    if written_as is Format.TSV:
        return tsv.write_words(words, columns, stream, kind=job.rows, header=True, guard=job.guard)
    return csv.write_words(
        words, columns, stream, kind=job.rows, guard=job.guard, bom=job.bom, decimal_comma=job.decimal_comma
    )


def _tuples(runtime: Runtime, store: Store, job: _Job) -> Iterator[tuple[str | int | None, ...]]:
    values = store.orders.rows(job.selection, job.layout.columns, **_settings(runtime, job))
    return mask.rows(values, job.layout.columns, job.rows) if job.mask else iter(values)


def _settings(runtime: Runtime, job: _Job) -> dict[str, Any]:
    layout = job.layout
    return {
        "rows": job.rows,
        "sort": layout.sort or NEWEST,
        "limit": layout.limit,
        "profile": runtime.profile.name,
        "after_seq": job.after,
        "before_seq": job.upto,
    }


def _bytes_of(stream: TextIO) -> IO[bytes]:
    return cast(IO[bytes], getattr(stream, "buffer", stream))


def _write_manifest(runtime: Runtime, store: Store, job: _Job, written: int, *, force: bool) -> None:
    assert job.to is not None
    asked = {name: value for name, value in asdict(job.selection).items() if value not in ((), None)}
    manifest.write(
        manifest.Manifest(
            file=job.to,
            format=job.layout.format,
            rows=written,
            row_kind=job.rows,
            columns=job.layout.columns,
            source=store.source,
            profile=runtime.profile.name,
            selection=asked,
            options={"mask": job.mask, "after_seq": job.after, "upto_seq": job.upto},
            covered_until=store.coverage.cursor(),
            created_at=runtime.now(),
        ),
        force=force,
    )
