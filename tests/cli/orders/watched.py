"""What happens while a command watches."""

from __future__ import annotations

from collections.abc import Callable

from ...trading import Shop


def stop() -> None:
    """A signal comes."""
    raise KeyboardInterrupt


def after(shop: Shop, minutes: float, happen: Callable[[], object]) -> None:
    """Let something happen so many minutes from now."""
    shop.shell.clock.plan(minutes * 60, happen)


def synced(shop: Shop, *changes: tuple[str, dict[str, object]], **statuses: str) -> Callable[[], None]:
    """Orders change at Lengow, and another process synchronises. `FN2="shipped"`: fnac:FN2 is shipped now."""
    named = [(f"fnac:{number}", {"lengow_status": status}) for number, status in statuses.items()]

    def happen() -> None:
        with shop.world() as world:
            for ref, changed in (*changes, *named):
                world.touch(ref, **changed)
        assert shop("sync").code == 0

    return happen
