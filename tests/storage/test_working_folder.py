"""Sites are moved out of working folders whole, whoever else does so at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.storage.working_folder import put_in_place, working_folder


def test_second_of_two_that_began_together_is_refused_and_nothing_is_mixed(tmp_path: Path) -> None:
    with working_folder(tmp_path, ".init-") as one, working_folder(tmp_path, ".import-") as two:
        (one / "templates").mkdir()
        for name in ("other", "templates"):
            (two / name).mkdir()
        put_in_place(one, ["templates"])
        with pytest.raises(FileExistsError, match="another command has made a site there meanwhile"):
            put_in_place(two, ["other", "templates"])

    assert [path.name for path in tmp_path.iterdir()] == ["templates"]
