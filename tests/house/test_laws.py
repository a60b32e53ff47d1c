"""What no line of the package does."""

from __future__ import annotations

import ast
import re

from .source import calls, modules, room

_SQL = re.compile(
    r"\b(SELECT\b.+\bFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX)|PRAGMA)\b",
    re.DOTALL,
)


def test_no_shell_no_unchecked_certificate_no_redirect_is_followed() -> None:
    forbidden = {"shell": True, "verify": False, "follow_redirects": True}
    wrong = [
        f"{name}:{call.lineno} {word.arg}={word.value.value}"
        for name, tree in modules().items()
        for _, call in calls(tree)
        for word in call.keywords
        if word.arg in forbidden and isinstance(word.value, ast.Constant) and word.value.value is forbidden[word.arg]
    ]
    assert wrong == []


def test_no_moment_is_made_without_its_zone() -> None:
    wrong = [
        f"{name}:{call.lineno} {called}()"
        for name, tree in modules().items()
        for called, call in calls(tree)
        if called.endswith(("datetime.utcnow", "datetime.utcfromtimestamp", "date.today"))
        or (called.endswith("datetime.now") and not call.args and not call.keywords)
        or (called.endswith("datetime.fromtimestamp") and len(call.args) + len(call.keywords) < 2)
    ]
    assert wrong == []


def test_sql_is_put_together_in_the_store_and_the_sandbox_only() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        if room(name) not in ("store", "sandbox")
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and _SQL.search("".join(_constants(node)))
    ]
    assert wrong == []


def _constants(node: ast.JoinedStr) -> list[str]:
    return [str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values]


def test_nothing_is_printed_past_the_printer() -> None:
    wrong = [
        f"{name}:{call.lineno} {called}"
        for name, tree in modules().items()
        for called, call in calls(tree)
        if called in ("print", "typer.echo", "typer.secho", "input", "pprint")
    ]
    assert wrong == []


def test_no_sandbox_or_test_switch_is_hidden_in_the_environment() -> None:
    """The environment is read where it is handed in; nobody else looks."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in ("environ", "getenv", "environb", "putenv")
        and name not in ("lengowctl.__main__", "lengowctl.cli.machine")
    ]
    assert wrong == []


def test_foreign_text_is_never_read_as_markup() -> None:
    """Every console takes text as it is, and nothing asks for Rich's own notation."""
    strict = {"markup": False, "emoji": False, "highlight": False}
    wrong = []
    for name, tree in modules().items():
        for called, call in calls(tree):
            given = {word.arg: word.value.value for word in call.keywords if isinstance(word.value, ast.Constant)}
            short = called.rpartition(".")[2]
            loose = short == "Console" and not strict.items() <= given.items()
            loose |= short == "TextColumn" and given.get("markup") is not False
            if loose or short in ("from_markup", "from_ansi", "render_markup") or called == "rich.print":
                wrong.append(f"{name}:{call.lineno} {called}")
    assert wrong == []
