"""The completion scripts, in the shells themselves: keys are typed on a terminal, what stands on the line is read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lengowctl.cli.generate import scripts
from lengowctl.cli.shells.install import INSTALL
from lengowctl.cli.tree import tree

from ...running import Shell
from ...trading import Shop
from .terminal import Terminal

SHELLS = ("bash", "zsh", "fish")
#: How each shell is started, made quiet and given the script; Ctrl-G shows the line as it stands, Ctrl-U empties it.
_START = {
    "bash": (
        ("bash", "--norc", "--noprofile", "-i"),
        r"""bind 'set completion-query-items 0' 'set page-completions off' 'set enable-bracketed-paste off'
PS1='$ '; bind 'set bell-style none'; bind -x '"\C-g": printf "\n<<%s>>\n" "$READLINE_LINE"'; source @SCRIPT@""",
    ),
    "zsh": (
        ("zsh", "-f", "-i"),
        r"""autoload -Uz compinit; compinit -u -D; LISTMAX=0; PS1='$ '; unsetopt beep zle_bracketed_paste
shown() { print -rn -- "<<$BUFFER>>" > $TTY }; zle -N shown; bindkey '^G' shown; bindkey '^U' kill-whole-line
source @SCRIPT@""",
    ),
    "fish": (
        ("fish", "--no-config", "-i"),
        r"""set -g fish_autosuggestion_enabled 0; function fish_prompt; echo -n '$ '; end
