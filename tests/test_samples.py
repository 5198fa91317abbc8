"""raw/samples/ is what tools/make_samples.py makes, and its README tells of each sample."""

from __future__ import annotations

from tools.make_samples import MAKERS, ROOT, SAMPLES, content, stale


def test_the_samples_are_as_made() -> None:
    assert stale() == []


def test_the_readme_tells_of_every_sample() -> None:
    text = (ROOT / "raw" / "README.md").read_text(encoding="utf-8")
    rows = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")]
    assert rows == sorted(MAKERS)


def test_the_damaged_samples_are_damaged() -> None:
    shifted = content("02-shifts.txt", (SAMPLES / "02-shifts.txt").read_bytes()).decode()
    assert "當(dāng)?shù)" in shifted
    spliced = (SAMPLES / "01-splices.html").read_text(encoding="utf-8")
    assert spliced.count("(jiàn)") > 5
