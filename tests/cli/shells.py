"""What real shells offer for a command line."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_BASH = r"""
source "$1"
COMP_WORDBREAKS="$3"
COMP_LINE="$2" COMP_POINT=${#2} COMP_WORDS=() COMP_CWORD=0 COMP_TYPE=9 COMP_KEY=9
_lengowctl
printf '%s\n' "${COMPREPLY[@]}"
"""
_FISH = 'source $argv[1]; complete -C "$argv[2]"'
# A second zsh on a pseudo-terminal completes; its widget writes down what it would offer.
_ZSH = r"""
zmodload zsh/zpty
zpty -b inner zsh -f -i
feed() { zpty -w inner "$1" }
feed "PS1= PS2= ; stty -echo ; unsetopt zle_bracketed_paste beep ; fpath=($1 \$fpath)"
feed 'autoload -Uz compinit ; compinit -u -D'
feed 'zstyle ":completion:*" list-grouped false ; zstyle ":completion:*" insert-tab false'
feed 'zstyle ":completion:*:default" list-prompt ""; zstyle ":completion:*" menu no'
feed 'compadd () {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return $?; fi
  typeset -a __hits; builtin compadd -A __hits "$@"; builtin compadd "$@"
  print -rl -- ${__hits/#/hit:} >> '"$3"'
}'
feed 'done_ () { print end >> '"$3"' ; exit }; zle -N done_; bindkey "^D" done_; bindkey "^I" complete-word'
feed 'print ready >> '"$3"
integer tries=0
while ! grep -q ready $3 2>/dev/null && (( tries++ < 200 )); do sleep 0.05; done
zpty -n -w inner "$2"$'\t'
zpty -n -w inner $'\x04'
tries=0
while ! grep -q '^end' $3 && (( tries++ < 200 )); do sleep 0.05; zpty -rt inner > /dev/null; done
grep '^hit:' $3 | cut -c5-
"""


def bash(script: Path, line: str, wordbreaks: str = " \t\n\"'@><=;|&(:") -> list[str]:
    return _run(["bash", "--norc", "-c", _BASH, "bash", str(script), line, wordbreaks])


def fish(script: Path, line: str, home: Path) -> list[str]:
    return [text.partition("\t")[0] for text in _run(["fish", "--no-config", "-c", _FISH, str(script), line], home)]


def zsh(folder: Path, line: str, home: Path) -> list[str]:
    """`folder` holds the script as `_lengowctl`."""
    hits = home / "hits"
    hits.unlink(missing_ok=True)
    return _run(["zsh", "-f", "-c", _ZSH, "zsh", str(folder), line, str(hits)], home)


def _run(words: list[str], home: Path | None = None) -> list[str]:
    env = {"PATH": os.environ["PATH"], "HOME": str(home or "/nonexistent"), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words, capture_output=True, text=True, env=env, timeout=60, check=False)
    assert not done.stderr, done.stderr
    return [line for line in done.stdout.splitlines() if line]
