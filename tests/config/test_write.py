"""A profile is put into the file, and the rest of the file stays letter for letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengowctl.config.load import load
from lengowctl.config.toml import Unchangeable, with_profile
from lengowctl.config.write import write_profile
from lengowctl.errors import ConfigFault, FileFault


def test_a_file_is_made_with_its_folder_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    write_profile(path, "main", {"access_token": 'a"\\b', "secret": "c", "retention": "180d"})
    assert path.read_text() == '[profiles.main]\naccess_token = "a\\"\\\\b"\nsecret = "c"\nretention = "180d"\n'
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_profile_is_added_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# mine\n[profiles.a]  # first\nconfirm_above = 3")
    write_profile(path, "my.shop", {"retention": "none"})
    assert path.read_text() == (
        '# mine\n[profiles.a]  # first\nconfirm_above = 3\n\n[profiles."my.shop"]\nretention = "none"\n'
    )


def test_a_profile_is_changed_in_its_place_and_keeps_its_other_settings(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '# top\n[profiles."a"]\nmax_orders_per_run = 7\nsecret_command = "x"\n\n# about b\n[profiles.b]\n[views.v]\n'
    )
    write_profile(path, "a", {"secret": "new"})
    assert path.read_text() == (
        '# top\n[profiles.a]\nmax_orders_per_run = 7\nsecret = "new"\n\n# about b\n[profiles.b]\n[views.v]\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "profiles.a.confirm_above = 3\n",
        "[profiles]\na = {confirm_above = 3}\n",
        "profiles = {a = {confirm_above = 1}}\n",
    ],
)
def test_a_file_that_cannot_be_changed_safely_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigFault, match="cannot change safely"):
        write_profile(path, "a", {"secret": "new"})
    assert path.read_text() == text


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("")
    path = tmp_path / "config.toml"
    path.symlink_to("real.toml")
    with pytest.raises(FileFault, match="is a symbolic link"):
        write_profile(path, "a", {"secret": "new"})
    assert (tmp_path / "real.toml").read_text() == ""


_LINES = st.sampled_from(
    ["", "# [profiles.a]", "[profiles.b]", "[[rules]]", "[profiles.a]", '[ profiles . "a" ]', "confirm_above = 1",
     'x = """', '"""', "[views.v]", "y = [", "]", "[profiles.a.b]", "default_profile = 'a'"]
)  # fmt: skip


@given(lines=st.lists(_LINES, max_size=8), value=st.text(max_size=5))
def test_whatever_the_file_the_profile_is_in_it_and_nothing_else_has_changed(lines: list[str], value: str) -> None:
    import tomllib

    text = "\n".join(lines)
    try:
        before = tomllib.loads(text)
        value.encode()
    except (tomllib.TOMLDecodeError, UnicodeEncodeError):
        return
    if not isinstance(before.get("profiles", {}), dict):
        return
    try:
        after = tomllib.loads(with_profile(text, "a", {"secret": value}))
    except Unchangeable:
        return
    before.setdefault("profiles", {})["a"] = {"secret": value}
    assert after == before


def test_what_was_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    write_profile(path, "main", {"from_country": "FR", "secret_command": ["a", "b c"], "confirm_above": 3})
    profile = load(path, {}).choose(None)
    assert (profile.from_country, profile.secret_command, profile.confirm_above) == ("FR", ("a", "b c"), 3)
