"""What the configuration file and the environment may say, and what is said when they are wrong."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from lengowctl.config.load import load
from lengowctl.config.settings import ProfileSettings, Settings, View
from lengowctl.connectors.secret import Secret
from lengowctl.errors import ConfigFault, LengowctlError, NoProfile, NotSignedIn, UsageFault

COLUMNS_HINT = "did you mean total? --columns help lists them all"
KEYS = {"LENGOWCTL_ACCESS_TOKEN": "token", "LENGOWCTL_SECRET": "hush"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def refused(path: Path, env: dict[str, str] | None = None, **how: bool) -> LengowctlError:
    with pytest.raises(ConfigFault) as caught:
        load(path, env or {}, **how)
    return caught.value


def test_no_file_is_no_settings(path: Path) -> None:
    assert load(path, {}) == Settings(path, False, None, {}, {})
    assert load(None, {}) == Settings(None, False, None, {}, {})


def test_a_file_that_was_named_must_be_there(path: Path) -> None:
    assert refused(path, must_exist=True).message == f"there is no configuration file {path}"


def test_every_setting_of_a_profile_is_read(path: Path) -> None:
    write(
        path,
        """\
default_profile = "fr"
[profiles.fr]
base_url = "https://API.example.com:443/"
access_token = " token "
secret_command = "pass show 'my secret'"
ca_bundle = "/etc/ca.pem"
confirm_above = 5
max_orders_per_run = 0
max_value_per_run = 2500.50
read_only = true
retention = "180d"
first_sync = "all"
from_country = "fr"
""",
    )
    profile = load(path, {}).choose(None)
    assert profile == ProfileSettings(
        name="fr",
        base_url="https://api.example.com",
        access_token=Secret("token"),
        secret=None,
        access_token_command=None,
        secret_command=("pass", "show", "my secret"),
        ca_bundle=Path("/etc/ca.pem"),
        confirm_above=5,
        max_orders_per_run=0,
        max_value_per_run=Decimal("2500.50"),
        read_only=True,
        retention=timedelta(days=180),
        first_sync=None,
        from_country="FR",
        origins=profile.origins,
    )
    assert {name for name, origin in profile.origins.items() if origin == "default"} == {
        "secret",
        "access_token_command",
    }


def test_defaults(path: Path) -> None:
    write(path, "[profiles.fr]\n")
    profile = load(path, {}).choose(None)
    assert (profile.base_url, profile.first_sync, profile.retention, profile.confirm_above) == (
        "https://api.lengow.io",
        timedelta(days=90),
        None,
        20,
    )
    assert (profile.max_orders_per_run, profile.max_value_per_run, profile.read_only) == (1000, None, False)
    assert set(profile.origins.values()) == {"default"}


def test_the_environment_is_stronger_than_the_file_which_is_stronger_than_the_default(path: Path) -> None:
    write(path, '[profiles.fr]\nbase_url = "https://one.example"\nconfirm_above = 3\n')
    profile = load(path, {"LENGOWCTL_BASE_URL": "http://localhost:8000"}).choose("fr")
    assert (profile.base_url, profile.confirm_above, profile.max_orders_per_run) == ("http://localhost:8000", 3, 1000)
    assert [profile.origins[name] for name in ("base_url", "confirm_above", "max_orders_per_run")] == [
        "LENGOWCTL_BASE_URL",
        "file",
        "default",
    ]


@pytest.mark.parametrize(
    ("text", "env", "named", "expected"),
    [
        ("", KEYS, None, "env"),
        ("[profiles.a]\n", KEYS, None, "env"),
        ("[profiles.a]\n", KEYS, "a", "a"),
        ("[profiles.a]\n", {**KEYS, "LENGOWCTL_PROFILE": "a"}, None, "a"),
        ("[profiles.a]\n[profiles.b]\n", {"LENGOWCTL_PROFILE": "a"}, "b", "b"),
        ('default_profile = "b"\n[profiles.a]\n[profiles.b]\n', {}, None, "b"),
        ('default_profile = "b"\n[profiles.a]\n[profiles.b]\n', KEYS, None, "env"),
        ('default_profile = "sandbox"\n[profiles.a]\n', {}, None, "sandbox"),
        ("[profiles.a]\n", {"LENGOWCTL_SECRET": "only"}, None, "a"),
        ("", {"LENGOWCTL_PROFILE": "sandbox"}, None, "sandbox"),
        ("", {**KEYS, "LENGOWCTL_PROFILE": "shop"}, None, "shop"),
        ("", KEYS, "shop", "shop"),
        ("", {}, "env", "env"),
        ("", {"LENGOWCTL_PROFILE": ""}, "sandbox", "sandbox"),
    ],
)
def test_the_profile_is_the_named_one_the_environments_the_default_or_the_only_one(
    path: Path, text: str, env: dict[str, str], named: str | None, expected: str
) -> None:
    assert load(write(path, text), env).choose(named).name == expected


def test_keys_in_the_environment_do_not_touch_the_sandbox() -> None:
    profile = load(None, {**KEYS, "LENGOWCTL_BASE_URL": "https://elsewhere.example"}).choose("sandbox")
    assert (profile.access_token, profile.base_url) == (None, "https://api.lengow.io")


def test_keys_in_the_environment_make_no_profile_beside_those_of_the_file(path: Path) -> None:
    """A mistyped name must not become a profile of its own."""
    with pytest.raises(UsageFault) as caught:
        load(write(path, "[profiles.shop]\n"), KEYS).choose("shpo")
    assert (caught.value.message, caught.value.hint) == (
        "there is no profile 'shpo'",
        "did you mean shop? there are shop, sandbox",
    )


@pytest.mark.parametrize("name", ["../shop", "a/b", ""])
def test_a_profile_of_the_environments_keys_has_a_name_that_can_be_a_folder(name: str) -> None:
    with pytest.raises(UsageFault, match="there is no profile"):
        load(None, KEYS).profile(name)


def test_one_key_of_two_is_told() -> None:
    with pytest.raises(NotSignedIn, match="LENGOWCTL_ACCESS_TOKEN is not"):
        load(None, {"LENGOWCTL_SECRET": "only"}).choose(None)


def test_no_profile_at_all_names_init_and_demo() -> None:
    with pytest.raises(NotSignedIn) as caught:
        load(None, {}).choose(None)
    assert (caught.value.exit_code, caught.value.hint) == (4, "lengowctl init adds one; lengowctl demo needs none")


def test_several_profiles_need_a_name(path: Path) -> None:
    with pytest.raises(NoProfile) as caught:
        load(write(path, "[profiles.a]\n[profiles.b]\n"), {}).choose(None)
    assert (caught.value.exit_code, caught.value.message) == (2, "which profile? there are a, b")


def test_an_unknown_profile_is_told_the_nearest(path: Path) -> None:
    with pytest.raises(UsageFault) as caught:
        load(write(path, "[profiles.france]\n[profiles.b]\n"), {}).choose("frnace")
    assert caught.value.hint == "did you mean france? there are france, b, sandbox"


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("x = \n", "is not TOML: invalid value (at line 1, column 5)", None),
        ('defualt_profile = "a"\n', "there is no setting 'defualt_profile'", "did you mean default_profile?"),
        ("[profiles.a]\nretenion = 1\n", "[profiles.a] there is no setting 'retenion'", "did you mean retention?"),
        ("[profile.a]\n", "there is no setting 'profile'", "did you mean profiles?"),
        ("profiles = 3\n", "profiles: must be a table, written [profiles]", None),
        ("[profiles]\na = 3\n", "profiles.a: must be a table, written [profiles.a]", None),
        ('[profiles."a/b"]\n', "[profiles.a/b] a profile's name has letters", None),
        ("[profiles.sandbox]\n", "[profiles.sandbox] the name sandbox is taken; choose another", None),
        ("[profiles.Env]\n", "[profiles.Env] the name Env is taken; choose another", None),
        ("[profiles.a]\n[profiles.A]\n", "the profiles a and A differ in case only", None),
        ('default_profile = "b"\n[profiles.bb]\n', "default_profile: there is no profile 'b'", "did you mean bb?"),
        (
            "[profiles.a]\nretention = 180\n",
            '[profiles.a] retention: must be a length of time, as "90d", or "none"',
            None,
        ),
        ('[profiles.a]\nfirst_sync = "0d"\n', "[profiles.a] first_sync: '0d' is out of range", None),
        ('[profiles.a]\nfirst_sync = "soon"\n', "[profiles.a] first_sync: 'soon' is not a length of time", None),
        ("[profiles.a]\nconfirm_above = -1\n", "[profiles.a] confirm_above: must be a whole number, 0 or more", None),
        ("[profiles.a]\nconfirm_above = true\n", "[profiles.a] confirm_above: must be a whole number, 0 or more", None),
        ("[profiles.a]\nread_only = 1\n", "[profiles.a] read_only: must be true or false", None),
        ('[profiles.a]\nfrom_country = "FRA"\n', "[profiles.a] from_country: must be a country's two letters", None),
        ('[profiles.a]\nmax_value_per_run = "a"\n', "[profiles.a] max_value_per_run: must be an amount", None),
        ("[profiles.a]\nsecret_command = []\n", "[profiles.a] secret_command: must be a program", None),
        ('[profiles.a]\nsecret_command = "a \'b"\n', "[profiles.a] secret_command: cannot be split into words", None),
        (
            '[profiles.a]\nsecret = "s"\nsecret_command = "x"\n',
            "[profiles.a] secret and secret_command are both there; keep one",
            None,
        ),
        (
            '[profiles.a]\nbase_url = "http://api.lengow.io"\n',
            "[profiles.a] base_url: http is for this machine only",
            None,
        ),
        ('[profiles.a]\nbase_url = "ftp://x"\n', "[profiles.a] base_url: the address of the API must look like", None),
        ("rules = 3\n", "rules: must be tables, each written [[rules]]", None),
        ("carriers = 3\n", "carriers: must be a table", None),
        ("[carriers]\ndpd = 3\n", "[carriers] dpd: must be a name, or names by marketplace", None),
        ("[views.v]\nstatsu = 1\n", "[views.v] there is no setting 'statsu'", "did you mean status?"),
        ('[views.v]\nsince = "soon"\n', "[views.v] --since: 'soon' is not a date", None),
        ("[views.v]\nstatus = 3\n", "[views.v] a filter takes texts: one, or a list of them", None),
        ("[views.v]\noverdue = 1\n", "[views.v] a switch is true or false", None),
        ('[views.v]\ncolumns = ["ref", "totl"]\n', "[views.v] there is no column 'totl'", COLUMNS_HINT),
        ('[views.v]\nsort = "-totl"\n', "[views.v] there is no column 'totl'", COLUMNS_HINT),
        ("[views.v]\nlimit = -1\n", "[views.v] must be a whole number", None),
    ],
)
def test_a_file_that_is_wrong_is_told_by_name_and_key(path: Path, text: str, says: str, hint: str | None) -> None:
    fault = refused(write(path, text))
    assert fault.message.removeprefix(f"{path}: ").removeprefix(f"{path} ").startswith(says)
    assert fault.hint is None if hint is None else fault.hint == hint


def test_a_secret_is_never_repeated(path: Path) -> None:
    fault = refused(write(path, '[profiles.a]\nsecret = "top\\nsecret"\n'))
    assert "top" not in f"{fault.message}{fault.hint}"
    fault = refused(write(path, '[profiles.a]\nbase_url = "https://me:hush@api.lengow.io"\n'))
    assert "hush" not in f"{fault.message}{fault.hint}"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_file_with_a_key_that_others_can_open_is_refused_with_the_cure(path: Path, mode: int) -> None:
    fault = refused(write(path, '[profiles.a]\nsecret = "s"\n', mode))
    assert (fault.message, fault.hint) == (f"{path} holds a key, and others can read it", f"chmod 600 {path}")


def test_a_file_without_a_key_may_be_open(path: Path) -> None:
    write(path, '[profiles.a]\nsecret_command = "pass show x"\n', 0o644)
    assert list(load(path, {}).profiles) == ["a"]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path).message == f"{tmp_path} cannot be read: is a directory"
    broken = tmp_path / "latin.toml"
    broken.write_bytes(b"x = '\xe9'\n")
    assert refused(broken).message == f"{broken} is not UTF-8 text (byte 5)"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf[profiles.a]\r\nconfirm_above = 2\r\n")
    assert load(path, {}).choose(None).confirm_above == 2


@pytest.mark.parametrize(
    ("env", "says", "hint"),
    [
        ({"LENGOWCTL_TOKEN": "x"}, "the variable LENGOWCTL_TOKEN means nothing to lengowctl", None),
        (
            {"LENGOWCTL_ACESS_TOKEN": "x"},
            "the variable LENGOWCTL_ACESS_TOKEN means nothing to lengowctl",
            "did you mean LENGOWCTL_ACCESS_TOKEN?",
        ),
        ({"LENGOWCTL_BASE_URL": "x"}, "LENGOWCTL_BASE_URL: the address of the API must look like", None),
        ({"LENGOWCTL_PROFILE": "../x"}, "LENGOWCTL_PROFILE: a profile's name has letters", None),
        ({"LENGOWCTL_SECRET": "a\nb"}, "LENGOWCTL_SECRET: must be a text of one line", None),
    ],
)
def test_a_variable_that_is_wrong_is_told_by_name(path: Path, env: dict[str, str], says: str, hint: str | None) -> None:
    fault = refused(path, env)
    assert fault.message.startswith(says)
    assert hint is None or fault.hint == hint


def test_an_empty_variable_is_none(path: Path) -> None:
    assert load(path, {"LENGOWCTL_SECRET": "", "LENGOWCTL_PROFILE": ""}).variables == {}


def test_a_view_takes_all_filters_columns_sort_and_limit(path: Path) -> None:
    write(
        path,
        """\
