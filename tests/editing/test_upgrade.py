"""`upgrade` adapts a site to a new version, once, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import SITE, MakeSite

from sitegen import __version__
from sitegen.build.options import Options
from sitegen.build.pipeline import check
from sitegen.cli import main
from sitegen.editing.upgrade import upgrade
from sitegen.model.loading import load_config
from sitegen.problems.problem import SiteError


def test_site_of_an_older_version_is_upgraded_once(make_site: MakeSite) -> None:
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
        f"requirements.txt: changed sitegen==0.0.1 to multilingual-sitegen=={__version__}",
    ]
    assert (site.root / "requirements.txt").read_text(
        "utf-8"
    ) == f"# ours\nmultilingual-sitegen=={__version__}\nother==2\n"
    assert (site.root / ".vscode/schemas/site.json").is_file()
    assert not (site.root / "schemas").exists()
    assert "missing-template" not in {problem.code for problem in check(Options(root=site.root, output=site.public))}
    assert list(upgrade(site.root)) == []


def test_site_of_this_version_is_left_alone(make_site: MakeSite, capsys: pytest.CaptureFixture[str]) -> None:
    site = make_site()

    assert main(["upgrade", "--root", str(site.root)]) == 0
    assert f"nothing to change for sitegen {__version__}" in capsys.readouterr().out
    assert (site.root / "content/site.yaml").read_text("utf-8") == SITE


def test_other_files_next_to_the_old_schemas_stay(make_site: MakeSite) -> None:
    old = {"schemas/site.json": "{}", "schemas/kinds.json": "{}", "schemas/mine.json": "years of work"}
    site = make_site(old)

    list(upgrade(site.root))

    assert [path.name for path in (site.root / "schemas").iterdir()] == ["mine.json"]


def test_symlinks_and_binary_files_are_left_or_reported(make_site: MakeSite, tmp_path: Path) -> None:
    site, other = make_site(), tmp_path / "other"
    other.mkdir()
    for name in ("site.json", "kinds.json"):
        (other / name).write_text("{}")
    (site.root / "schemas").symlink_to(other)

    assert list(upgrade(site.root)) == []
    for content in (b"# \xe9\nsitegen==0.0.1\n", "sitegen==0.0.1\n".encode("utf-16")):
        site.write("requirements.txt", content)
        with pytest.raises(SiteError) as caught:
            list(upgrade(site.root))
        assert caught.value.problems[0].code == "encoding"
    (other / "r.txt").write_text("sitegen==0.0.1\n")
    (site.root / "requirements.txt").unlink()
    (site.root / "requirements.txt").symlink_to(other / "r.txt")
    with pytest.raises(SiteError) as caught:
        list(upgrade(site.root))
    assert caught.value.problems[0].code == "symlink"
    assert sorted(path.name for path in other.iterdir()) == ["kinds.json", "r.txt", "site.json"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("{title: {en: A}, base_url: 'https://e.org/', languages: [{tag: en}]}\n", "add"), (SITE.rstrip("\n"), "added"), (SITE.replace("\n", "\r\n"), "added")],
    ids=["braces", "no end of line", "CRLF"],
)  # fmt: skip
def test_theme_is_added_if_the_settings_can_still_be_read(make_site: MakeSite, text: str, said: str) -> None:
    site = make_site({"content/site.yaml": text})
    (site.root / "templates/page.html").unlink()
    (site.root / "templates").rmdir()

    assert list(upgrade(site.root)) == [
        f"content/site.yaml: {said} `theme: default`, as the site has no templates of its own"
    ]
    load_config(site.root)
    now = (site.root / "content/site.yaml").read_bytes()
    assert now == text.encode() if said == "add" else b"theme: default" in now
    assert now.count(b"\n") == now.count(b"\r\n") or b"\r" not in now


def test_only_the_pin_changes_and_line_ends_stay(make_site: MakeSite) -> None:
    site = make_site({"requirements.txt": b"my-sitegen==0.0.1\r\nsitegen==0.0.1\r\n"})

    list(upgrade(site.root))

    assert (
        site.root / "requirements.txt"
    ).read_bytes() == f"my-sitegen==0.0.1\r\nmultilingual-sitegen=={__version__}\r\n".encode()


def test_address_of_the_generator_stays_where_a_clone_runs(make_site: MakeSite) -> None:
    text = "multilingual-sitegen @ git+https://code.example/sitegen.git@ab12\n"
    site = make_site({"requirements.txt": text})

    assert list(upgrade(site.root)) == []
    assert (site.root / "requirements.txt").read_text("utf-8") == text
