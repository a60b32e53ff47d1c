"""The completion script for zsh."""

from __future__ import annotations

from lengowctl.cli.tree import Node, Option, Value

_SCRIPT = r"""#compdef lengowctl
# Completion of lengowctl for zsh. Made from the commands; a change here is lost.
# Put it into a folder of $fpath as _lengowctl, or in ~/.zshrc: source <(lengowctl completion zsh)

@FUNCTIONS@
if [[ $funcstack[1] == _lengowctl ]]; then
    _lengowctl "$@"
else
    compdef _lengowctl lengowctl
fi
"""


def script(root: Node) -> str:
    """The whole script: one function a command."""
    return _SCRIPT.replace("@FUNCTIONS@", "\n".join(_function(node) for node in root.walk()))


def _function(node: Node) -> str:
    return _group(node) if node.children else _verb(node)


def _name(node: Node) -> str:
    return "_" + "_".join(("lengowctl", *node.path)).replace("-", "_")


def _verb(node: Node) -> str:
    arguments = [_argument(value) for value in node.arguments]
    return f"{_name(node)}() {{\n    _arguments -s -S \\\n{_specs(node, arguments)}\n}}\n"


def _group(node: Node) -> str:
    described = "\n".join(f"        '{_escaped(child.name)}:{_escaped(child.help)}'" for child in node.children)
    calls = "\n".join(f"        ({child.name}) {_name(child)} ;;" for child in node.children)
    return f"""\
{_name(node)}() {{
    local curcontext="$curcontext" state line
    local -a commands
    typeset -A opt_args
    commands=(
{described}
    )
    _arguments -C -s -S \\
{_specs(node, ["'1: :->command'", "'*:: :->rest'"])}
    case $state in
    (command) _describe -t commands command commands ;;
    (rest)
        case $line[1] in
{calls}
        esac ;;
    esac
}}
"""


def _specs(node: Node, rest: list[str]) -> str:
    return " \\\n".join(f"        {spec}" for spec in [*map(_option, node.options), *rest])


def _option(option: Option) -> str:
    """`'(-s --status)'{-s+,--status=}'[help]:STATUS:(…)'`"""
    others = "*" if option.repeatable else f"({' '.join(option.flags)})"
    flags = [_flag(flag, option.value) for flag in option.flags]
    shown = f"{{{','.join(flags)}}}" if len(flags) > 1 else flags[0]
    tail = f":{_escaped(option.value.metavar)}:{_action(option.value)}" if option.value else ""
    return f"'{others}'{shown}'[{_escaped(option.help)}]{tail}'"


def _flag(flag: str, value: Value | None) -> str:
    return flag if value is None else f"{flag}=" if flag.startswith("--") else f"{flag}+"


def _argument(value: Value) -> str:
    many = value.metavar.endswith("...") or value.metavar.endswith("…")
    return f"'{'*' if many else ''}: :{_action(value) or ' '}'" if value.words or value.is_file else "'*: : '"


def _action(value: Value) -> str:
    if value.is_file:
        return "_files"
    if value.is_folder:
        return "_files -/"
    words = " ".join(value.words)
    return f"_sequence compadd - {words}" if value.is_list else f"({words})" if words else ""


def _escaped(text: str) -> str:
    for char in "\\[]:":
        text = text.replace(char, f"\\{char}")
    return text.replace("'", "'\\''")