bind \cg 'echo \<\<(commandline)\>\>; commandline -f repaint'; bind \cu 'commandline ""'; source @SCRIPT@""",
    ),
}


class Line:
    """The line that is being typed in one shell."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def after(self, keys: str) -> str:
        """What stands on the line when these keys were pressed."""
        return self._told(keys)[1]

    def offered(self, keys: str) -> str:
        """All that the shell shows while these keys are pressed, with single spaces."""
        return " ".join(self._told(keys)[0].split())

    def _told(self, keys: str) -> tuple[str, str]:
        self._terminal.type(f"{keys}\x07")
        found = self._terminal.until(r"(.*)<<(.*?)>>")
        self._terminal.type("\x15")
        return found[1], found[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a synchronised shop, the scripts, and a program on its path."""
    folder = tmp_path_factory.mktemp("home")
    shop = Shop.make(folder)
    with shop.world() as world:
        world.configure(lively=False)
        world.add_order("bol", order_id="A B#1", status="waiting_shipment")
        world.add_order("bol", order_id="A$(touch x)", status="waiting_shipment")
    shop.shell.clock.sleep(120)
    assert shop("sync").code == 0
    (folder / "config.toml").write_text(
        "[profiles.north]\n[views.late]\noverdue = true\n[views.large]\nmin_total = 99\n"
    )
    (folder / "config.toml").chmod(0o600)
    for shell, script in scripts().items():
        (folder / f"script.{shell}").write_text(script)
    program = folder / "bin" / "lengowctl"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom lengowctl.__main__ import main\nmain()\n")
    program.chmod(0o755)
    (folder / "my rows.csv").touch()
    return folder


@pytest.fixture(scope="module", params=SHELLS)
def line(request: pytest.FixtureRequest, home: Path) -> Iterator[Line]:
    """A line in each of the shells that are installed here."""
    shell: str = request.param
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed here")
    words, start = _START[shell]
    env = {"PATH": f"{home / 'bin'}:{os.environ['PATH']}", "HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    env |= {"LENGOWCTL_DATA_DIR": str(home / "data"), "LENGOWCTL_CONFIG": str(home / "config.toml")}
    env |= {"LENGOWCTL_PROFILE": "sandbox", "SHELL_UNDER_TEST": shell}
    with Terminal(words, env, home) as terminal:
        for text in start.replace("@SCRIPT@", str(home / f"script.{shell}")).splitlines():
            terminal.type(f"{text}\r")
        terminal.type("echo rea''dy\r")
        terminal.until("ready\r?\n")
        yield Line(terminal)


#: Keys, and what stands on the line then, in every shell.
LINES = {
    "lengowctl stat\t": "lengowctl status",
    "lengowctl statuses --fo\t": "lengowctl statuses --format ",
    "lengowctl --profile export comp\t": "lengowctl --profile export completion ",
    "lengowctl -q config sh\t": "lengowctl -q config show ",
    "lengowctl config show -o ta\t": "lengowctl config show -o table ",
    "lengowctl config show --format=ta\t": "lengowctl config show --format=table ",
    "lengowctl completion fi\t": "lengowctl completion fish ",
    "lengowctl sandbox reset --see\t": "lengowctl sandbox reset --seed ",
    "lengowctl accept --from my\t": "lengowctl accept --from my\\ rows.csv ",
    "lengowctl apply my\t": "lengowctl apply my\\ rows.csv ",
    "lengowctl ship cdis\t": "lengowctl ship cdiscount:CS",
    "lengowctl ship cdiscount:\t": "lengowctl ship cdiscount:CS",
    "lengowctl ship cdiscount:CS1\t": "lengowctl ship cdiscount:CS1 ",
    "lengowctl ship CS1\t": "lengowctl ship CS1 ",
    "lengowctl --profile sandbox ship -q deca\t": "lengowctl --profile sandbox ship -q decathlon_fr:DE1 ",
    "lengowctl ship ebay_fr:EB1 -- deca\t": "lengowctl ship ebay_fr:EB1 -- decathlon_fr:DE1 ",
    "lengowctl ship 'deca\t": "lengowctl ship 'decathlon_fr:DE1' ",
    "lengowctl ship bol:A%20\t": "lengowctl ship bol:A%20B%231 ",
    "lengowctl ship bol:A\\$\t": "lengowctl ship bol:A\\$\\(touch%20x\\) ",
    "lengowctl accept deca\t": "lengowctl accept deca",
    "lengowctl ship cdiscount:CS1 --carrier Colissi\t": "lengowctl ship cdiscount:CS1 --carrier Colissimo ",
    "lengowctl ship cdiscount:CS1 --carrier=Colissi\t": "lengowctl ship cdiscount:CS1 --carrier=Colissimo ",
    "lengowctl ship amazon_fr:AM1 --carrier mond\t": "lengowctl ship amazon_fr:AM1 --carrier Mondial\\ Relay ",
    "lengowctl list -m kau\t": "lengowctl list -m kaufland_de",
    "lengowctl list --view la\t": "lengowctl list --view la",
    "lengowctl list --view lat\t": "lengowctl list --view late ",
    "lengowctl --profile nor\t": "lengowctl --profile north ",
    "lengowctl list --sort=-tot\t": "lengowctl list --sort=-total",
    "lengowctl list --search x\t": "lengowctl list --search x",
    "lengowctl show -q deca\t": "lengowctl show -q decathlon_fr:DE1 ",
}
#: What a shell does in a way of its own: zsh puts a comma after a value of a list and = after an option; fish quotes %.
OWN = {
    "zsh": {
        "lengowctl sandbox reset --see\t": "lengowctl sandbox reset --seed=",
        "lengowctl statuses --fo\t": "lengowctl statuses --format=",
        "lengowctl list -m kau\t": "lengowctl list -m kaufland_de,",
        "lengowctl list --sort=-tot\t": "lengowctl list --sort=-total,",
    },
    "fish": {
        "lengowctl ship bol:A\\$\t": "lengowctl ship bol:A\\$\\(touch\\%20x\\) ",
        "lengowctl ship bol:A%20\t": "lengowctl ship bol:A%20B\\%231 ",
        "lengowctl list -m kau\t": "lengowctl list -m kaufland_de ",
        "lengowctl list --sort=-tot\t": "lengowctl list --sort=-total ",
    },
}


def test_keys_become_the_line(line: Line, request: pytest.FixtureRequest) -> None:
    shell = request.node.callspec.params["line"]
    expected = LINES | OWN.get(shell, {})
    assert {keys: line.after(keys) for keys in expected} == expected


def test_lists_go_on_after_a_comma(line: Line) -> None:
    typed = line.after("lengowctl list -s waiting_acceptance,ship\t")
    assert typed.rstrip(" ,") == "lengowctl list -s waiting_acceptance,shipped"
    typed = line.after("lengowctl list --columns=ref,currenc\t")
    assert typed.rstrip(" ,") == "lengowctl list --columns=ref,currency"


def test_what_stands_in_a_list_is_not_offered_for_it_again(line: Line) -> None:
    for typed in ("list --columns ref,country,countr", "list -s shipped,shipp", "accept --status=shipped,shipp"):
        assert line.after(f"lengowctl {typed}\t").rstrip() == f"lengowctl {typed}"


def test_a_word_that_the_cache_knows_too_is_offered_once(line: Line, request: pytest.FixtureRequest) -> None:
    tabs = "\t\t" if request.node.callspec.params["line"] == "bash" else "\t"
    assert line.offered(f"lengowctl list -s waiting_{tabs}").count("waiting_shipment") == 1


def test_several_are_listed_newest_first_with_what_the_shell_has_room_for(
    line: Line, request: pytest.FixtureRequest
) -> None:
    shown = line.offered("lengowctl ship cdiscount:CS\t\t")
    at = [shown.rindex(f"CS{number}") for number in range(1, 5)]
    assert len(set(at)) == 4
    described = " EUR, " in shown
    assert described == (request.node.callspec.params["line"] != "bash")


def test_foreign_text_is_never_carried_out(line: Line, home: Path) -> None:
    shown = line.offered("lengowctl ship bol:A\t\t")
    assert "$" in shown
    assert not (home / "x").exists()


def test_without_a_cache_nothing_is_offered_and_nothing_is_said(line: Line) -> None:
    keys = "lengowctl --profile north ship cdis"
    assert line.offered(f"{keys}\t\t").count("lengowctl:") == 0
    assert line.after(f"{keys}\t") == keys


@pytest.mark.parametrize("breaks", ["", ":", "=", ":="])
def test_bash_completes_wherever_it_breaks_words(home: Path, breaks: str) -> None:
    """Some take the colon or the sign out of COMP_WORDBREAKS; a word is completed whole all the same."""
    words, start = _START["bash"]
    env = {"PATH": f"{home / 'bin'}:{os.environ['PATH']}", "HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    env |= {"LENGOWCTL_DATA_DIR": str(home / "data"), "LENGOWCTL_PROFILE": "sandbox"}
    with Terminal(words, env, home) as terminal:
        for text in [
            *start.replace("@SCRIPT@", str(home / "script.bash")).splitlines(),
            f"COMP_WORDBREAKS=' {breaks}'",
        ]:
            terminal.type(f"{text}\r")
        terminal.type("echo rea''dy\r")
        terminal.until("ready\r?\n")
        line = Line(terminal)
        assert line.after("lengowctl ship deca\t") == "lengowctl ship decathlon_fr:DE1 "
        assert line.after("lengowctl ship decathlon_fr:D\t") == "lengowctl ship decathlon_fr:DE1 "
        assert line.after("lengowctl list --format=ta\t") == "lengowctl list --format=table "
        assert line.after("lengowctl list --marketplace=cdiscount,deca\t") == (
            "lengowctl list --marketplace=cdiscount,decathlon_fr"
        )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_every_command_and_option_is_in_every_script(shell: str) -> None:
    script = scripts()[shell]
    for node in tree().walk():
        assert node.name in script
        for option in node.options:
            for flag in option.flags:
                assert (flag in script) or (shell == "fish" and f" {flag.lstrip('-')} " in script)
            assert option.value is None or option.value.asks in script.replace("\\:", ":")


def test_the_script_for_powershell_is_quoted_and_closed() -> None:
    """Every text is a literal in which nothing is expanded; brackets match; each command has its table."""
    script = "\n".join(line for line in scripts()["powershell"].splitlines() if not line.startswith("#"))
    literal = r"'(?:[^']|'')*'"
    rest = re.sub(rf'"[^"\n]*"|{literal}', "", script)
    assert "'" not in rest
    assert [rest.count(sign) for sign in "{(["] == [rest.count(sign) for sign in "})]"]
    literals = {text[1:-1].replace("''", "'") for text in re.findall(literal, script)}
    nodes = list(tree().walk())
    assert {" ".join(node.path) for node in nodes} <= literals
    assert {option.help for node in nodes for option in node.options} <= literals
    assert {
        word for node in nodes for option in node.options if option.value for word in option.value.words
    } <= literals


def test_the_command_prints_the_script(tmp_path: Path) -> None:
    result = Shell(tmp_path)("completion", "fish")
    assert (result.code, result.out, result.err) == (0, scripts()["fish"], "")


def test_an_unknown_shell_is_told_which_there_are(tmp_path: Path) -> None:
    result = Shell(tmp_path)("completion", "tcsh")
    assert (result.code, result.err) == (
        2,
        "lengowctl: there is no script for 'tcsh'\n  there are bash, zsh, fish, powershell\n",
    )


@pytest.mark.parametrize(
    ("env", "shell"),
    [
        ({"SHELL": "/usr/bin/zsh"}, "zsh"),
        ({"SHELL": "/bin/bash", "PSModulePath": "x"}, "bash"),
        ({"SHELL": "C:\\Program Files\\Git\\usr\\bin\\bash.exe"}, "bash"),
        ({"SHELL": "/usr/bin/pwsh"}, "powershell"),
        ({"PSModulePath": "x"}, "powershell"),
    ],
)
def test_without_a_shell_it_says_how_to_install_for_the_one_in_use(
    tmp_path: Path, env: dict[str, str], shell: str
) -> None:
    result = Shell(tmp_path, env=env)("completion")
    told = f"For completion in {shell}, run this once, and again after an upgrade:\n\n    {INSTALL[shell]}\n"
    assert (result.code, result.out, result.err) == (0, told, "")


def test_for_an_unknown_shell_it_says_so_for_each(tmp_path: Path) -> None:
    told = Shell(tmp_path, env={"SHELL": "/bin/tcsh"})("completion").out
    assert [line.strip() for line in told.splitlines() if line.startswith("    ")] == list(INSTALL.values())


@pytest.mark.parametrize("shell", SHELLS)
def test_the_line_that_installs_it_works(shell: str, tmp_path: Path) -> None:
    """Run as it stands in an empty home, then in a new interactive shell the completion is there."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed here")
    program = tmp_path / "bin" / "lengowctl"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom lengowctl.__main__ import main\nmain()\n")
    program.chmod(0o755)
    env = {"PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": str(tmp_path), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    ask = {"bash": "complete -p lengowctl", "zsh": "print $_comps[lengowctl]", "fish": "complete -C 'lengowctl stat'"}
    shown = {"bash": "-F _lengowctl ", "zsh": "_lengowctl\n", "fish": "statuses\tThe statuses of an order"}
    subprocess.run([shell, "-c", INSTALL[shell]], env=env, check=True, timeout=60)
    told = subprocess.run(
        [shell, "-i", "-c", ask[shell]],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert shown[shell] in told.stdout
