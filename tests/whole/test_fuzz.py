"""Every parser reports what it can't read, briefly here and at length in `make fuzz`."""

from __future__ import annotations

from pathlib import Path

import fuzz
import pytest


@pytest.mark.slow
@pytest.mark.parametrize("examples", [100, pytest.param(2000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", fuzz.PARSERS)
def test_parser_reads_or_reports_any_input(
    name: str, examples: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert fuzz.by_hypothesis(name, 0, examples) >= examples


def test_parser_that_crashes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fuzz.PARSERS, "yaml", lambda data: fuzz.void(1 / (b"[" not in data)))

    with pytest.raises(ZeroDivisionError):
        fuzz.by_hypothesis("yaml", 5, 500)
