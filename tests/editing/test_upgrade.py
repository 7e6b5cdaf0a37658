"""`upgrade` mends what a new version changes, once, and says so."""

from __future__ import annotations

import pytest
from conftest import SITE, MakeSite

from sitegen import __version__
from sitegen.build.options import Options
from sitegen.build.pipeline import check
from sitegen.cli import main
from sitegen.editing.upgrade import upgrade


def test_site_of_before_is_brought_to_this_version_once(make_site: MakeSite) -> None:
    site = make_site(
        {
            "requirements.txt": "# ours\nsitegen==0.0.1\nother==2\n",
            "schemas/site.json": "{}",
            "schemas/kinds.json": "{}",
        }
    )
    (site.root / "templates/page.html").unlink()
    (site.root / "templates").rmdir()

    changes = list(upgrade(site.root))

    assert changes == [
        "content/site.yaml: added `theme: default`, as the site has no templates of its own",
        "schemas/: moved to .vscode/schemas/",
        f"requirements.txt: sitegen 0.0.1 is {__version__} now",
    ]
    assert (site.root / "requirements.txt").read_text("utf-8") == f"# ours\nsitegen=={__version__}\nother==2\n"
    assert (site.root / ".vscode/schemas/site.json").is_file()
    assert not (site.root / "schemas").exists()
    assert "missing-template" not in {problem.code for problem in check(Options(root=site.root, output=site.public))}
    assert list(upgrade(site.root)) == []


def test_site_of_today_is_left_alone(make_site: MakeSite, capsys: pytest.CaptureFixture[str]) -> None:
    site = make_site()

    assert main(["upgrade", "--root", str(site.root)]) == 0
    assert f"nothing to change for sitegen {__version__}" in capsys.readouterr().out
    assert (site.root / "content/site.yaml").read_text("utf-8") == SITE
