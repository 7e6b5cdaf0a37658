"""Every class of bad input: a site under tests/sites/ each, laid over the good one, and what an editor is told."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest
from conftest import TinySite

from sitegen.problems.problem import ALWAYS_ERRORS, CODES, SiteError

SITES = Path(__file__).parents[1] / "sites"
BAD = sorted(path.name for path in SITES.iterdir() if path.name != "good")


@pytest.fixture
def good(tmp_path: Path) -> TinySite:
    """The good site, built."""
    shutil.copytree(SITES / "good", tmp_path / "site")
    site = TinySite(tmp_path / "site")
    site.report()
    return site


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_reported_exactly_and_leaves_the_last_good_site_alone(good: TinySite, name: str) -> None:
    before = good.files()
    shutil.copytree(SITES / name, good.root, dirs_exist_ok=True)

    told = good.told()

    assert told + "\n" == (SITES / name / "problems.txt").read_text(encoding="utf-8")
    assert good.files() == before


@pytest.mark.parametrize("name", BAD)
def test_what_site_yaml_lets_pass_ends_in_no_error_of_a_template(good: TinySite, name: str) -> None:
    shutil.copytree(SITES / name, good.root, dirs_exist_ok=True)
    settings = good.root / "content/site.yaml"
    lowered = "".join(f"  {code}: warning\n" for code in CODES if code not in ALWAYS_ERRORS)
    settings.write_text(f"{settings.read_text(encoding='utf-8').rstrip()}\nchecks:\n{lowered}", encoding="utf-8")

    try:
        codes = {problem.code for problem in good.report().warnings}
    except SiteError as error:
        codes = {problem.code for problem in error.problems}

    assert codes
    assert "template-error" not in codes or name.startswith("template")


def test_page_without_a_title_that_site_yaml_lets_pass_is_called_by_its_folder(good: TinySite) -> None:
    good.write("content/news/opening/index.en.md", "---\nsummary: Words.\n---\n:::{note}\nText.\n:::\n")
    settings = good.root / "content/site.yaml"
    settings.write_text(f"{settings.read_text()}checks: {{required: warning, block: warning}}\n")

    page = good.build()["en/news/opening/index.html"]

    assert "opening" in page
    assert "Text." in page


@pytest.mark.parametrize(
    ("begin", "place", "hint"),
    [
        ("\n\n---\n", "3:1", "delete the empty lines above"),
        ("—\n", "1:1", "write --- here"),
        ("-----\n", "1:1", "write --- here"),
        ("\n***\n", "2:1", "write --- here"),
        ("title: Opening\n", "1:1", "begin with a line ---, then `title: …`, then ---"),
        ("", "1:1", "begin with a line ---, then `title: …`, then ---"),
    ],
    ids=["empty lines", "dash", "hyphens", "stars", "words", "nothing"],
)
def test_malformed_start_of_front_matter_is_reported_with_what_to_write(
    good: TinySite, begin: str, place: str, hint: str
) -> None:
    path = "content/news/opening/index.en.md"
    good.write(path, begin + ("title: Opening\n---\n" if begin else ""))

    problem = good.problems()[0]

    assert (problem.place, problem.hint) == (f"{path}:{place}", hint)


def test_byte_order_mark_makes_no_difference(good: TinySite) -> None:
    before = good.pages()
    path = "content/news/opening/index.en.md"
    good.write(path, b"\xef\xbb\xbf" + (good.root / path).read_bytes())

    assert good.build() == before


def test_windows_line_ends_make_no_difference(good: TinySite) -> None:
    before = good.pages()
    for path in good.root.rglob("content/**/*.md"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert good.build() == before


def test_line_of_a_megabyte_is_reported(good: TinySite) -> None:
    good.write("content/ada/index.en.md", "---\ntitle: Ada\nkind: person\n---\n" + "x" * 1_000_000)

    (problem,) = good.problems()

    assert str(problem).split("\n")[0] == (
        "content/ada/index.en.md:5:1: error[too-large]: a line of 1,000,000 characters, over 100,000"
    )


@pytest.mark.parametrize(("opening", "column"), [("[", 22), ("{a: ", 76), ("- ", 41)], ids=["list", "table", "dashes"])
def test_deep_nesting_is_reported_before_the_parser_sees_it(good: TinySite, opening: str, column: int) -> None:
    """libyaml crashes on some 20,000 levels."""
    good.write("content/ada/index.en.md", f"---\ntitle: Ada\nx:\n  {opening * 10_000}\n---\n")

    (problem,) = (problem for problem in good.problems() if problem.path == "content/ada/index.en.md")

    assert problem.place == f"content/ada/index.en.md:4:{column}"
    assert problem.message == "nested more than 20 levels deep"


def test_front_matter_over_its_limit_is_reported(good: TinySite) -> None:
    good.write(
        "content/ada/index.en.md", "---\nkind: person\ntitle: Ada\nsummary: >\n" + "  word word\n" * 7_000 + "---\n"
    )

    assert good.told().startswith("content/ada/index.en.md:2:1: error[too-large]: 84,0")


def test_symlink_out_of_the_site_is_reported(good: TinySite, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (good.root / "content/ada/secret.txt").symlink_to(tmp_path / "secret.txt")
    (good.root / "content/outside").symlink_to(tmp_path)
    (good.root / "static").mkdir()
    (good.root / "content/loop").symlink_to(good.root / "content")

    told = good.told()

    hint = "a link out of the site, or to a folder\n  hint: put the file itself here"
    assert told == "\n".join(
        f"content/{path}: error[symlink]: {hint}" for path in ("ada/secret.txt", "loop", "outside")
    )


def test_symlink_out_of_static_is_reported(good: TinySite, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (good.root / "static").mkdir()
    (good.root / "static/secret.txt").symlink_to(tmp_path / "secret.txt")

    assert good.told().startswith("static/secret.txt: error[symlink]: a link out of the site")


def test_non_regular_file_is_reported(good: TinySite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(good.root / "content/ada")  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("index.fr.md")
        os.mkfifo(good.root / "content/ada/index.zz.md")

        told = good.told()

    assert told == (
        "content/ada/index.fr.md: error[unreadable]: the file can't be read: it is not a regular file\n"
        "content/ada/index.zz.md: error[unreadable]: the file can't be read: it is not a regular file"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_unreadable_file_is_reported(good: TinySite) -> None:
    (good.root / "content/ada/index.en.md").chmod(0)

    assert good.told() == "content/ada/index.en.md: error[unreadable]: the file can't be read: permission denied"


def test_missing_settings_are_reported(tmp_path: Path) -> None:
    (tmp_path / "empty/content").mkdir(parents=True)

    told = TinySite(tmp_path / "empty").told()

    assert told == (
        "content/kinds.yaml: error[missing-content]: the file is missing\n  hint: a site needs it; see the README\n"
        "content/site.yaml: error[missing-content]: the file is missing\n  hint: a site needs it; see the README"
    )


def test_missing_home_page_is_reported(good: TinySite) -> None:
    (good.root / "content/index.en.md").unlink()
    (good.root / "content/index.fr.md").unlink()

    told = good.told()

    assert "content: error[missing-content]: there is no home page\n  hint: add content/index.en.md" in told


@pytest.mark.parametrize(("field", "why"), [("draft: true", "a draft"), ("publish: 2100-01-01", "due on 2100-01-01")])
def test_home_page_that_is_held_back_is_reported(good: TinySite, field: str, why: str) -> None:
    home = good.root / "content/index.en.md"
    home.write_text(home.read_text("utf-8").replace("---\n", f"---\n{field}\n", 1), "utf-8")

    assert f"content: error[missing-content]: the home page is {why}\n  hint: publish it" in good.told()


def test_a_site_is_built_from_a_folder_that_is_gone(
    good: TinySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    assert "en/index.html" in good.build()


def test_output_folder_with_foreign_files_is_refused(good: TinySite, tmp_path: Path) -> None:
    shutil.rmtree(good.public)
    good.write("public/thesis.txt", "years of work")

    assert "the output folder contains files that no build made" in good.told()
    assert (good.public / "thesis.txt").read_text() == "years of work"


@pytest.mark.slow
def test_all_problems_of_thousands_of_files_are_reported_in_one_run(good: TinySite) -> None:
    for number in range(2000):
        good.write(f"content/n{number}/index.en.md", "---\ntitel: x\n---\n[gone](/gone/)\n")

    problems = good.problems()

    assert sum(problem.code == "unknown-key" for problem in problems) == 2000
    assert sum(problem.code == "dead-page" for problem in problems) == 2000
