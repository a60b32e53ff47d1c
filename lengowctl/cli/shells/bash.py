"""The completion script for bash (3.2 and later, with or without the bash-completion package)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from lengowctl.cli.tree import Node, Value

_SCRIPT = r"""# Completion of lengowctl for bash. Made from the commands; a change here is lost.
# In ~/.bashrc: source <(lengowctl completion bash)

_lengowctl_at() {  # the command at a path: its commands, its switches, its options that take a value, its words
    commands="" switches="" valued="" arguments=""
    case "$1" in
@NODES@
    esac
}

_lengowctl_value() {  # what may stand after an option of the command at a path
    kind="" choices=""
    case "$1 $2" in
@VALUES@
    esac
}

_lengowctl_paths() {  # files or folders; names may hold spaces
    local name
    compopt -o filenames 2>/dev/null
    while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$1" -- "$2")
}

_lengowctl() {
    local line words word cur prev path at skip bare commands switches valued arguments kind choices head
    line=${COMP_LINE:0:COMP_POINT}
    # Words as typed: bash itself has split them at = and : too.
    read -r -a words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    COMPREPLY=() path="" skip="" bare=""
    at=$((${#words[@]} - 1))
    cur=${words[at]}
    prev=""
    _lengowctl_at ""
    for word in "${words[@]:1:at-1}"; do
        prev=$word
        if [[ $skip ]]; then skip="" prev=""
        elif [[ $bare ]]; then prev=""
        elif [[ $word == -- ]]; then bare=1
        elif [[ $word == -* ]]; then [[ " $valued " == *" $word "* ]] && skip=1
        elif [[ " $commands " == *" $word "* ]]; then path="${path:+$path }$word"; _lengowctl_at "$path"
        fi
    done
    head=""
    if [[ $skip ]]; then
        _lengowctl_value "$path" "$prev"
    elif [[ ! $bare && $cur == --*=* ]]; then
        _lengowctl_value "$path" "${cur%%=*}"
        [[ $COMP_WORDBREAKS == *=* ]] || head="${cur%%=*}="
        cur=${cur#*=}
    elif [[ ! $bare && $cur == -* ]]; then
        choices="$switches $valued"
    else
        choices="$commands $arguments"
    fi
    case "$kind" in
        file) _lengowctl_paths -f "$cur" ;;
        folder) _lengowctl_paths -d "$cur" ;;
        list)
            [[ $cur == *,* ]] && head="$head${cur%,*}," cur=${cur##*,}
            COMPREPLY=($(compgen -W "$choices" -- "$cur")) ;;
        *) COMPREPLY=($(compgen -W "$choices" -- "$cur")) ;;
    esac
    [[ $head ]] && COMPREPLY=("${COMPREPLY[@]/#/$head}")
    return 0
}

complete -F _lengowctl lengowctl
"""


def script(root: Node) -> str:
    """The whole script."""
    nodes = "\n".join(_node(node) for node in root.walk())
    return _SCRIPT.replace("@NODES@", nodes).replace("@VALUES@", "\n".join(_values(root)))


def _node(node: Node) -> str:
    parts = {
        "commands": [child.name for child in node.children],
        "switches": [flag for option in node.options if option.value is None for flag in option.flags],
        "valued": [flag for option in node.options if option.value is not None for flag in option.flags],
        "arguments": [word for value in node.arguments for word in value.words],
    }
    body = " ".join(f'{name}="{" ".join(words)}"' for name, words in parts.items() if words)
    return f'        "{" ".join(node.path)}") {body} ;;'


def _values(root: Node) -> Iterator[str]:
    """One line for each set of values, with the options that take it. A flag that means the same in every command is
    named once."""
    meanings: dict[str, set[Value]] = defaultdict(set)
    found: dict[Value, list[str]] = defaultdict(list)
    for node in root.walk():
        for option in node.options:
            if option.value is not None:
                for flag in option.flags:
                    meanings[flag].add(option.value)
    for node in root.walk():
        for option in node.options:
            for flag in option.flags if option.value is not None and _offers(option.value) else ():
                assert option.value is not None
                pattern = f'*" {flag}"' if len(meanings[flag]) == 1 else f'"{" ".join(node.path)} {flag}"'
                if pattern not in found[option.value]:
                    found[option.value].append(pattern)
    for value, patterns in found.items():
        kind = "file" if value.is_file else "folder" if value.is_folder else "list" if value.is_list else ""
        yield f'        {"|".join(patterns)}) kind="{kind}" choices="{" ".join(value.words)}" ;;'


def _offers(value: Value) -> bool:
    return bool(value.words) or value.is_file or value.is_folder
