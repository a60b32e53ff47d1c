"""`demo`: the trade from end to end, as it is shown."""

from __future__ import annotations

from pathlib import Path

from ...running import Shell


def test_the_whole_trade_is_shown_and_leaves_nothing_behind(tmp_path: Path) -> None:
    shell = Shell(tmp_path, env={"LENGOWCTL_PROFILE": "nonsense", "LENGOWCTL_CONFIG": "/nowhere"})
    result = shell("demo", "--fast")
    assert result.code == 0
    typed = [line.removeprefix("$ lengowctl ") for line in result.out.splitlines() if line.startswith("$ ")]
    pipe = "list -s waiting_acceptance -m cdiscount -o ids | lengowctl accept -"
    for shown in (
        "sync",
        pipe,
        "refuse bol:",
        "ship --from",
        "actions show",
        "actions retry",
        "actions wait",
        "export",
    ):
        assert any(words.startswith(shown) for words in typed), shown
    for said in ("did you mean Colissimo?", "already_done", "rejected", "refused by marketplace", "done"):
        assert said in result.out
    assert list(tmp_path.iterdir()) == []
