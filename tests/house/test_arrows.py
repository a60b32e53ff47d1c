"""Arrows point down: a module imports only from a room with a lower number; equal numbers never meet."""

from __future__ import annotations

import ast

from .source import NUMBERS, PACKAGE, imports, modules, room


def test_every_room_has_a_number() -> None:
    rooms = {path.stem for path in PACKAGE.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert rooms - {"__init__", "__pycache__", "py"} <= set(NUMBERS)


def test_a_module_knows_only_rooms_below_its_own() -> None:
    wrong = [
        f"{name}:{line} imports {imported}"
        for name, tree in modules().items()
        for imported, line in imports(tree)
        if imported.startswith("lengowctl.") and not _allowed(room(name), room(imported))
    ]
    assert wrong == []


def _allowed(mine: str, theirs: str) -> bool:
    if theirs in (mine, "__version__"):
        return True
    return theirs in NUMBERS and NUMBERS.get(mine, -1) > NUMBERS[theirs]


def test_sync_knows_of_connectors_only_the_contract() -> None:
    wrong = [
        f"{name}:{line} imports {imported}"
        for name, tree in modules().items()
        if room(name) in ("sync", "outbox")
        for imported, line in imports(tree)
        if room(imported) == "connectors" and not imported.startswith("lengowctl.connectors.base.")
    ]
    assert wrong == []


def test_only_the_store_and_the_sandbox_speak_sql() -> None:
    wrong = [
        f"{name}:{line} imports {imported}"
        for name, tree in modules().items()
        if room(name) not in ("store", "sandbox")
        for imported, line in imports(tree)
        if imported.partition(".")[0] in ("sqlite3", "sqlite_utils") and name != "lengowctl.cli.wiring"
    ]
    assert wrong == []


def test_a_package_init_holds_its_docstring_only() -> None:
    wrong = []
    for path in PACKAGE.rglob("__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        rest = body[1:]
        if path.parent == PACKAGE:
            rest = [
                node for node in rest if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant))
            ]
        if not (body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)) or rest:
            wrong.append(str(path))
    assert wrong == []
