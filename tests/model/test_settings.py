"""site.yaml and kinds.yaml: the meaning of settings, and how mistakes in them are reported."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from conftest import KINDS, SITE, MakeSite
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sitegen.model.kinds import BASE_FIELDS
from sitegen.model.loading import load_config
from sitegen.model.settings import Config, today
from sitegen.problems.problem import ALWAYS_ERRORS, CODES, Problem, SiteError

LANGUAGES = "languages: [{tag: en}]\n"


@pytest.fixture
def configure(tmp_path: Path) -> Callable[..., Config]:
    """Read the settings given as texts."""

    def load(site: str = SITE, kinds: str = KINDS, **options: str | tuple[str, ...]) -> Config:
        (tmp_path / "content").mkdir(exist_ok=True)
        (tmp_path / "content/site.yaml").write_text(site, encoding="utf-8")
        (tmp_path / "content/kinds.yaml").write_text(kinds, encoding="utf-8")
        return load_config(tmp_path, **options)  # type: ignore[arg-type]

    return load


Configure = Callable[..., Config]


def told(load: Callable[[], object]) -> list[str]:
    """The first line of every problem."""
    with pytest.raises(SiteError) as caught:
        load()
    return [str(problem).split("\n")[0] for problem in caught.value.problems]


def test_unprefixed_language_must_be_a_language_of_the_site(configure: Configure) -> None:
    site = "title: {en: T}\nbase_url: https://a.org\nlanguages: [{tag: en}, {tag: ru}]\n"

    assert configure(site).unprefixed == ""
    assert configure(site + "unprefixed: ru\n").unprefixed == "ru"
    assert told(lambda: configure(site + "unprefixed: rr\n")) == [
        "content/site.yaml:4:13: error[unknown-language]: unprefixed: 'rr' is not one of en, ru"
    ]


def test_language_has_its_tag_as_path_and_the_source_language_as_fallback(configure: Configure) -> None:
    languages = "languages: [{tag: en}, {tag: ru}, {tag: zh-Hans, path: zh}]\n"

    config = configure(f"title: {{en: T}}\nbase_url: https://a.org\n{languages}")

    assert [(entry.path, entry.tag, entry.fallback) for entry in config.languages.values()] == [
        ("en", "en", ()),
        ("ru", "ru", ("en",)),
        ("zh", "zh-Hans", ("en",)),
    ]


def test_source_language_defaults_to_the_first_language(configure: Configure) -> None:
    site = "title: {ru: T}\nbase_url: https://a.org\nlanguages: [{tag: ru}, {tag: en}]\n"

    assert configure(site).source_language == "ru"
    assert configure(site + "source_language: en\n").source_language == "en"


@pytest.mark.parametrize(
    ("base_url", "origin", "base_path"),
    [
        ("https://a.org", "https://a.org", "/"),
        ("https://a.org/", "https://a.org", "/"),
        ("https://x.github.io/repo", "https://x.github.io", "/repo/"),
        ("http://localhost:8000/a/b/", "http://localhost:8000", "/a/b/"),
    ],
)
def test_base_url_is_split_into_host_and_path(configure: Configure, base_url: str, origin: str, base_path: str) -> None:
    config = configure(f"title: {{en: T}}\nbase_url: {base_url}\n{LANGUAGES}")

    assert (config.origin, config.base_path) == (origin, base_path)


def test_base_url_of_the_command_line_overrides_site_yaml(configure: Configure) -> None:
    assert configure(base_url="https://b.org/x").base_url == "https://b.org/x/"


@pytest.mark.parametrize("base_url", ["example.org", "https://[::1", "ftp://a.org/", ""])
def test_base_url_of_the_command_line_is_checked_like_that_of_site_yaml(configure: Configure, base_url: str) -> None:
    with pytest.raises(SiteError) as in_file:
        configure(f"title: {{en: T}}\nbase_url: '{base_url}'\n{LANGUAGES}")
    assert in_file.value.problems[0].code in ("url", "required")

    if base_url:
        assert "error[url]" in told(lambda: configure(base_url=base_url))[0]


@pytest.mark.parametrize("host", ["~.", ".example", "*.example", "a;b", "a b", "user@b.org", "b.org?x", "-b.org"])
def test_a_language_has_a_host_name_as_the_site_does(configure: Configure, host: str) -> None:
    site = "title: {{en: T}}\nbase_url: https://a.org/\nlanguages:\n- {{tag: en}}\n- {{tag: ru, base_url: 'https://{}/'}}\n"

    assert [
        "content/site.yaml:5:" in line and "error[url]" in line for line in told(lambda: configure(site.format(host)))
    ] == [True]


def test_the_host_of_a_language_is_written_as_in_the_dns(configure: Configure) -> None:
    config = configure(
        "title: {en: T}\nbase_url: https://a.org/\nlanguages: [{tag: en}, {tag: ru, base_url: 'https://Центр.рф./'}]\n"
    )

    assert config.origin_of("ru") == "https://xn--e1aqjhr.xn--p1ai"


def test_kind_inherits_fields_and_may_override_them(configure: Configure) -> None:
    kinds = (
        "article:\n  template: article.html\n  children: {sort: -date}\n"
        "  facts: {place: {type: text}, seats: {type: number}}\n"
        "news:\n  extends: article\n  facts: {seats: {type: text, required: true}}\n"
        "brief:\n  extends: news\n  template: brief.html\n"
    )

    config = configure(kinds=kinds)
    brief = config.kinds["brief"]

    assert brief.lineage == ("brief", "news", "article")
    assert (config.kinds["news"].template, brief.template) == ("article.html", "brief.html")
    assert brief.children.has_feed
    assert (brief.fields["place"].type, brief.fields["seats"].type, brief.fields["seats"].required) == (
        "text",
        "text",
        True,
    )
    assert config.kinds["article"].fields["seats"].type == "number"


def test_kind_may_be_declared_before_the_one_it_extends(configure: Configure) -> None:
    config = configure(kinds="a:\n  extends: b\nb:\n  extends: c\nc:\n  template: c.html\n")

    assert config.kinds["a"].template == "c.html"


def test_kind_page_exists_without_a_declaration(configure: Configure) -> None:
    assert configure(kinds="{}\n").kinds["page"].template == "page.html"


def test_list_may_be_sorted(configure: Configure) -> None:
    fields = "{a: {type: list, of: {type: text}, sorted: true}, b: {type: list, of: {type: text}}}"

    facts = configure(kinds=f"a:\n  template: a.html\n  facts: {fields}\n").kinds["a"].fields

    assert (facts["a"].is_sorted, facts["b"].is_sorted) == (True, False)


def test_choice_has_labels_made_from_its_values_or_written(configure: Configure) -> None:
    kinds = (
        "a:\n  template: a.html\n  facts:\n"
        "    one: {type: choice, of: [in-progress, no]}\n"
        "    two: {type: choice, of: {x: Label of x}}\n"
    )

    fields = configure(kinds=kinds).kinds["a"].fields

    assert fields["one"].choices == {"in-progress": "In progress", "no": "No"}
    assert fields["two"].choices == {"x": "Label of x"}


@pytest.mark.parametrize(
    ("site", "problem"),
    [
        (f"titel: x\ntitle: {{en: T}}\nbase_url: https://a.org\n{LANGUAGES}", "1:1: error[unknown-key]"),
        (f"base_url: https://a.org\n{LANGUAGES}", "1:1: error[required]: 'title'"),
        (f"title: {{en: T}}\n{LANGUAGES}", "2:1: error[required]: 'base_url'"),
        ("title: {}\nbase_url: https://a.org\n", "2:1: error[required]: 'languages'"),
        (f"title: T\nbase_url: https://a.org\n{LANGUAGES}", "1:8: error[expected]: title"),
        (f"title: {{ru: T}}\nbase_url: https://a.org\n{LANGUAGES}", "1:9: error[unknown-key]: 'ru'"),
        (f"title: {{en: [T]}}\nbase_url: https://a.org\n{LANGUAGES}", "1:13: error[expected]"),
        (f"title: {{en: T}}\nbase_url: a.org\n{LANGUAGES}", "2:11: error[url]"),
        ("title: {en: T}\nbase_url: https://a.org\nlanguages: en\n", "3:12: error[expected]: languages"),
        ("title: {en: T}\nbase_url: https://a.org\nlanguages: [en]\n", "3:13: error[expected]: a language"),
        ("title: {en: T}\nbase_url: https://a.org\nlanguages: [{tag: en}, {tag: en}]\n", "3:24: error[yaml-duplicate]"),
        (
            "title: {en: T}\nbase_url: https://a.org\nlanguages:\n"
            + "".join(f"- {{tag: en, path: a{number}}}\n" for number in range(101)),
            "104:3: error[too-costly]: 101 languages",
        ),
        ("title: {en: T}\nbase_url: https://a.org\nlanguages: [{tag: en, path: e/n}]\n", "3:29: error[expected]: path"),
        ("title: {en: T}\nbase_url: https://a.org\nlanguages: [{tag: en, path: Assets}]\n", "3:29: error[expected]: path"),
        ("title: {en: T}\nbase_url: https://a.org\nlanguages: [{tag: en, path: admin}]\n", "3:29: error[expected]: path"),
        ("title: {en: T}\nbase_url: https://a.org\nlanguages: [{tag: en, path: con}]\n", "3:29: error[expected]: path"),
        ("title: {en: T}\nbase_url: https://a.org\nlanguages: [{path: en}]\n", "3:1: error[required]: 'tag'"),
        (
            "title: {en: T}\nbase_url: https://a.org\nlanguages: [{tag: en}, {tag: fr, fallback: [en, en]}]\n",
            "3:49: error[fallback-loop]",
        ),
        (f"title: {{en: T}}\nbase_url: https://a.org\n{LANGUAGES}source_language: fr\n", "4:18: error[unknown-language]"),
        (f"title: {{en: T}}\nbase_url: https://a.org\n{LANGUAGES}time_zone: Mars/Base\n", "4:12: error[expected]: time_"),
        (f"title: {{en: T}}\nbase_url: https://a.org\n{LANGUAGES}time_zone: [UTC]\n", "4:12: error[expected]: time_zone"),
        (f"title: {{en: T}}\nbase_url: https://a.org\n{LANGUAGES}menus: [/]\n", "4:8: error[expected]: menus"),
        (f"title: {{en: T}}\nbase_url: https://a.org\n{LANGUAGES}menus: {{main: [news]}}\n", "4:16: error[reference]"),
        (f"title: {{en: T}}\nbase_url: https://a.org\n{LANGUAGES}checks: [html]\n", "4:9: error[expected]"),
    ],
    ids=[
        "unknown key", "no title", "no base_url", "no languages", "title as text", "title's language",
        "title's text", "base_url", "languages as text", "language as text", "language twice", "too many languages", "path", "path of assets", "path of the editor", "path of a device", "no tag",
        "fallback twice", "source language", "time zone", "time zone as list", "menus as list", "menu's page",
        "checks as list",
    ],
)  # fmt: skip
def test_mistake_in_site_yaml_is_reported_at_its_position(configure: Configure, site: str, problem: str) -> None:
    assert [line for line in told(lambda: configure(site)) if line.startswith(f"content/site.yaml:{problem}")]


@pytest.mark.parametrize(
    "zone",
    ["localtime", "posixrules", "Factory", "right/UTC", "posix/Asia/Almaty", "Asia/../UTC", "asia/almaty", "/etc/localtime"],
)  # fmt: skip
def test_time_zone_that_depends_on_the_machine_is_refused(configure: Configure, zone: str) -> None:
    """Some systems have a file of that name."""
    (line,) = told(lambda: configure(f"title: {{en: T}}\nbase_url: https://a.org\n{LANGUAGES}time_zone: {zone}\n"))

    assert line.startswith(f"content/site.yaml:4:12: error[expected]: time_zone: '{zone}' is not a time zone")


@pytest.mark.parametrize(
    ("kinds", "problem"),
    [
        ("a: {}\n", "1:1: error[required]: 'template'"),
        ("a: page.html\n", "1:4: error[expected]: the kind 'a'"),
        ("a: {template: a.html, fact: {}}\n", "1:23: error[unknown-key]: 'fact'"),
        ("a: {template: a.html, extends: b}\n", "1:32: error[unknown-kind]: 'b'"),
        ("a: {template: a.html, extends: a}\n", "1:32: error[unknown-kind]"),
        ("a: {template: a.html, facts: [x]}\n", "1:30: error[expected]: facts"),
        ("a: {template: a.html, facts: {x: text}}\n", "1:34: error[required]: the field 'x'"),
        ("a: {template: a.html, facts: {x: {type: texd}}}\n", "1:41: error[choice]: type: 'texd'"),
        ("a: {template: a.html, facts: {x: {type: text, maximum: 3}}}\n", "1:47: error[unknown-key]: 'maximum'"),
        ("a: {template: a.html, facts: {x: {type: text, max: many}}}\n", "1:52: error[number]"),
        ("a: {template: a.html, facts: {x: {type: text, required: yes}}}\n", "1:57: error[expected]"),
        ("a: {template: a.html, facts: {x: {type: list}}}\n", "1:34: error[required]: the list 'x'"),
        ("a: {template: a.html, facts: {x: {type: group}}}\n", "1:34: error[required]: the group 'x' must name its"),
        ("a: {template: a.html, facts: {x: {type: choice}}}\n", "1:34: error[required]: a choice"),
        ("a: {template: a.html, facts: {x: {type: text, sorted: true}}}\n", "1:55: error[expected]: sorted"),
        ("a: {template: a.html, facts: {x: {type: list, of: {type: group}, sorted: true}}}\n", "1:74: error[expected]: sorted"),
        ("a: {template: a.html, facts: {x: {type: page, kind: b}}}\n", "1:53: error[unknown-kind]: 'b'"),
        ("a: {template: a.html, children: news}\n", "1:33: error[expected]: children"),
        ("a: {template: a.html, children: {kind: b}}\n", "1:40: error[unknown-kind]: 'b'"),
        ("a: {template: a.html, children: {kind: 2026}}\n", "1:40: error[unknown-kind]: '2026'"),
        ("a: {template: a.html, children: {per_page: ten}}\n", "1:44: error[number]: per_page"),
        ("a: {template: a.html, children: {per_page: -1}}\n", "1:44: error[number]"),
        ("a: {template: a.html, children: {per_page: 1.5}}\n", "1:44: error[number]"),
        ("a: {template: a.html, schema: Thing}\n", "1:31: error[expected]"),
        ("a: {template: a.html, schema: {name: nothing}}\n", "1:38: error[unknown-key]"),
        (
            f"a: {{template: a.html, schema: {{{', '.join(f'p{number}: title' for number in range(101))}}}}}\n",
            "1:31: error[too-costly]: schema: 101 properties, of which each page would have all",
        ),
        (
            "a: {template: a.html, schema: {a: title, b: title, c: title, d: title}}\n",
            "1:65: error[too-costly]: schema: 'title' stands here for the 4th time",
        ),
        (f"a: {{template: a.html, facts: {{x: {{type: choice, of: {{a: {'b' * 1001}}}}}}}}}\n", "1:57: error[too-long]: 1,001"),
    ],
    ids=[
        "no template", "text", "unknown key", "extends", "extends itself", "facts as list", "field as text", "type",
        "field's key", "max", "required", "list of nothing", "group of nothing", "choice of nothing", "sorted text", "sorted groups", "kind of page", "children as text",
        "children's kind", "a number as children's kind", "per_page", "per_page below 1", "half a per_page", "schema as text", "schema's field", "schema of 101", "schema of one field", "long label",
    ],
)  # fmt: skip
def test_mistake_in_kinds_yaml_is_reported_at_its_position(configure: Configure, kinds: str, problem: str) -> None:
    assert [line for line in told(lambda: configure(kinds=kinds)) if line.startswith(f"content/kinds.yaml:{problem}")]


@pytest.mark.parametrize("name", sorted(BASE_FIELDS.keys() - {"order", "summary", "keywords"}))
def test_field_of_every_page_is_declared_as_it_is_everywhere(configure: Configure, name: str) -> None:
    """Dates, languages and titles are reckoned with, whatever the kind: another type ended in an internal error."""
    base = BASE_FIELDS[name]
    other = "words" if base.side == "facts" else "facts"
    of = ", of: {type: text}" if base.item else ""
    for side, shape in ((base.side, "{type: group, fields: {x: {type: text}}}"), (other, f"{{type: {base.type}{of}}}")):
        kinds = f"a:\n  template: a.html\n  {side}: {{{name}: {shape}}}\n"
        (line,) = told(partial(configure, kinds=kinds))
        assert line.startswith(f"content/kinds.yaml:3:11: error[expected]: every page has a field '{name}'")

    kinds = f"a:\n  template: a.html\n  {base.side}: {{{name}: {{type: {base.type}{of}, required: true}}}}\n"
    assert configure(kinds=kinds).kinds["a"].fields[name].required


def test_moment_is_no_day_of_publication(configure: Configure) -> None:
    (line,) = told(lambda: configure(kinds="a: {template: a.html, facts: {publish: {type: moment}}}\n"))

    assert line.startswith("content/kinds.yaml:1:31: error[expected]: every page has a field 'publish'")


def test_file_with_the_extension_yml_is_found(configure: Configure, tmp_path: Path) -> None:
    configure()
    (tmp_path / "content/site.yaml").rename(tmp_path / "content/site.yml")

    with pytest.raises(SiteError) as caught:
        load_config(tmp_path)
    assert [problem.hint for problem in caught.value.problems] == ["rename content/site.yml"]


def test_mistakes_in_both_files_are_reported_in_one_run(configure: Configure) -> None:
    lines = told(lambda: configure("title: T\n", "a: {}\n"))

    assert {line.split(":")[0] for line in lines} == {"content/site.yaml", "content/kinds.yaml"}


def test_language_unknown_to_the_site_cannot_be_built(configure: Configure) -> None:
    (line,) = told(lambda: configure(languages=("fr", "de")))

    assert line == "content/site.yaml: error[unknown-language]: --languages: 'de' is not one of en, fr"


@pytest.mark.parametrize(
    ("level", "builds"), [("error", False), ("warning", True), ("off", True)], ids=["error", "warning", "off"]
)
def test_checks_of_site_yaml_set_the_severity_of_a_problem(make_site: MakeSite, level: str, builds: bool) -> None:
    site = make_site(
        {"content/index.en.md": "---\ntitle: Home\n---\n[gone](/gone/)\n"},
        site=f"{SITE}checks: {{dead-page: {level}}}\n",
    )

    if builds:
        assert [problem.code for problem in site.report().warnings] == (["dead-page"] if level == "warning" else [])
    else:
        assert [problem.code for problem in site.problems()] == ["dead-page"]


@pytest.mark.parametrize("level", ["off", "warning"])
@pytest.mark.parametrize("code", sorted(ALWAYS_ERRORS))
def test_what_protects_readers_or_loses_a_page_cannot_be_switched_off(
    make_site: MakeSite, code: str, level: str
) -> None:
    (problem,) = make_site(site=f"{SITE}checks: {{{code}: {level}}}\n").problems()

    assert problem.message == f"{code}: it is always an error, as {ALWAYS_ERRORS[code]}"
    assert (problem.path, problem.code) == ("content/site.yaml", "choice")


def test_what_is_always_an_error_may_be_called_one(make_site: MakeSite) -> None:
    lines = "".join(f"  {code}: error\n" for code in sorted(ALWAYS_ERRORS))

    assert make_site(site=f"{SITE}checks:\n{lines}").report().pages


def test_default_warning_may_be_made_an_error(make_site: MakeSite) -> None:
    site = make_site({"content/index.fr.md": "---\ntitle: Accueil\n---\n"}, site=SITE + "checks: {untracked: error}\n")

    assert [problem.code for problem in site.problems()] == ["untracked"]


def test_day_of_a_build_follows_the_time_zone_of_the_site(configure: Configure) -> None:
    config = configure(f"{SITE}time_zone: Asia/Shanghai\n")
    just_before_midnight_utc = 1_767_225_599  # 2025-12-31T23:59:59Z

    assert today(config.time_zone, just_before_midnight_utc).isoformat() == "2026-01-01"


WORD = st.sampled_from(
    ["title", "base_url", "https://a.org", "languages", "tag", "en", "path", "fallback", "menus", "/a/", "checks",
     "page", "template", "facts", "words", "type", "text", "list", "of", "group", "fields", "choice", "extends",
     "children", "kind", "sort", "-date", "per_page", "3", "schema", "max", "required", "true", "~", "time_zone",
     "source_language", "organisation", "glossary", "formats", "''"]
)  # fmt: skip
VALUE = st.recursive(
    WORD,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(WORD, inner), max_size=4).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in dict(pairs).items()) + "}"
        )
    ),
    max_leaves=12,
)
TABLE = st.lists(st.tuples(WORD, VALUE), max_size=6).map(
    lambda pairs: "".join(f"{key}: {value}\n" for key, value in dict(pairs).items())
)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(site=TABLE, kinds=TABLE)
@example(site="menus: {a: [/]}", kinds="page: {template: page.html, schema: text}")
@example(site="time_zone: [3]", kinds="page: {extends: [page], template: {a: b}}")
def test_any_settings_are_read_or_reported(configure: Configure, site: str, kinds: str) -> None:
    try:
        configure(site, kinds)
        problems: tuple[Problem, ...] = ()
    except SiteError as error:
        problems = error.problems

    assert all(problem.code in CODES for problem in problems)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(kinds=TABLE)
def test_any_kinds_are_read_or_reported_with_valid_settings(configure: Configure, kinds: str) -> None:
    """Separate from the test above, in which few settings are valid enough to go on."""
    try:
        configure(
            SITE, f"page:\n  template: page.html\nother:\n  template: a.html\n  facts: {{a: {{type: text}}}}\n{kinds}"
        )
    except SiteError as error:
        codes = [problem.code for problem in error.problems]
    else:
        codes = []

    assert set(codes) <= set(CODES)


#: What a person may have written into site.yaml → where it is reported, and how.
SLIPS = {
    "transliterate: uz-Cyrl": "16: error[expected]: transliterate: is written as {from: uz, to: uz-Cyrl}",
    "transliterate: {from: uz, to: uz-Cyrl}": "23: error[unknown-language]: transliterate: 'uz' is not one of en, ru",
    "transliterate: {from: ru, to: uz-Cyrl, path: en}": "16: error[yaml-duplicate]: the language 'en' appears twice",
    "pictures: 480": '11: error[expected]: pictures: must be written as {widths: [480, 960], sizes: "100vw"}',
    "pictures: {widths: [0, 480]}": "20: error[number]: widths: must be whole numbers from 1",
    f"pictures: {{widths: {[*range(1, 14)]}}}": "20: error[too-costly]: widths: 13 of them take too long to make of every picture",
    "file_types: kml": "13: error[expected]: file_types: must be a list, such as [kml, dwg]",
    "file_types: [.KML]": "14: error[expected]: file_types: '.KML' is not the end of a file's name",
    "edit: github.com/owner/name": "7: error[url]: edit: must be an address with {path} in it once, the page's file",
    "edit: https://a.org/{path}/{path}": "7: error[url]: edit: must be an address with {path} in it once, the page's file",
    f"publisher: {{en: {'a' * 1001}}}": "17: error[too-long]: 1,001 characters; a text of site.yaml has at most 1,000",
    "markdown: math": "11: error[expected]: markdown: must be written as {math: true, highlight: true}",
}


@pytest.mark.parametrize(("line", "problem"), SLIPS.items(), ids=SLIPS)
def test_slip_in_a_setting_is_reported_at_its_position(configure: Configure, line: str, problem: str) -> None:
    site = f"title: {{en: T}}\nbase_url: https://a.org\nlanguages: [{{tag: en}}, {{tag: ru}}]\n{line}\n"

    assert f"content/site.yaml:4:{problem}" in told(lambda: configure(site))


def test_language_only_falls_back_to_languages_of_the_site(configure: Configure) -> None:
    site = "title: {en: T}\nbase_url: https://a.org\nlanguages: [{tag: en}, {tag: ru, fallback: [kk, en]}]\n"

    assert told(lambda: configure(site)) == [
        "content/site.yaml:3:45: error[unknown-language]: fallback: 'kk' is not one of en, ru"
    ]


@pytest.mark.parametrize(
    "name", ["no-such-theme", "../elsewhere", "/etc", "nosuchpackage", "templates/page.html", "__main__", "sys"]
)
def test_theme_that_does_not_exist_is_reported_at_its_place_with_the_other_slips(
    configure: Configure, name: str
) -> None:
    site = f"title: {{en: T}}\nbase_url: 5\nlanguages: [{{tag: en}}]\ntheme: [default, {name}]\n"

    lines = told(lambda: configure(site))

    assert f"content/site.yaml:4:18: error[missing-theme]: theme: there is no theme '{name}'" in lines
    assert any(line.startswith("content/site.yaml:2:") for line in lines)


#: A list and a table in each place for one value, which are neither text nor number.
NESTED = {
    "content/site.yaml": """\
