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
# A second zsh on a pseudo-terminal completes each line; what it would offer is written down.
_ZSH = r"""
zmodload zsh/zpty
zpty -b inner zsh -f -i
feed() { zpty -w inner "$1" }
hits=$2
: > $hits
feed "PS1= PS2= ; stty -echo ; unsetopt zle_bracketed_paste beep ; fpath=($1 \$fpath)"
feed 'autoload -Uz compinit ; compinit -u -D'
feed 'zstyle ":completion:*" list-grouped false ; zstyle ":completion:*" insert-tab false'
feed 'zstyle ":completion:*:default" list-prompt ""; zstyle ":completion:*" menu no'
feed 'compadd () {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return $?; fi
  typeset -a __hits; builtin compadd -A __hits "$@"; builtin compadd "$@"
  print -rl -- ${__hits/#/hit:} >> '"$hits"'
}'
feed 'next_ () { print end >> '"$hits"' ; BUFFER= }; zle -N next_; bindkey "^D" next_; bindkey "^I" complete-word'
feed 'print end >> '"$hits"
integer ends=1 tries
await() {
  tries=0
  while (( $(grep -c "^end" $hits) < ends && tries++ < 500 )); do
    zpty -rt inner > /dev/null
    sleep 0.02
  done
}
await
for line in "${@[3,-1]}"; do
  (( ends++ ))
  zpty -n -w inner "$line"$'\t'
  zpty -n -w inner $'\x04'
  await
done
cat $hits
"""


def bash(script: Path, line: str, *, wordbreaks: str = " \t\n\"'@><=;|&(:") -> list[str]:
    return _run(["bash", "--norc", "-c", _BASH, "bash", str(script), line, wordbreaks])


def fish(script: Path, line: str) -> list[str]:
    return [text.partition("\t")[0] for text in _run(["fish", "--no-config", "-c", _FISH, str(script), line])]


def zsh(folder: Path, lines: list[str], home: Path) -> dict[str, list[str]]:
    """`folder` holds the script as `_lengowctl`."""
    told = _run(["zsh", "-f", "-c", _ZSH, "zsh", str(folder), str(home / "hits"), *lines], home)
    parts = "\n".join(told).split("end")[1:-1]
    return {line: [hit[4:] for hit in part.split("\n") if hit] for line, part in zip(lines, parts, strict=True)}


def _run(words: list[str], home: Path | None = None) -> list[str]:
    env = {"PATH": os.environ["PATH"], "HOME": str(home or "/nonexistent"), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words, capture_output=True, text=True, env=env, timeout=60, check=False)
    assert not done.stderr, done.stderr
    return [line for line in done.stdout.splitlines() if line]
