"""What every test may ask for."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from .running import Shell
from .trading import Shop

# A shell without job control starts what runs in the background (`pytest &`) with Ctrl-C ignored, and every program
# that a test starts and stops with it would inherit that.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says more about who else is at work on the machine than about us.
settings.register_profile("lengowctl", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lengowctl")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Runs commands in this process, in a home of its own: `shell("list", "-s", "shipped", tty=True).out`."""
    return Shell(tmp_path)


@pytest.fixture(scope="session")
def made_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop that no test changes."""
    return Shop.make(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def shop(made_shop: Shop, tmp_path: Path) -> Shop:
    """A shop of this test's own, synchronised: `shop("accept", "cdiscount:CD1").code`."""
    return Shop.copy(made_shop, tmp_path / "shop")


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Callable[[int], None]:
    """Tells the table of the full run how often something was tried: `tried(250)`. Parts of a test add up."""
    return partial(record_property, "tried")