title: {en: Site, fr: Site}
base_url: https://example.org/
languages: [{tag: en, fallback: [{a: b}]}, {tag: fr, fallback: [[x]]}]
markdown: {engine: python-markdown, extensions: [{toc: {permalink: true}}, [x]]}
file_types: [{a: b}]
pictures: {widths: [{a: b}]}
theme: [{a: b}]
menus: {main: [[/]]}
budgets: {js: [a]}
""",
    "content/blocks.yaml": "badge: {form: inline, inside: [{a: b}], within: [[b]]}\n",
    "content/kinds.yaml": "page: {template: page.html, children: {sort: [a], by: [{a: b}]}}\n",
}


def test_value_of_another_shape_is_named_with_its_field_and_its_shape_once(make_site: MakeSite) -> None:
    page = "---\ntitle: A\naliases: [{a: b}, [c]]\nkeywords: [{a: b}]\nlanguages: [{a: b}]\n---\n"
    found = make_site(NESTED).problems()
    found += make_site({"content/a/index.en.md": page, "content/blocks.yaml": "badge: {form: inline}\n"}).problems()

    assert [problem for problem in found if problem.message.startswith(":") or "''" in problem.message] == []
    places = [problem.place for problem in found]
    assert sorted(set(places)) == sorted(places)
    assert "extensions: must be text, not a table of keys" in [problem.message for problem in found]
    assert "aliases: must be text, not a list" in [problem.message for problem in found]


@pytest.mark.parametrize("name", ["constructor", "toString", "__proto__"])
def test_name_that_every_object_in_a_browser_has_is_refused_for_a_field(configure: Configure, name: str) -> None:
    kinds = f"page: {{template: page.html, words: {{{name}: {{type: text}}}}}}\n"

    (line,) = told(lambda: configure(kinds=kinds))

    assert line.startswith("content/kinds.yaml:1:")
    assert f"'{name}' can't be the name of a field" in line


@pytest.mark.parametrize("declared", ["{type: text}", "{type: text, required: false}", "{type: text, max: 40}"])
@pytest.mark.parametrize("front", ["", "title:\n", "title: ~\n", "updated: 2026-05-04\n"])
def test_page_has_a_title_whatever_its_kind_says(make_site: MakeSite, declared: str, front: str) -> None:
    kinds = f"page: {{template: page.html, words: {{title: {declared}}}}}\n"
    site = make_site({"content/a/index.en.md": f"---\n{front}---\nText\n"}, kinds=kinds)

    assert [(p.path, p.code) for p in site.problems() if p.severity == "error"] == [
        ("content/a/index.en.md", "required")
    ]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has other rights")
def test_settings_in_a_folder_that_cannot_be_entered_are_not_called_missing() -> None:
    site = Path(tempfile.mkdtemp())
    (site / "content").mkdir(mode=0)
    is_root = os.geteuid() == 0
    if is_root:  # who may enter any folder
        os.chown(site, 65534, -1)
        os.seteuid(65534)
    try:
        assert {line.split(": ", 1)[1] for line in told(lambda: load_config(site))} == {
            "error[unreadable]: the file can't be read: permission denied"
        }
    finally:
        if is_root:
            os.seteuid(0)
        (site / "content").chmod(0o700)
        shutil.rmtree(site)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tables.yaml", "fees:\n  facts:\n    by: {type: choice, of: {a: LONG}}\n"),
        ("blocks.yaml", "fees:\n  form: leaf\n  facts:\n    by: {type: choice, of: {a: LONG}}\n"),
        ("kinds.yaml", "page:\n  template: page.html\n  facts:\n    by: {type: choice, of: {a: LONG}}\n"),
    ],
)
def test_text_of_a_declaration_that_may_be_on_every_page_is_bounded(make_site: MakeSite, name: str, text: str) -> None:
    """A choice with a label of 60,000 characters, in a table of 12 cells on 400 pages, took 43 s and 1.3 GB."""
    site = make_site({"content/index.en.md": "---\ntitle: A\n---\n"})
    site.write(f"content/{name}", text.replace("LONG", "a" * 1_001))

    assert f"error[too-long]: 1,001 characters; a text of {name} has at most 1,000" in site.told()
