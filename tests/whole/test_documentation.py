"""The documentation builds without a problem, covers the whole API, and its instructions work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import REPOSITORY, copy_docs
from examples import Example, global_names, printing, read_examples
from reference import FIELD_TYPES, FOLDER, GLOBALS, INNER, VIEWS, members, pages

import sitegen.api
from sitegen.build.options import Options
from sitegen.build.pipeline import build, check
from sitegen.cli import command_line, main
from sitegen.model.fields import TYPES
from sitegen.render.filters import FILTERS
from sitegen.render.page_views import PageView
from sitegen.translation.status_report import find_status

HAND_WRITTEN = sorted(set((REPOSITORY / "docs/content").glob("*/index.en.md")) - {FOLDER / "index.en.md"})


@pytest.mark.slow
def test_documentation_has_no_problem(tmp_path: Path) -> None:
    copy_docs(tmp_path / "docs")

    assert check(Options(root=tmp_path / "docs", output=tmp_path / "docs/public")) == ()


@pytest.mark.slow
def test_translations_of_the_documentation_are_of_its_current_text(tmp_path: Path) -> None:
    copy_docs(tmp_path / "docs")

    pages = [page for language in find_status(tmp_path / "docs").languages for page in language.pages]

    assert [page.key for page in pages if page.state.changed] == []
    assert "stale" not in {page.state.name for page in pages}


@pytest.mark.slow
def test_documentation_is_searchable(docs: Path) -> None:
    assert (docs / "en/search.json").is_file()
    assert '<html lang="zh-Hans"' in (docs / "zh/start/index.html").read_text(encoding="utf-8")
    assert "absolute_url" in (docs / "en/reference/template-attributes/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_every_template_attribute_is_documented(view: type) -> None:
    described = {name: told for name, _, told in members(view)}

    public = {name for name in dir(view) if not name.startswith("_")} - INNER.get(view.__name__, set())
    assert public <= described.keys()
    assert [name for name, told in described.items() if not told] == []


def test_attributes_used_by_the_theme_are_in_the_reference() -> None:
    described = {name for name, _, _ in members(PageView)}
    texts = (path.read_text(encoding="utf-8") for path in (REPOSITORY / "sitegen/theme/templates").rglob("*.html"))
    used = {name for text in texts for name in re.findall(r"\bpage\.(?!html)(\w+)", text)}

    assert used - described == set()


def test_every_filter_and_type_is_documented() -> None:
    text = pages()["filters/index.en.md"]

    assert [
        name for name, function in FILTERS.items() if not (function.__doc__ or "").strip() or f"`{name}`" not in text
    ] == []
    assert set(TYPES) == set(FIELD_TYPES)


def test_every_attribute_global_and_filter_has_an_example() -> None:
    named = {path: {name for name, _, _ in members(view)} for view, (path, _) in VIEWS.items()}
    named |= {"globals": global_names(), "filters": set(FILTERS)}

    assert {section: own.keys() for section, own in read_examples().items()} == named
    assert set(GLOBALS) == global_names()


def test_every_example_prints_what_the_reference_says() -> None:
    examples = {(section, name): own for section, rows in read_examples().items() for name, own in rows.items()}

    with printing() as show:
        printed = {key: " ".join(show(own).split()) for key, own in examples.items()}
        persian = {key: " ".join(show(own, "fa").split()) for key, own in examples.items() if key[0] == "filters"}

    assert printed == {key: own.prints for key, own in examples.items()}
    assert persian == {key: own.prints_fa for key, own in examples.items() if key[0] == "filters"}


@pytest.mark.parametrize(
    ("section", "name", "own"), [(s, n, e) for s, r in read_examples().items() for n, e in r.items()]
)
def test_example_uses_its_subject(section: str, name: str, own: Example) -> None:
    assert re.search(rf"(?<![\w.]){re.escape(name)}|\.{re.escape(name)}\b|\|{re.escape(name)}\b", own.write)


def test_whole_api_is_documented() -> None:
    text = (REPOSITORY / "docs/content/engine/index.en.md").read_text(encoding="utf-8")

    assert [name for name in sitegen.api.__all__ if f"`{name}`" not in text] == []


def commands_of(path: Path) -> Iterator[str]:
    """Every command of sitegen in the blocks of a page."""
    for block in re.findall(r"^```(?:sh|text)\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        yield from re.findall(r"\bsitegen ([^>&\n]+)", block)


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=lambda path: path.parent.name)
def test_every_command_exists_with_its_options(path: Path) -> None:
    for command in commands_of(path):
        words = re.findall(r'"[^"]*"|\S+', command.strip())
        command_line().parse_args([word.strip('"') for word in words])


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=lambda path: path.parent.name)
def test_chapter_is_translated_with_the_same_code(path: Path) -> None:
    english, *others = (
        re.findall(r"^```.*?^```$", path.with_name(f"index.{language}.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
        for language in ("en", "zh", "ru")
    )

    assert others == [english, english]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_commands_and_links_of_the_top_level_files_exist(name: str) -> None:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    typed = re.findall(r"^    (\S.*?)(?: {2,}#.*)?$", text, re.MULTILINE)
    targets = re.findall(r"(?:^    |`)make (\w+)", text, re.MULTILINE)
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]

    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
    assert [link for link in links if not (REPOSITORY / link).exists()] == []
    for command in typed:
        if command.startswith("sitegen "):
            command_line().parse_args(command.split()[1:])
    if name == "README.md":
        assert len(text.splitlines()) <= 90
        assert len(typed) >= 6


def test_quick_start_leads_to_a_site_without_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = [*commands_of(REPOSITORY / "docs/content/start/index.en.md")]
    typed = [re.findall(r'"[^"]*"|\S+', command) for command in commands if not command.startswith("serve")]

    for words in typed:
        if words[0] == "publish":
            words[1] = str(tmp_path / "published")
        assert main([word.strip('"') for word in words]) == 0
        if words[0] == "init":
            monkeypatch.chdir(tmp_path / "my-site")

    assert "Spring term begins" in (tmp_path / "my-site/public/en/news/index.html").read_text(encoding="utf-8")


def test_snippets_build_the_site_they_describe(tmp_path: Path) -> None:
    """The content model, menus, style and templates of the documentation, laid over a new site, build without a problem."""
    from sitegen.editing.init import init_site

    root = tmp_path / "site"
    import datetime as dt

    init_site(root, ["en", "fr", "ar", "sr"], dt.date(2026, 3, 1))
    texts = {
        name: (REPOSITORY / f"docs/content/{name}/index.en.md").read_text(encoding="utf-8")
        for name in ("model", "templates")
    }
    yaml = re.findall(r"^```yaml\n(.*?)^```", texts["model"], re.DOTALL | re.MULTILINE)
    model = yaml[0].partition("project:")[2]
    kinds = (root / "content/kinds.yaml").read_text(encoding="utf-8")
    (root / "content/kinds.yaml").write_text(f"{kinds}\nproject:{model}\n{yaml[1]}", encoding="utf-8")
    settings = (root / "content/site.yaml").read_text(encoding="utf-8").partition("menus:")[0]
    menus = re.findall(r"^```yaml\n(.*?)^```", texts["templates"], re.DOTALL | re.MULTILINE)[0]
    (root / "content/site.yaml").write_text(settings + menus, encoding="utf-8")
    for body in re.findall(r"^```jinja\n(.*?)^```", texts["templates"], re.DOTALL | re.MULTILINE):
        path = root / re.search(r"templates/[\w.]+", body)[0]  # type: ignore[index]
        path.parent.mkdir(exist_ok=True)
        path.write_text(body, encoding="utf-8")
    (root / "static/assets").mkdir(parents=True)
    css = re.findall(r"^```css\n(.*?)^```", texts["templates"], re.DOTALL | re.MULTILINE)
    (root / "static/assets/own.css").write_text(css[0], encoding="utf-8")
    for name, text in {
        "projects": "kind: projects\ntitle: Projects\nsummary: What we do.\n",
        "projects/bridge": "title: Bridge\nsummary: A bridge.\nstatus: running\nbegins: 2026-02-01\npartners: [/partner/]\n",
        "partner": "kind: partner\ntitle: A partner\nsummary: Who helps.\n",
    }.items():
        (root / f"content/{name}").mkdir()
        (root / f"content/{name}/index.en.md").write_text(f"---\n{text}---\n", encoding="utf-8")

    problems = check(Options(root=root, output=tmp_path / "public"))
    build(Options(root=root, output=tmp_path / "public"))

    page = (tmp_path / "public/en/projects/bridge/index.html").read_text(encoding="utf-8")
    assert {problem.code for problem in problems} <= {"missing-message"}
    assert "Running" in page
    assert "A partner" in page
    assert "Ask us about this page" in page
    assert "Our friends" in page
    assert "Nouveautés" in (tmp_path / "public/fr/index.html").read_text(encoding="utf-8")
