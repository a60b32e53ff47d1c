"""Secrets cannot be shown by accident."""

from __future__ import annotations

import copy
import json
import pickle
import traceback

import pytest

from lengowctl.connectors.secret import Keys, Secret


def test_every_way_of_printing_a_secret_prints_a_mask() -> None:
    secret = Secret("hush")
    shown = (str(secret), repr(secret), f"{secret}", f"{secret!r:>6}", "%s" % secret, str([secret]), str({1: secret}))  # noqa: UP031
    assert not any("hush" in words for words in shown)
    assert repr(Keys(secret, secret)) == "Keys(access_token=****, secret=****)"


def test_it_is_given_out_on_request_and_compared() -> None:
    assert Secret("a").reveal() == "a"
    assert (Secret("a") == Secret("a"), Secret("a") == Secret("b"), Secret("a") == "a") == (True, False, False)
    assert (bool(Secret("")), bool(Secret("x")), len({Secret("a"), Secret("a")})) == (False, True, 1)
    assert Secret("a").fingerprint() == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


@pytest.mark.parametrize("write", [pickle.dumps, copy.deepcopy, json.dumps])
def test_it_is_written_nowhere(write: object) -> None:
    secret = Secret("hush")
    with pytest.raises(TypeError) as caught:
        write(secret)  # type: ignore[operator]
    assert "hush" not in "".join(traceback.format_exception(caught.value))
