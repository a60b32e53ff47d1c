"""The completion script for PowerShell (5.1 and later)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lengowctl.cli.tree import Node

_SCRIPT = r"""# Completion of lengowctl for PowerShell. Made from the commands; a change here is lost.
# lengowctl completion says how to install it.

Register-ArgumentCompleter -Native -CommandName lengowctl -ScriptBlock {
    param($word, $ast, $cursor)

    $tree = @{
@NODES@
    }

    $path = ''
    $option = ''
    $before = @()
    foreach ($element in $ast.CommandElements | Select-Object -Skip 1) {
        if ($element.Extent.EndOffset -ge $cursor -and $word -ne '') { break }
        $text = $element.Extent.Text
        $before += $text.Trim('"', "'")
        if ($option) { $option = '' }
        elseif ($text.StartsWith('-')) { if ($tree[$path].Values.ContainsKey($text)) { $option = $text } }
        elseif ($tree[$path].Commands.Contains($text)) { $path = "$path $text".Trim() }
    }

    $node = $tree[$path]
    $head = ''
    $typed = $word.Trim('"', "'")
    if (-not $option -and $word -match '^(--[^=]+)=(.*)$') {
        $option = $Matches[1]
        $head = "$option="
        $typed = $Matches[2]
    }
    $found = [ordered]@{}
    $asked = ''
    if ($option) {
        if ($typed -match '^(.*,)([^,]*)$') { $head += $Matches[1]; $typed = $Matches[2] }
        foreach ($value in $node.Values[$option]) { $found[$value] = $value }
        $asked = $node.Asks[$option]
    }
    elseif ($typed.StartsWith('-')) { $found = $node.Options }
    else { $found = $node.Commands; $asked = $node.Asks[''] }

    foreach ($name in @($found.Keys)) {
        if ($name.StartsWith($typed)) {
            [System.Management.Automation.CompletionResult]::new("$head$name", $name, 'ParameterValue', $found[$name])
        }
    }
    if ($asked) {
        $program = $ast.CommandElements[0].Extent.Text
        & $program __complete powershell $asked "=$typed" @before 2>$null | ForEach-Object {
            $value, $about = $_ -split "`t", 2
            if ($found.Contains($value)) { return }
            $text = "$head$value"
            if ($text -match '[^\w:.,=@%/+-]') { $text = "'" + $text.Replace("'", "''") + "'" }
            if (-not $about) { $about = $value }
            [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
        }
    }
}
"""


def script(root: Node) -> str:
    """The whole script."""
    return _SCRIPT.replace("@NODES@", "\n".join(_node(node) for node in root.walk()))


def _node(node: Node) -> str:
    commands = {child.name: child.help for child in node.children}
    commands |= {word: word for value in node.arguments for word in value.words}
    options = {flag: option.help for option in node.options for flag in option.flags}
    values = {flag: option.value.words for option in node.options if option.value for flag in option.flags}
    asked = {flag: option.value.asks for option in node.options if option.value for flag in option.flags}
    asked[""] = next((value.asks for value in node.arguments), "")
    asks = {flag: kind for flag, kind in asked.items() if kind}
    return f"""\
        {_quoted(" ".join(node.path))} = @{{
            Commands = [ordered]@{{{_pairs(commands)}}}
            Options  = [ordered]@{{{_pairs(options)}}}
            Asks     = @{{{_pairs(asks)}}}
            Values   = @{{{"; ".join(f"{_quoted(flag)} = {_array(words)}" for flag, words in values.items())}}}
        }}"""


def _pairs(texts: Mapping[str, str]) -> str:
    return "; ".join(f"{_quoted(name)} = {_quoted(text or name)}" for name, text in texts.items())


def _array(words: Iterable[str]) -> str:
    return f"@({', '.join(_quoted(word) for word in words)})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
