"""The one place where concrete things are made: settings, store, connector, clock, printer. Each on first use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from lengowctl.cli.machine import Machine
from lengowctl.errors import ConfigFault, LengowctlError, NoHome
from lengowctl.output.printer import Printer
from lengowctl.output.text import folded

if TYPE_CHECKING:
    from lengowctl.config.settings import ProfileSettings, Settings
    from lengowctl.connectors.base import Reader, Reading
    from lengowctl.connectors.lengow.client import LengowClient
    from lengowctl.connectors.secret import Keys
    from lengowctl.orders.carriers import Aliases
    from lengowctl.outbox.outbox import Outbox
    from lengowctl.outbox.settings import Stop
    from lengowctl.sandbox.sandbox import Sandbox
    from lengowctl.store.intent import Intent, Who
    from lengowctl.store.intents import Intents
    from lengowctl.store.store import Store

SANDBOX = "sandbox"
LOCK_TIMEOUT = 30.0
#: Where our words tell the user to run a command that works on a profile.
_COMMAND = (
    r"\blengowctl (?=(?:accept|actions|apply|cancel|db|due|export|freeze|list|marketplaces|refund|refuse|ship|show"
    r"|status|stop|sync|unfreeze)\b(?!.*--(?:help|profile)))"
)


class _Closable(Protocol):
    def close(self) -> None: ...


_T = TypeVar("_T", bound=_Closable)


@dataclass
class Flags:
    """What the options that mean the same everywhere said; the later one has won."""

    profile: str | None = None
    config: str | None = None
    quiet: bool = False
    verbose: bool = False
    no_input: bool = False
    no_color: bool = False


class Runtime:
    """One run of the program. `close` lets go of everything that was opened."""

    #: What an outbox is handed beside the usual: shorter windows, somebody who watches its steps.
    outbox_settings: Mapping[str, Any] = {}
    #: The longest wait for the source, in seconds, that this run sits out.
    patience = 900.0
    #: How long a database that another run writes to is waited for, in milliseconds; None: as long as is usual.
    busy_ms: int | None = None

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.flags = Flags()
        self._opened = ExitStack()
        self._made: dict[str, Any] = {}
        self._printer: Printer | None = None
        self.tell_wait: Callable[[str], None] = lambda text: self.printer.note(text)
        """Who is told that, and why, nothing goes on for a while; by any thread."""

    def take(self, name: str, value: str | bool) -> None:
        """Note one of the options that mean the same everywhere. Quiet and verbose undo each other."""
        setattr(self.flags, name, value)
        if name in ("quiet", "verbose"):
            setattr(self.flags, "verbose" if name == "quiet" else "quiet", False)
        self._printer = None

    def close(self) -> None:
        """Close what was opened, last first. Safe to call twice."""
        self._opened.close()

    def release(self) -> None:
        """Close what was opened; what is needed again is opened again. For runs that go on for days."""
        self._made.clear()
        self._opened.close()

    def read_again(self) -> None:
        """Read the settings again. Where they cannot be read, the former ones stay and the fault is raised."""
        before: dict[str, Any] = {name: vars(self).pop(name) for name in ("settings", "profile") if name in vars(self)}
        try:
            _ = self.profile
        except LengowctlError:
            vars(self).update(before)
            raise

    # Talking

    @property
    def printer(self) -> Printer:
        """Data to stdout, talk to stderr."""
        if self._printer is None:
            machine, flags = self.machine, self.flags
            out_tty = machine.stdout.isatty()
            self._printer = Printer(
                machine.stdout,
                machine.stderr,
                out_tty=out_tty,
                err_tty=machine.stderr.isatty(),
                width=self.width,
                color=self._color(out_tty),
                quiet=flags.quiet,
                verbose=flags.verbose,
                now=self._shown_now,
                zone=self.zone,
                addressed=self.addressed,
            )
        return self._printer

    @cached_property
    def width(self) -> int:
        """Columns of the terminal: COLUMNS, else what a stream says, else 80."""
        said = self.machine.env.get("COLUMNS", "")
        return int(said) if said.isdecimal() and int(said) else self.window()[0]

    def window(self) -> tuple[int, int]:
        """Columns and lines of the terminal as they are now, whatever the environment said when we began."""
        return self.machine.window() or (80, 24)

    @property
    def live(self) -> bool:
        """Whether talk goes to a terminal on which a line can be replaced."""
        printer = self.printer
        return printer.err_tty and not printer.quiet and self.machine.env.get("TERM") != "dumb"

    def _color(self, tty: bool) -> bool:
        env = self.machine.env
        if self.flags.no_color or env.get("NO_COLOR"):
            return False
        return bool(env.get("FORCE_COLOR")) or (tty and env.get("TERM") != "dumb")

    @property
    def may_ask(self) -> bool:
        """Whether there is a person to ask."""
        return not self.flags.no_input and self.machine.stdin.isatty() and self.machine.stderr.isatty()

    def ask(self, question: str) -> str | None:
        """A person's answer: through stdin where that is the terminal, else through the controlling terminal. None
        when there is nobody to ask, or questions are not wanted."""
        if self.flags.no_input:
            return None
        question = "\n".join(folded(line, self.width) for line in question.split("\n"))
        if not self.may_ask:
            return self.machine.ask_terminal(question)
        self.machine.stderr.write(question)
        self.machine.stderr.flush()
        answer = self.machine.stdin.readline()
        if not answer:  # Ctrl-D: the cursor still stands behind the question
            self.machine.stderr.write("\n")
        return answer

    def addressed(self, text: str) -> str:
        """Words that name a command, with the profile and the file that were named on the command line: who types
        them off must not end up in another profile."""
        import shlex

        said = [
            f"--{name} {shlex.quote(value)} " for name in ("config", "profile") if (value := getattr(self.flags, name))
        ]
        return re.sub(_COMMAND, f"lengowctl {''.join(said)}", text) if said else text

    def complain(self, fault: LengowctlError) -> None:
        """Print one of our errors."""
        self.printer.error(fault)

    # Clock

    def now(self) -> datetime:
        """The program's now: with the sandbox, the sandbox's."""
        return self.sandbox().now() if self.profile.name == SANDBOX else self.machine.now()

    def _shown_now(self) -> datetime:
        """As `now`, for talk: must not fail because no profile could be chosen."""
        return self.now() if "profile" in vars(self) else self.machine.now()

    @property
    def zone(self) -> tzinfo | None:
        """The reader's time zone; None is the machine's own."""
        return self.machine.zone

    # Settings

    @cached_property
    def config_path(self) -> Path | None:
        """The configuration file: --config, LENGOWCTL_CONFIG, the usual place; None when there is no usual place but
        LENGOWCTL_DATA_DIR says where the data goes, so that the environment alone is enough. Raises NoHome."""
        named = self._named_config()
        if named:
            return Path(named).expanduser()
        try:
            return self.machine.places.config_file()
        except NoHome:
            if self.machine.env.get("LENGOWCTL_DATA_DIR"):
                return None
            raise

    def _named_config(self) -> str | None:
        return self.flags.config or self.machine.env.get("LENGOWCTL_CONFIG") or None

    @cached_property
    def settings(self) -> Settings:
        """Configuration file and environment. Raises ConfigFault."""
        from lengowctl.config.load import load

        return load(self.config_path, self.machine.env, must_exist=self._named_config() is not None)

    @cached_property
    def profile(self) -> ProfileSettings:
        """The profile that this run works on. Raises NoProfile, NotSignedIn, UsageFault, ConfigFault.

        For the sandbox the file is not read: it works whatever state that is in.
        """
        from lengowctl.config.settings import complete

        named = self.flags.profile or self.machine.env.get("LENGOWCTL_PROFILE")
        return complete(SANDBOX, {}, {}) if named == SANDBOX else self.settings.choose(self.flags.profile)

    @cached_property
    def data_root(self) -> Path:
        """The folder of all data. Raises NoHome, and ConfigFault for a variable that we do not know: it may be this
        one, mistyped."""
        from lengowctl.config.load import read_variables

        read_variables(self.machine.env)
        named = self.machine.env.get("LENGOWCTL_DATA_DIR")
        return Path(named).expanduser().absolute() if named else self.machine.places.data_root()

    @property
    def folder(self) -> Path:
        """The folder of the profile; it need not be there yet."""
        return self.data_root / self.profile.name

    # What a run works with

    def store(self, *, write: bool) -> Store:
        """The profile's cache and ledger, open until the run ends; one connection for reading, one for writing."""
        from lengowctl.store.store import BUSY_MS, Store

        busy_ms = BUSY_MS if self.busy_ms is None else self.busy_ms
        return self._once(
            f"store {write}", lambda: Store.open(self.folder, write=write, now=self.now(), busy_ms=busy_ms)
        )

    def lock(self, timeout: float = LOCK_TIMEOUT) -> AbstractContextManager[None]:
        """The writer's lock of the profile. Raises Locked."""
        return self.lock_folder(self.folder, timeout)

    def lock_folder(self, folder: Path, timeout: float = LOCK_TIMEOUT) -> AbstractContextManager[None]:
        """The writer's lock of a profile's folder. Raises Locked."""
        from lengowctl.store.lock import writer_lock

        return writer_lock(folder, timeout=timeout, monotonic=self.machine.monotonic, sleep=self.machine.sleep)

    def connector(self) -> LengowClient:
        """The source of the profile's orders, open until the run ends."""
        from lengowctl.cli.wiring import connect

        return self._once("connector", lambda: connect(self))

    def keys(self) -> Keys:
        """The profile's keys. Raises NotSignedIn, ProgramFault."""
        from lengowctl.cli.wiring import find_keys

        return find_keys(self)

    def who(self, command: str) -> Who:
        """Who acts, for the history."""
        from lengowctl.store.intent import Who

        return Who(self.machine.user(), self.machine.host(), command)

    def intents(self, store: Store, command: str) -> Intents:
        """What we meant to have done, without the network."""
        return store.intents(profile=self.profile.name, source=store.source or "", who=self.who(command))

    def outbox(
        self,
        store: Store,
        command: str,
        *,
        stop: Stop | None = None,
        check: Callable[[Intent, Reading], str | None] = lambda *_: None,
    ) -> Outbox:
        """The profile's outbox, on a store that was opened for writing. Nothing is sent yet."""
        from lengowctl.cli.wiring import open_outbox

        return open_outbox(self, store, command, stop, check)

    def aliases(self) -> Aliases:
        """The merchant's own names of carriers. The sandbox does without, and says so, when the file cannot be read."""
        try:
            return self.settings.carriers
        except (ConfigFault, NoHome) as fault:
            if self.profile.name != SANDBOX:
                raise
            if isinstance(fault, ConfigFault):
                self.printer.warn(f"{fault.message}; the sandbox goes on without your carriers' names")
            return {}

    def reader(self) -> Reader:
        """Reads stored bodies again."""
        from lengowctl.connectors.lengow.wire import LengowReader

        return LengowReader()

    def pin(self, store: Store) -> None:
        """Bind the profile's folder to the account at the other end. Raises SourceMismatch."""
        from lengowctl.cli.wiring import pin

        pin(self, store)

    def sandbox(self, *, orders: int | None = None, seed: int | None = None) -> Sandbox:
        """The embedded pretend Lengow, made on first use (then with `orders` and `seed`)."""
        from lengowctl.cli.wiring import open_sandbox

        return self._once("sandbox", lambda: open_sandbox(self, orders, seed))

    def until(self, stop: Stop) -> AbstractContextManager[None]:
        """Meanwhile the first Ctrl-C or SIGTERM asks for a stop instead of breaking off."""

        def ask() -> None:
            self.printer.below_stop()
            stop.ask()

        return self.machine.on_stop(ask)

    def _once(self, name: str, make: Callable[[], _T]) -> _T:
        """What was made under that name before, or what `make` makes now, to be closed with the run."""
        if name not in self._made:
            made = make()
            self._made[name] = made
            self._opened.callback(made.close)
        found: _T = self._made[name]
        return found
