"""The schemas agree with the engine, and those of the repository with its content model."""

from __future__ import annotations

import json
import re
import zoneinfo
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from commands import run
from conftest import REPOSITORY, MakeSite
from hypothesis import given, settings
from hypothesis import strategies as st
from schemas import check, errors

from sitegen.editing.json_schema import PROBLEM_LINE, make_files, read_settings, site_schema, write_schemas
from sitegen.model.field_json_schema import field_schema, table_schema
from sitegen.model.fields import TYPES, Checker, Field
from sitegen.model.loading import load_config
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.text import Source
from sitegen.source.yaml import Node, parse

#: What a schema can't know: which days, countries, languages and hosts there are.
_OF_THE_WORLD = {"money", "date", "country", "language", "url"}


def plain(node: Node) -> Any:
    """A node as other YAML 1.2 parsers read it."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    return [plain(child) for child in node.value] if isinstance(node.value, tuple) else node.value


def a_field(name: str, **more: Any) -> Field:
    """A field of a type, with the settings that it requires."""
    choices = {"open": "Open", "closed": "Closed"} if name == "choice" else {}
    items = {"list": "page", "list of texts": "text"}
    item = Field(name="item", type=items[name]) if name in items else None
    fields = {"term": Field(name="term", type="text", required=True), "day": Field(name="day", type="date")}
    name = "list" if item else name
    return Field(name="f", type=name, choices=choices, item=item, fields=fields if name == "group" else {}, **more)


WRITTEN = st.one_of(
    st.sampled_from([
        "", "~", "true", "no", "12", "-1", "0.5", "2026-01-31", "2026-02-30", "2026-1-1", "31.01.2026", "open", "opened",
        "2026-01-31T09:30", "2026-01-31T09:30:00+08:00", "https://example.org/", "example.org", "a@b.cd", "a@b", "KZ", "kz",
        "Kazakhstan", "zh-Hans", "ru", "Russian", "/news/", "/news", "/", "a.jpg", "a/b.jpg", "an-id", "an id", '"12"',
        "12:30", "7:05", "24:00", "1500 CNY", "CNY 1500.50", "12 XYZ", "+86 10 1234 5678", "0086 10 1234", "[]", "[/a/]", "[a]", "{}", "{term: x}", "{term: x, day: 2026-01-31}", "{day: 2026-01-31}", "{trem: x}", "''",
        '" "', '"\\u200b"', '"\\u3000 \\u2800"', "['']", "[' ']", "[a, '\\t']", '["\\u00a0"]', '{term: " "}', '{term: ""}', "[~]",
    ]),
    st.text("abz09-/.: ", max_size=12).map(json.dumps),
)  # fmt: skip


#: Reads a thousand files, which the other tests do without.
zones = cache(zoneinfo.available_timezones)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*TYPES, "list of texts"])
@pytest.mark.parametrize("required", [False, True])
@pytest.mark.parametrize("examples", [40, pytest.param(500, marks=pytest.mark.soak)])
def test_schema_and_engine_accept_the_same_values(name: str, required: bool, examples: int) -> None:
    declared = a_field(name, required=required)
    schema = table_schema({"f": declared})

    @settings(max_examples=examples)
    @given(written=WRITTEN)
    def agree(written: str) -> None:
        text = f"f: {written}\n"
        node, problems = parse(Source.of("a.md", text), text), list[Problem]()
        Checker(Source.of("a.md", text), problems).table({"f": declared}, node, "the kind 'k'")

        codes = {problem.code for problem in problems}
        accepted = not errors(schema, plain(node))
        assert accepted or codes, f"the engine takes {written}"
        # which names are zones, only the engine knows; its code for what is none is that of any value out of place
        worldly = {"expected"} if name == "time_zone" and written not in zones() else _OF_THE_WORLD
        assert not accepted or codes <= worldly, f"the schema takes {written}, the engine says {codes}"

    agree()


@pytest.mark.slow
def test_text_longer_than_its_field_is_not_valid() -> None:
    assert not errors(field_schema(Field(name="f", type="text", max=3)), "abc")
    assert errors(field_schema(Field(name="f", type="text", max=3)), "abcd")


def test_schema_of_a_sorted_list_says_so() -> None:
    item = Field(name="item", type="text")

    assert field_schema(Field(name="f", type="list", item=item, is_sorted=True, help="names"))["description"] == (
        "Names. In ascending order."
    )


def test_schemas_of_the_repository_are_those_of_its_content_model() -> None:
    files = make_files(load_config(REPOSITORY))
    stand = {path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / ".vscode/schemas").rglob("*.json")}

    assert {path: (REPOSITORY / path).read_text(encoding="utf-8") for path in files} == files
    assert stand == {path for path in files if path.startswith(".vscode/schemas/")}


@pytest.mark.slow
def test_schemas_are_valid_and_describe_every_field() -> None:
    for path, text in make_files(load_config(REPOSITORY)).items():
        if path.startswith(".vscode/schemas/"):
            schema = json.loads(text)
            check(schema)
            assert all("description" in own for own in schema.get("properties", {}).values()), path


def front_matter(path: Path) -> Any:
    lines = path.read_text(encoding="utf-8").split("\n")
    text = "\n".join(lines[1 : lines.index("---", 1)])
    return plain(parse(Source.of(path.name, text), text))


@pytest.mark.slow
def test_content_of_the_center_is_valid() -> None:
    files = make_files(load_config(REPOSITORY))
    of_kind = {"glossary": "glossary", "about": "center", "study/summer-school": "program", "news/launch": "news"}
    for page, kind in of_kind.items():
        for path in (REPOSITORY / "content" / page).glob("index.*.md"):
            name = kind if path.name == "index.en.md" else f"{kind}.translation"
            assert errors(json.loads(files[f".vscode/schemas/pages/{name}.json"]), front_matter(path)) == [], path
    for name in ("site", "kinds"):
        text = (REPOSITORY / f"content/{name}.yaml").read_text(encoding="utf-8")
        own = plain(parse(Source.of(name, text), text))
        assert errors(json.loads(files[f".vscode/schemas/{name}.json"]), own) == []


def test_more_widths_of_pictures_than_are_made_are_not_valid() -> None:
    """Editors say it as the engine does, and the description names the limit."""
    schema = site_schema()["properties"]["pictures"]

    assert errors(schema, {"widths": [*range(1, 13)]}) == []
    assert len(errors(schema, {"widths": [*range(1, 14)]})) == 1
    assert "at most 12" in schema["properties"]["widths"]["description"]


def test_misspelt_key_of_a_kind_is_not_valid() -> None:
    schema = json.loads(make_files(load_config(REPOSITORY))[".vscode/schemas/kinds.json"])

    assert errors(schema, {"news": {"template": "news.html", "word": {}}})
    assert errors(schema, {"news": {"facts": {"day": {"type": "dat"}}}})
    assert not errors(schema, {"news": {"facts": {"day": {"type": "date"}}}})


def test_schemas_of_removed_kinds_are_removed(make_site: MakeSite) -> None:
    site = make_site(kinds="page: {template: page.html}\nnews: {template: page.html}\n")
    first = write_schemas(site.root)
    site.write("content/kinds.yaml", "page: {template: page.html}\n")

    assert ".vscode/schemas/pages/news.json" in first
    assert write_schemas(site.root) == [
        ".vscode/schemas/pages/news.json",
        ".vscode/schemas/pages/news.translation.json",
    ]
    assert not (site.root / ".vscode/schemas/pages/news.json").exists()
    assert write_schemas(site.root) == []


@pytest.mark.slow
def test_kinds_that_take_over_too_many_fields_have_no_schemas(make_site: MakeSite) -> None:
    """Each schema has all fields of its kind: 64 KB of kinds.yaml made 1.3 GB of them."""
    fields = ", ".join(f"f{number}: {{type: id}}" for number in range(1_000))
    kinds = "".join(f"k{number}: {{extends: a}}\n" for number in range(1_000))
    site = make_site(kinds=f"page: {{template: page.html}}\na: {{extends: page, facts: {{{fields}}}}}\n{kinds}")

    with pytest.raises(SiteError) as raised:
        write_schemas(site.root)

    (problem,) = raised.value.problems
    assert (problem.path, problem.code) == ("content/kinds.yaml", "too-costly")
    assert problem.line is not None
    assert 3 <= problem.line <= 60
    assert not (site.root / ".vscode").exists()


def _others(root: Path) -> list[str]:
    return [(root / ".vscode" / name).read_text() for name in ("extensions.json", "tasks.json")]


def test_settings_that_somebody_wrote_are_kept(make_site: MakeSite) -> None:
    site = make_site()
    site.write(
        ".vscode/settings.json",
        '{"editor.tabSize": 3, "files.eol": "\\r\\n", "yaml.schemas": {"./mine.json": "mine.yaml"}}\n',
    )
    site.write(
        ".vscode/extensions.json", '{"recommendations": ["a.b", "redhat.vscode-yaml"], "unwantedRecommendations": []}'
    )
    site.write(
        ".vscode/tasks.json", '{"version": "2.0.0", "tasks": [{"label": "check", "command": "mine"}, {"label": "b"}]}'
    )
    unchanged = _others(site.root)

    assert ".vscode/settings.json" in write_schemas(site.root)
    settings = json.loads((site.root / ".vscode/settings.json").read_text())
    assert settings["editor.tabSize"] == 3
    assert settings["files.eol"] == "\r\n"
    assert settings["yaml.schemas"]["./mine.json"] == "mine.yaml"
    assert settings["yaml.schemas"]["./.vscode/schemas/site.json"] == "content/site.yaml"
    assert _others(site.root) == unchanged
    assert write_schemas(site.root) == []


@pytest.mark.parametrize("name", ["settings.json", "extensions.json", "tasks.json", "schemas/site.json"])
def test_settings_that_are_a_link_out_of_the_site_are_not_read(make_site: MakeSite, tmp_path: Path, name: str) -> None:
    """What they led to was written into the site, where the next commit would have published it."""
    site = make_site()
    (tmp_path / "own.json").write_text('{"token": "secret"}')
    path = site.root / ".vscode" / name
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "own.json")

    with pytest.raises(SiteError) as caught:
        write_schemas(site.root)
    assert [(own.path, own.code) for own in caught.value.problems] == [(f".vscode/{name}", "symlink")]
    assert path.is_symlink()
    assert not any("secret" in own.read_text() for own in site.root.rglob("*.json") if not own.is_symlink())


@pytest.mark.parametrize(
    "text",
    ['{\n  // mine\n  "editor.tabSize": 3,\n}\n', '{"a": 1, "a": 2}', "[]", '{"a": ', "", "{" * 5000, '{"a": 1.10}',
     '{"a": 0.12345678901234567890}', '{"a": 1e400}', '{"a": NaN}', '{"a": "\\ud800"}'],
)  # fmt: skip
def test_settings_that_would_lose_something_stay_as_they_are(make_site: MakeSite, text: str) -> None:
    site = make_site()
    site.write(".vscode/settings.json", text)

    with pytest.raises(SiteError) as caught:
        write_schemas(site.root)
    [problem] = caught.value.problems
    assert (problem.path, problem.code) == (".vscode/settings.json", "unwritable")
    assert '"./.vscode/schemas/site.json": "content/site.yaml"' in problem.hint
    assert (site.root / ".vscode/settings.json").read_text() == text
    assert (site.root / ".vscode/schemas/site.json").is_file()

    site.write(".vscode/settings.json", f"// mine\n{json.dumps(read_settings()['.vscode/settings.json'])}")
    assert write_schemas(site.root) == []


def test_vs_code_task_finds_the_problems_that_check_prints(make_site: MakeSite) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitel: A\n---\n"})
    ran = run(site.root, "check")
    found = [match.groups() for line in ran.stderr.splitlines() if (match := re.match(PROBLEM_LINE, line))]

    assert (
        "content/a/index.en.md",
        "2",
        "1",
        "error",
        "unknown-key",
        "'titel' is not a field of the kind 'page'",
    ) in found


def test_content_model_with_errors_writes_no_schemas(make_site: MakeSite) -> None:
    site = make_site(kinds="page: {template: page.html, facts: {day: {type: dat}}}\n")

    with pytest.raises(SiteError) as caught:
        write_schemas(site.root)
    assert caught.value.problems[0].code == "choice"
    assert not (site.root / ".vscode/schemas").exists()