[views.urgent]
status = "waiting_shipment,waiting_acceptance"
marketplace = ["amazon_*", "fnac"]
since = 2026-11-01
until = "2026-11-02T10:00:00+02:00"
min_total = 10
max_total = 20.50
overdue = true
imported = false
columns = "ref, line_id,total"
sort = ["-total", "ref"]
limit = 5
""",
    )
    assert load(path, {}).view("urgent") == View(
        "urgent",
        {
            "status": ["waiting_shipment,waiting_acceptance"],
            "marketplace": ["amazon_*", "fnac"],
            "since": "2026-11-01",
            "until": "2026-11-02T10:00:00+02:00",
            "overdue": True,
            "min_total": "10",
            "max_total": "20.50",
            "imported": False,
        },
        ("ref", "line_id", "total"),
        "-total,ref",
        5,
    )


def test_an_unknown_view_is_told_the_nearest(path: Path) -> None:
    with pytest.raises(UsageFault) as caught:
        load(write(path, "[views.urgent]\n"), {}).view("urgnet")
    assert (caught.value.message, caught.value.hint) == (
        "there is no view 'urgnet'",
        "did you mean urgent? there is urgent",
    )


def test_tables_of_later_commands_are_accepted(path: Path) -> None:
    settings = load(write(path, '[carriers]\nDPD = "DPD_FR"\n[[rules]]\nname = "x"\n[handoff]\nrun = "y"\n'), {})
    assert (settings.rules, settings.handoff) == (({"name": "x"},), {"run": "y"})


def test_own_names_of_carriers_hold_everywhere_or_by_marketplace(path: Path) -> None:
    settings = load(write(path, '[carriers]\nPost = "LP"\ndpd = { Amazon_FR = "DPD", "*" = "DPD France" }\n'), {})
    assert settings.carriers == {"Post": {"*": "LP"}, "dpd": {"amazon_fr": "DPD", "*": "DPD France"}}
