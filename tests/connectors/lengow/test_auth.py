"""One session for every thread and process of a profile."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from lengowctl.connectors.base import OrderQuery
from lengowctl.connectors.lengow.auth import Token, Tokens
from lengowctl.connectors.lengow.client import LengowClient
from lengowctl.connectors.secret import Keys, Secret
from lengowctl.errors import ConfigFault, NotSignedIn, Refused

from ..world import BASE_URL, KEYS, NOON, TOKEN, Clock, page_of


class Lengow:
    """Gives out sessions and counts them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.given: list[str] = []

    def fetch(self, keys: Keys) -> Token:
        self.given.append(f"session-{len(self.given) + 1}")
        return Token(Secret(self.given[-1]), "4242", self.clock.now())


@pytest.fixture
def lengow(clock: Clock) -> Lengow:
    return Lengow(clock)


@pytest.fixture
def make(clock: Clock, lengow: Lengow, tmp_path: Path) -> Callable[..., Tokens]:
    def build(origin: str = BASE_URL, keys: Keys = KEYS, folder: Path | None = tmp_path) -> Tokens:
        return Tokens(
            origin,
            lambda: keys,
            folder,
            fetch=lengow.fetch,
            now=clock.now,
            monotonic=clock.monotonic,
            sleep=clock.sleep,
        )

    return build


def test_a_session_is_reused_for_3000_seconds(make: Callable[..., Tokens], lengow: Lengow, clock: Clock) -> None:
    tokens = make()
    first = tokens.current()
    clock.sleep(2999)
    assert (tokens.current(), make().current().token) == (first, first.token)
    clock.sleep(1)
    assert tokens.current().token == make().current().token == Secret("session-2")
    assert lengow.given == ["session-1", "session-2"]


def test_without_a_folder_it_lives_in_memory_alone(make: Callable[..., Tokens], lengow: Lengow, tmp_path: Path) -> None:
    tokens = make(folder=None)
    assert tokens.current() == tokens.current()
    assert (lengow.given, list(tmp_path.iterdir())) == (["session-1"], [])


def test_a_refused_session_is_replaced_once_for_all(make: Callable[..., Tokens], lengow: Lengow) -> None:
    one, other = make(), make()
    stale = one.current()
    assert other.current() == stale
    assert one.renew(stale).token == other.renew(stale).token == one.renew(stale).token == Secret("session-2")
    assert lengow.given == ["session-1", "session-2"]


def test_eight_threads_renew_once(make: Callable[..., Tokens], lengow: Lengow) -> None:
    tokens = make()
    stale, together = tokens.current(), threading.Barrier(8)

    def renew(_: int) -> Token:
        together.wait()
        return tokens.renew(stale)

    with ThreadPoolExecutor(8) as pool:
        assert {token.token for token in pool.map(renew, range(8))} == {Secret("session-2")}
    assert lengow.given == ["session-1", "session-2"]


def test_a_session_belongs_to_its_origin_and_keys(make: Callable[..., Tokens], lengow: Lengow) -> None:
    make().current()
    make(origin="https://api.lengow.net").current()
    make(keys=Keys(Secret("other"), KEYS.secret)).current()
    assert lengow.given == ["session-1", "session-2", "session-3"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b"null", b"7", b'{"origin": 1}', b"[" * 9000],
)
def test_a_file_that_makes_no_sense_is_no_session(
    make: Callable[..., Tokens], lengow: Lengow, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "token.json"
    path.write_bytes(content)
    path.chmod(0o600)
    assert make().current().token == Secret("session-1")
    assert make().current().token == Secret("session-1")


@pytest.mark.parametrize(
    "change",
    [
        {"token": "a\nb: injected"}, {"token": ""}, {"token": None}, {"account_id": "x"}, {"account_id": None},
        {"account_id": True}, {"fetched_at": "soon"}, {"fetched_at": None}, {"fetched_at": "2026-11-23T13:00:00+00:00"},
        {"keys": "0"}, {"origin": "https://evil.example"},
    ],
)  # fmt: skip
def test_a_stored_session_with_a_part_that_makes_no_sense_is_not_used(
    make: Callable[..., Tokens], lengow: Lengow, tmp_path: Path, change: dict[str, object]
) -> None:
    make().current()
    path = tmp_path / "token.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | change))
    assert make().current().token == Secret("session-2")


def test_a_file_that_others_can_read_is_refused(make: Callable[..., Tokens], lengow: Lengow, tmp_path: Path) -> None:
    make().current()
    (tmp_path / "token.json").chmod(0o644)
    with pytest.raises(ConfigFault) as caught:
        make().current()
    assert (caught.value.hint, lengow.given) == (f"chmod 600 {tmp_path / 'token.json'}", ["session-1"])


def test_a_clock_that_jumps_costs_a_session_at_most(make: Callable[..., Tokens], lengow: Lengow, clock: Clock) -> None:
    tokens = make()
    tokens.current()
    clock.passed = -86_400
    tokens.current()
    clock.passed = 86_400
    tokens.current()
    assert lengow.given == ["session-1", "session-2", "session-3"]


def test_a_fetch_that_fails_leaves_the_next_one_free(make: Callable[..., Tokens], lengow: Lengow, clock: Clock) -> None:
    def refuse(keys: Keys) -> Token:
        raise NotSignedIn("no")

    tokens = Tokens(
        BASE_URL, lambda: KEYS, None, fetch=refuse, now=clock.now, monotonic=clock.monotonic, sleep=clock.sleep
    )
    for _ in range(2):
        with pytest.raises(NotSignedIn):
            tokens.current()


# Through the client, many at once


class Network(httpx.BaseTransport):
    """Lengow for several threads: knows one good session at a time."""

    def __init__(self, *, always: int | None = None) -> None:
        self.mutex = threading.Lock()
        self.good = 1
        self.fetched = 0
        self.always = always
        self.together = threading.Barrier(8)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/access/get_token":
            with self.mutex:
                self.fetched += 1
                self.good = self.fetched
                return httpx.Response(200, json={"token": TOKEN.format(self.good), "account_id": 4242})
        if request.headers["authorization"] == TOKEN.format(1):
            self.together.wait(5)
        if self.always or request.headers["authorization"] != TOKEN.format(self.good):
            return httpx.Response(self.always or 401, json={"error": {"message": "expired"}})
        return httpx.Response(200, content=page_of())


def test_eight_threads_with_an_ended_session_ask_for_one(
    make_client: Callable[..., LengowClient], clock: Clock
) -> None:
    network = Network()
    client = make_client(transport=network)
    client.account()
    network.good = 0
    clock.sleep(60)
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda _: client.orders(OrderQuery(updated_from=NOON)), range(8)))
    assert ([page.count for page in pages], network.fetched) == ([0] * 8, 2)


def test_a_permission_that_is_missing_does_not_burn_sessions(
    make_client: Callable[..., LengowClient], clock: Clock
) -> None:
    network = Network(always=403)
    client = make_client(transport=network)
    client.account()
    clock.sleep(60)

    def ask(_: int) -> type[Exception]:
        with pytest.raises(Refused) as caught:
            client.orders(OrderQuery(updated_from=NOON - timedelta(days=1)))
        return type(caught.value)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [Refused] * 8
    assert network.fetched == 2
