"""A world with a frozen wall clock, and a caller that speaks to it without a network."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from lengowctl.sandbox.sandbox import Fault, Request, Response, Sandbox

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Caller:
    """A client with a session. `fresh()` signs in again; answers are responses or faults as the sandbox gives them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.info = sandbox.info()
        self.token = ""
        self.since = EPOCH

    def stay(self) -> None:
        """Sign in again when the session is about to end."""
        if self.sandbox.now() - self.since > timedelta(minutes=50):
            self.fresh()

    def fresh(self) -> Caller:
        answer = self.sign_in()
        assert isinstance(answer, Response)
        self.token = answer.json()["token"]
        self.since = self.sandbox.now()
        return self

    def sign_in(self, **keys: str) -> Response | Fault:
        fields = {"access_token": self.info.access_token, "secret": self.info.secret} | keys
        return self.send("POST", "/access/get_token", body=urlencode(fields).encode(), authorized=False)

    def send(
        self,
        method: str,
        target: str,
        *,
        body: bytes = b"",
        authorized: bool = True,
        headers: dict[str, str] | None = None,
    ) -> Response | Fault:
        sent = {"authorization": self.token} if authorized else {}
        return self.sandbox.handle(Request(method, target, sent | (headers or {}), body))

    def get(self, path: str, **query: object) -> Response:
        everything = {"account_id": self.info.account_id, **query}
        answer = self.send("GET", f"{path}?{urlencode(everything)}")
        assert isinstance(answer, Response), answer
        return answer

    def orders(self, **query: object) -> Any:
        answer = self.get("/v3.0/orders", **query)
        assert answer.status == 200, answer.body
        return answer.json()

    def everything(self, **query: object) -> list[dict[str, Any]]:
        """All orders, page by page."""
        found: list[dict[str, Any]] = []
        page = 1
        while True:
            answer = self.orders(updated_from="2000-01-01T00:00:00Z", page_size=100, page=page, **query)
            found += answer["results"]
            page += 1
            if answer["next"] is None:
                return found

    def act(self, ref: tuple[str, str], action: str, **arguments: object) -> Any:
        self.stay()
        answer = self.post_action(ref, action, **arguments)
        assert answer.status == 201, answer.body
        return answer.json()

    def post_action(self, ref: tuple[str, str], action: str, **arguments: object) -> Response:
        answer = self.send("POST", "/v3.0/orders/actions/", body=self.action_form(ref, action, **arguments))
        assert isinstance(answer, Response), answer
        return answer

    def action_form(self, ref: tuple[str, str], action: str, **arguments: object) -> bytes:
        fields = {
            "account_id": self.info.account_id,
            "marketplace": ref[0],
            "marketplace_order_id": ref[1],
            "action_type": action,
        }
        return urlencode(fields | arguments).encode()

    def actions(self, **query: object) -> list[dict[str, Any]]:
        self.stay()
        return list(self.get("/v3.0/orders/actions/", **query).json()["results"])

    def outcome(self, ref: tuple[str, str], action: str, **arguments: object) -> dict[str, Any]:
        """Ask for an action and wait until the marketplace has answered it."""
        action_id = self.act(ref, action, **arguments)["id"]
        self.sandbox.tick(timedelta(minutes=11))
        (row,) = self.actions(id=action_id)
        return row

    def moi(self, ref: tuple[str, str], numbers: object) -> Response:
        fields = {
            "account_id": self.info.account_id,
            "marketplace": ref[0],
            "marketplace_order_id": ref[1],
            "merchant_order_id": numbers,
        }
        headers = {"content-type": "application/json"}
        answer = self.send("PATCH", "/v3.0/orders/moi/", body=json.dumps(fields).encode(), headers=headers)
        assert isinstance(answer, Response), answer
        return answer

    def first(self, status: str, marketplace: str) -> tuple[str, str]:
        """A plain order of a marketplace in a status, by reference."""
        for order in self.sandbox.orders_in(status, marketplace):
            if not order.get("order_types"):
                return marketplace, order["marketplace_order_id"]
        return self.sandbox.add_order(marketplace, status=status, order_types=[])

    def status(self, ref: tuple[str, str]) -> str:
        return str(self.sandbox.order(*ref)["lengow_status"])


@pytest.fixture(scope="session")
def moulds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Worlds that were made once; copying a file is faster than making a shop."""
    return tmp_path_factory.mktemp("moulds")


@pytest.fixture
def make(tmp_path: Path, moulds: Path) -> Iterator[Callable[..., Sandbox]]:
    """Make worlds whose wall clock stands still at `EPOCH`, and in which nothing happens by itself."""
    made: list[Sandbox] = []

    def build(**options: Any) -> Sandbox:
        options["settings"] = {"lively": False, **options.get("settings", {})}
        path = options.pop("path", tmp_path / f"world-{len(made)}.db")
        template = moulds / f"{hashlib.sha256(repr(sorted(options.items())).encode()).hexdigest()}.db"
        if not template.exists():
            Sandbox.open(template, wall=lambda: EPOCH, **options).close()
        if not path.exists():
            shutil.copyfile(template, path)
        made.append(Sandbox.open(path, wall=lambda: EPOCH))
        return made[-1]

    yield build
    for sandbox in made:
        sandbox.close()


@pytest.fixture
def sandbox(make: Callable[..., Sandbox]) -> Sandbox:
    return make()


@pytest.fixture
def caller(sandbox: Sandbox) -> Caller:
    return Caller(sandbox).fresh()


@pytest.fixture
def call(make: Callable[..., Sandbox]) -> Callable[..., Caller]:
    """A signed-in caller on a world of its own."""
    return lambda **options: Caller(make(**options)).fresh()


@pytest.fixture
def lines() -> Callable[[dict[str, Any]], list[dict[str, Any]]]:
    return lambda order: [line for package in order["packages"] for line in package["cart"]]
