"""The completion script for zsh."""

from __future__ import annotations

from lengowctl.cli.tree import Node, Option, Value

_SCRIPT = r"""#compdef lengowctl
# Completion of lengowctl for zsh. Made from the commands; a change here is lost.
# lengowctl completion says how to install it; it may also lie in a folder of $fpath as _lengowctl.

_lengowctl_offer() {  # KIND|- one|list WORD...: values that lengowctl knows, and fixed words; several with commas
    local kind=$1 how=$2 known line value
    local -a offered options said
    shift 2
    if [[ $how == list ]]; then
        compset -P '*,' && said=("${(@s:,:)${${(Q)IPREFIX}##*=}}")
        options=(-qS ,)
    fi
    offered=("$@")
    offered=("${(@)offered:|said}")
    offered=("${(@)offered//:/\\:}")
    if [[ $kind != - ]]; then
        options+=(-M 'm:{a-zA-Z}={A-Za-z}')
        known=$($lengowctl_program __complete zsh $kind "=${(Q)PREFIX}" "${lengowctl_typed[@]}" 2>/dev/null)
        for line in "${(@f)known}"; do
            line=${line//\\/\\\\}
            value=${line%%$'\t'*}
            (( $said[(Ie)$value] )) && continue
            value=${value//:/\\:}
            [[ -n $value ]] && offered+=("$value${${(M)line:#*$'\t'*}:+:${line#*$'\t'}}")
        done
    fi
    (( $#offered )) && _describe -V -t values value offered "${options[@]}"
}

@FUNCTIONS@
if [[ $funcstack[1] == _lengowctl ]]; then
    _lengowctl "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _lengowctl lengowctl
fi
"""


#: What lengowctl is asked with: below, zsh counts the words from the verb on.
_START = """\
    local lengowctl_program=${~words[1]}
    local -a lengowctl_typed
    lengowctl_typed=("${(@Q)words[2,CURRENT-1]}")
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
    start = "" if node.path else _START
    described = "\n".join(f"        '{_escaped(child.name)}:{_escaped(child.help)}'" for child in node.children)
    calls = "\n".join(f"        ({child.name}) {_name(child)} ;;" for child in node.children)
    return f"""\
{_name(node)}() {{
{start}    local curcontext="$curcontext" state line
    local -a commands
    typeset -A opt_args
    commands=(
{described}
    )
    _arguments -C -s -S -A '-*' \\
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
    many = value.metavar.strip("[]").endswith(("...", "]..."))
    return f"'{'*' if many else ''}: :{_action(value) or ' '}'"


def _action(value: Value) -> str:
    if value.is_file:
        return "_files"
    if value.is_folder:
        return "_files -/"
    if not value.is_list and not value.asks:
        return f"({' '.join(value.words)})" if value.words else ""
    how = "list" if value.is_list else "one"
    return " ".join(["", "_lengowctl_offer", _escaped(value.asks) or "-", how, *value.words])


def _escaped(text: str) -> str:
    for char in "\\[]:":
        text = text.replace(char, f"\\{char}")
    return text.replace("'", "'\\''")
