"""The completion script for fish."""

from __future__ import annotations

from collections.abc import Iterator

from lengowctl.cli.tree import Node, Option, Value

_SCRIPT = r"""# Completion of lengowctl for fish. Made from the commands; a change here is lost.
# lengowctl completion says how to install it.

function __lengowctl_at --description 'Whether the commands typed so far are these'
    set -l paths @PATHS@
    set -l valued @VALUED@
    set -l path
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if string match -q -- '-*' $word
            contains -- $word $valued; and set skip 1
        else if contains -- "$path $word" $paths
            set path "$path $word"
        end
    end
    test "$path" = "$argv[1]"
end

function __lengowctl_offer --description 'Values: a kind that lengowctl knows or -, one or list, fixed words'
    set -l token (commandline -ct | string replace -r -- '^--[^=]*=' '')
    set -l typed (string unescape -- "$token"; or string replace -r -- '^["\']' '' "$token") # a quote may be open
    set -l head ''
    if test $argv[2] = list
        set head (string match -r -- '^.*,' "$typed"; or echo)
        set typed (string replace -r -- '^.*,' '' "$typed")
    end
    set -l said (string split -- , $head)
    for word in $argv[3..-1]
        contains -- $word $said; or printf '%s\n' $head$word
    end
    test $argv[1] = -; and return
    set -l words (commandline -opc)
    set -l program (string replace -r -- '^~' $HOME $words[1])
    set -l offered ($program __complete fish $argv[1] "=$typed" $words[2..-1] 2>/dev/null)
    if string match -q -- '--*=*' (commandline -ct) # in another case, fish would put the value in place of the option
        set offered (string match -r -- '^'(string escape --style=regex -- "$typed")'.*' $offered)
    end
    for word in $offered
        contains -- (string split -m1 -- \t $word)[1] $said; or printf '%s\n' $head$word
    end
end

complete -c lengowctl -f
@LINES@
"""


def script(root: Node) -> str:
    """The whole script: one line for each command and each option."""
    nodes = list(root.walk())
    paths = " ".join(_quoted(_path(node)) for node in nodes if node.path)
    valued = sorted({flag for node in nodes for option in node.options if option.value for flag in option.flags})
    lines = [
        *(f"complete -c lengowctl {_option(option)}" for option in root.options if option.everywhere),
        *(line for node in nodes for line in _lines(node)),
    ]
    return _SCRIPT.replace("@PATHS@", paths).replace("@VALUED@", " ".join(valued)).replace("@LINES@", "\n".join(lines))


def _path(node: Node) -> str:
    return "".join(f" {word}" for word in node.path)


def _lines(node: Node) -> Iterator[str]:
    start = f"complete -c lengowctl -n {_quoted(f'__lengowctl_at {_quoted(_path(node))}')}"
    for child in node.children:
        yield f"{start} -a {child.name} -d {_quoted(child.help)}"
    for value in node.arguments:
        if value.is_file or value.is_folder:
            yield f"{start} -F"
        elif value.words or value.asks:
            yield f"{start}{_offered(value)}"
    for option in node.options:
        if not option.everywhere:
            yield f"{start} {_option(option)}"


def _option(option: Option) -> str:
    flags = [f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags]
    value = _value(option.value) if option.value else ""
    return f"{' '.join(flags)}{value} -d {_quoted(option.help)}"


def _value(value: Value) -> str:
    if value.is_file:
        return " -r -F"
    if value.is_folder:
        return " -x -a '(__fish_complete_directories)'"
    return f" -x{_offered(value)}"


def _offered(value: Value) -> str:
    words = " ".join(value.words)
    if not value.is_list and not value.asks:
        return f" -a {_quoted(words)}" if words else ""
    call = f"__lengowctl_offer {value.asks or '-'} {'list' if value.is_list else 'one'} {words}"
    return f" -k -a {_quoted(f'({call.rstrip()})')}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
