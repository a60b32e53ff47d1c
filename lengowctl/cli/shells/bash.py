"""The completion script for bash (3.2 and later, with or without the bash-completion package)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from lengowctl.cli.tree import Node, Value

_SCRIPT = r"""# Completion of lengowctl for bash. Made from the commands; a change here is lost.
# lengowctl completion says how to install it.

_lengowctl_at() {  # the command at a path: its commands, its switches, its options that take a value, its arguments
    commands="" switches="" valued="" arguments="" kind="" asks=""
    case "$1" in
@NODES@
    esac
}

_lengowctl_value() {  # what may stand after an option of the command at a path
    kind="" asks="" choices=""
    case "$1 $2" in
@VALUES@
    esac
}

_lengowctl_words() {  # the words up to the cursor; what bash has split at = and : is one again
    local rest=${COMP_LINE:0:COMP_POINT} piece gap at
    words=()
    for ((at = 0; at <= COMP_CWORD; at++)); do
        gap=${rest%%[![:space:]]*}
        rest=${rest#"$gap"}
        piece=${rest:0:${#COMP_WORDS[at]}}
        rest=${rest:${#piece}}
        if [[ $gap || $at == 0 ]]; then words+=("$piece"); else words[${#words[@]}-1]+=$piece; fi
    done
}

_lengowctl_ask() {  # values that lengowctl knows, narrowed to what is typed; foreign text, so never expanded
    local value before=("${words[@]:1:at-1}")
    while IFS= read -r value; do
        found+=("$value")
    done < <("${words[0]/#\~/$HOME}" __complete bash "$asks" "=$cur" "${before[@]//[\\\"\']/}" 2>/dev/null)
}

_lengowctl_offer() {  # what was found, as readline wants it: from its last break on, quoted for the shell
    local value typed=$head$cur tail breaks=""
    [[ $COMP_WORDBREAKS == *:* ]] && breaks=:
    [[ $COMP_WORDBREAKS == *=* ]] && breaks=$breaks=
    tail=$typed
    [[ $breaks && ! $quote ]] && tail=${typed##*[$breaks]}
    for value in "${found[@]}"; do
        value=$head$value
        value=${value#"${typed%"$tail"}"}
        [[ ! $quote && $value == *[!A-Za-z0-9_.:,=@%/+-]* ]] && printf -v value %q "$value"
        COMPREPLY+=("$value")
    done
}

_lengowctl_paths() {  # files or folders; names may hold spaces
    local name
    compopt -o filenames 2>/dev/null
    while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$1" -- "$cur")
    [[ $head && $COMP_WORDBREAKS != *=* ]] && COMPREPLY=("${COMPREPLY[@]/#/$head}")
}

_lengowctl() {
    local words word cur prev path at skip bare commands switches valued arguments kind asks choices head quote found
    _lengowctl_words
    COMPREPLY=() path="" skip="" bare="" head="" quote="" found=() choices=""
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
    if [[ $skip ]]; then
        _lengowctl_value "$path" "$prev"
    elif [[ ! $bare && $cur == --*=* ]]; then
        _lengowctl_value "$path" "${cur%%=*}"
        head=${cur%%=*}= cur=${cur#*=}
    elif [[ ! $bare && $cur == -* ]]; then
        choices="$switches $valued" kind="" asks=""
    else
        choices="$commands $arguments"
    fi
    case "$kind" in
        file) _lengowctl_paths -f; return 0 ;;
        folder) _lengowctl_paths -d; return 0 ;;
    esac
    if [[ $cur == [\"\']* ]]; then quote=${cur:0:1} cur=${cur:1}; else cur=${cur//\\/}; fi
    if [[ $kind == list ]]; then
        [[ $cur == *,* ]] && head=$head${cur%,*}, cur=${cur##*,}
        compopt -o nospace 2>/dev/null
    fi
    for word in $choices; do [[ $word == "$cur"* ]] && found+=("$word"); done
    [[ $asks == order:* || $asks == action:* ]] && compopt -o nosort 2>/dev/null
    [[ $asks ]] && _lengowctl_ask
    if [[ $head == *, ]]; then  # what stands in the list already is not meant again
        choices=("${found[@]}") found=()
        for word in "${choices[@]}"; do [[ ,${head#*=} == *",$word,"* ]] || found+=("$word"); done
    fi
    _lengowctl_offer
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
        "kind": [_kind(value) for value in node.arguments if _kind(value)],
        "asks": [value.asks for value in node.arguments if value.asks],
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
        parts = {"kind": _kind(value), "asks": value.asks, "choices": " ".join(value.words)}
        body = " ".join(f'{name}="{text}"' for name, text in parts.items() if text)
        yield f"        {'|'.join(patterns)}) {body} ;;"


def _kind(value: Value) -> str:
    return "file" if value.is_file else "folder" if value.is_folder else "list" if value.is_list else ""


def _offers(value: Value) -> bool:
    return bool(value.words or value.asks) or value.is_file or value.is_folder
