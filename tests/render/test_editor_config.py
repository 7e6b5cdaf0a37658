"""The content model as forms, what the editor makes of blocks, and that an editor is only published on request."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import REPOSITORY, MakeSite, TinySite
from editor_scripts import MADE, ran_by_node, script_of
from lxml import html
from published import require
from schemas import errors

from sitegen.build.options import Options
from sitegen.build.pipeline import build
from sitegen.content.markdown import parse_body
from sitegen.media.static_files import EDITOR
from sitegen.model.blocks import shipped_blocks
from sitegen.problems.problem import SiteError
from sitegen.source.text import Source

SITE = "title: {en: Site, ru: Сайт}\nbase_url: https://example.org/\nlanguages: [{tag: en}, {tag: ru}]\n"
PUBLISHED = SITE + "editor: {backend: gitlab, repository: group/site, app: abc}\n"
KINDS = """\
page: {template: page.html}
newsroom: {template: page.html, children: {kind: news}}
news:
  template: page.html
  facts:
    status: {type: choice, of: {open: Open, closed: Closed}, required: true, help: how far it is}
    by: {type: list, of: {type: page, kind: person}}
    seats: {type: number}
    where: {type: group, fields: {town: {type: text}, land: {type: country}}}
    parts: {type: list, of: {type: group, fields: {name: {type: text, required: true}}}}
    days: {type: list, of: {type: date}}
  words:
    motto: {type: markdown}
report: {extends: news, words: {lead: {type: text, max: 300}}}
person: {template: page.html}
"""
CONTENT = {
    "content/news/index.en.md": "---\nkind: newsroom\ntitle: News\n---\n",
    "content/news/a/index.en.md": "---\nstatus: open\ntitle: A\n---\n",
    "content/news/b/index.en.md": "---\nkind: report\nstatus: open\ntitle: B\n---\n",
    "content/ada/index.en.md": "---\nkind: person\ntitle: Ada\n---\n",
    "build/editor/entry.js": "made\n",
}


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    return make_site(CONTENT, site=PUBLISHED, kinds=KINDS)


def config_of(site: TinySite) -> Any:
    build(Options(root=site.root, output=site.public))
    return whole(json.loads(written_config(site)))


def written_config(site: TinySite) -> str:
    return (site.public / "admin/config.json").read_text(encoding="utf-8")


def whole(config: Any) -> Any:
    """The configuration with its parts in their places, as `editor/parts.js` puts it together."""
    made: list[Any] = []

    def placed(value: Any) -> Any:
        if isinstance(value, list):
            return [placed(own) for own in value]
        if isinstance(value, dict):
            return made[value["part"]] if "part" in value else {key: placed(own) for key, own in value.items()}
        return value

    for part in config.pop("parts"):
        made += [placed(part)]
    return placed(config)


def form_of(config: Any, name: str) -> dict[str, Any]:
    """Field → its input, of a collection."""
    return {row["name"]: row for own in config["collections"] if own["name"] == name for row in own["fields"]}


def test_site_without_the_editor_setting_publishes_no_editor(make_site: MakeSite) -> None:
    site = make_site(CONTENT, site=SITE, kinds=KINDS)

    assert not [path for path in site.build() if path.startswith("admin/")]
    pages, drawings = (site.public / "_headers").read_text().split("/*.svg\n")
    assert "unsafe-inline" not in pages
    assert "sandbox" in drawings, "a drawing has styles of its own, and runs nothing"


def test_facts_are_edited_in_the_source_alone_and_words_in_every_language(site: TinySite) -> None:
    form = form_of(config_of(site), "news")

    assert {name: row["i18n"] for name, row in form.items() if name in ("status", "by", "title", "motto", "body", "review")} == {
        "status": False, "by": False, "title": True, "motto": True, "body": True, "review": True,
    }  # fmt: skip


def test_reference_is_picked_from_pages_of_its_kind_and_a_choice_by_label(site: TinySite) -> None:
    form = form_of(config_of(site), "news")

    assert form["by"]["options"] == [{"value": "/ada/", "label": "Ada"}]
    assert form["by"]["multiple"] is True
    assert form["status"]["options"] == [{"value": "open", "label": "Open"}, {"value": "closed", "label": "Closed"}]
    assert (form["status"]["hint"], form["status"]["required"]) == ("how far it is", True)
    assert form["where"]["fields"][1]["options"][0]["value"] == "AC"
    assert form["parts"]["fields"][0]["required"] is True


def test_configuration_grows_with_the_pages_and_not_with_their_square(make_site: MakeSite) -> None:
    fields = "".join(f"    f{number}: {{type: page}}\n    c{number}: {{type: country}}\n" for number in range(5))
    kinds = f"page:\n  template: page.html\n  facts:\n{fields}" + "".join(
        f"k{n}: {{extends: page}}\n" for n in range(6)
    )

    def size(count: int) -> int:
        texts = {f"content/p{n}/index.en.md": f"---\nkind: k{n % 6}\ntitle: P{n}\n---\n" for n in range(count)}
        site = make_site({**texts, "build/editor/entry.js": "made\n"}, site=PUBLISHED, kinds=kinds)
        (home, *_) = next(own["files"] for own in config_of(site)["collections"] if "files" in own)
        assert len(next(row["options"] for row in home["fields"] if row["name"] == "f4")) == count + 1
        return len(written_config(site))

    few, many = size(20), size(40)

    assert many - few < 20 * 300, "a few lines for each page, in which 5 fields name each of the others"


def test_browser_puts_the_parts_of_the_configuration_in_their_places(site: TinySite) -> None:
    expected, written = config_of(site), json.loads(written_config(site))

    made = ran_by_node(
        f"import {{ readFileSync }} from 'node:fs'; import {{ whole }} from '{script_of('parts.js')}';"
        "console.log(JSON.stringify(whole(JSON.parse(readFileSync(0)))))",
        written,
    )

    assert made == expected


def test_folder_with_pages_of_two_kinds_offers_the_fields_of_both(site: TinySite) -> None:
    form = form_of(config_of(site), "news")

    assert form["kind"]["options"] == ["report"]
    assert form["lead"]["required"] is False


def test_pages_outside_every_collection_are_files(site: TinySite) -> None:
    (pages,) = [own for own in config_of(site)["collections"] if "files" in own]

    assert {own["name"]: own["file"] for own in pages["files"]} == {
        "home": "content/index.{{locale}}.md",
        "ada": "content/ada/index.{{locale}}.md",
        "news": "content/news/index.{{locale}}.md",
    }


def test_backend_comes_from_the_settings_and_changes_are_proposals(site: TinySite) -> None:
    config = config_of(site)

    assert config["backend"] == {
        "name": "gitlab", "repo": "group/site", "branch": "main", "auth_type": "pkce", "app_id": "abc",
    }  # fmt: skip
    assert config["publish_mode"] == "editorial_workflow"


def test_new_title_of_a_page_is_in_the_pickers_after_the_next_build(site: TinySite) -> None:
    config_of(site)
    site.write("content/ada/index.en.md", "---\nkind: person\ntitle: Ada L.\n---\n")

    assert form_of(config_of(site), "news")["by"]["options"] == [{"value": "/ada/", "label": "Ada L."}]


def test_editor_that_was_not_built_is_reported(make_site: MakeSite) -> None:
    site = make_site(site=PUBLISHED)

    assert site.told().startswith(
        "content/site.yaml: error[missing-editor]: the editor in the browser has not been built\n  hint: run `make editor`"
    )


@pytest.mark.parametrize("link", ["build", "build/editor", "build/editor/notes.txt"])
def test_editor_that_is_a_link_out_of_the_site_publishes_nothing(
    make_site: MakeSite, tmp_path: Path, link: str
) -> None:
    outside = tmp_path / "mine"
    (outside / "editor").mkdir(parents=True)
    for folder in (outside, outside / "editor"):
        (folder / "entry.js").write_text("secret")
    site = make_site({} if link == "build" else {"build/x": ""}, site=PUBLISHED)
    if link.endswith(".txt"):
        site.write("build/editor/entry.js", "made")
    (site.root / link).symlink_to(outside / "entry.js" if link.endswith(".txt") else outside)

    assert "error[symlink]" in site.told()


@pytest.mark.parametrize(
    ("editor", "told"),
    [
        ("{backend: bitbucket, repository: a/b}", "error[choice]: backend: 'bitbucket' is not one of github, gitlab"),
        ("{backend: github}", "error[required]: 'repository' is missing"),
        ("{backend: github, repository: name}", "error[expected]: repository: must be written as owner/name"),
        ("yes", "error[expected]: editor: must be written as {backend: github, repository: owner/name}"),
    ],
)
def test_mistake_in_the_editor_settings_is_reported(make_site: MakeSite, editor: str, told: str) -> None:
    site = make_site(site=f"{SITE}editor: {editor}\n")

    with pytest.raises(SiteError) as caught:
        site.build()
    assert told in "\n".join(str(problem) for problem in caught.value.problems)


def errors_of(schema: Any, name: str, value: Any) -> list[str]:
    definitions = schema["definitions"]
    return errors({**definitions[name], "definitions": definitions}, value, formats=False)


#: Input → the definition of the package's own schema that it has to fit; `anyOf` of the whole would tell nothing.
DEFINITIONS = {
    "boolean": "BooleanField",
    "datetime": "DateTimeField",
    "file": "FileField",
    "keyvalue": "KeyValueField",
    "image": "ImageField",
    "markdown": "MarkdownField",
    "number": "NumberField",
    "object": "ObjectFieldWithSubFields",
    "select": "SelectField",
    "string": "StringField",
    "text": "TextField",
}


@pytest.mark.slow
def test_configuration_is_valid_by_the_schema_of_the_pinned_package(site: TinySite) -> None:
    path = MADE / "node_modules/@sveltia/cms/schema/sveltia-cms.json"
    require("the editor (make editor)", path.exists())
    schema, config = json.loads(path.read_text(encoding="utf-8")), config_of(site)
    plain = [{"name": "title", "widget": "string"}]

    assert config.pop("styles") == [], "this site is without the theme"
    rows = [row for block in config.pop("blocks") for row in block["fields"]]
    found = errors_of(schema, "CmsConfig", {**config, "collections": []})
    for row in rows:
        found += errors_of(schema, DEFINITIONS[row["widget"]], row)
    for own in config["collections"]:
        for file in own.get("files", ()):
            found += errors_of(schema, "CollectionFile", {**file, "fields": plain})
        found += errors_of(schema, "EntryCollection", {**own, "fields": plain}) if "folder" in own else []
        for row in own.get("fields", ()):
            of_list = "ListFieldWithSubFields" if "fields" in row else "ListFieldWithSubField"
            found += errors_of(schema, DEFINITIONS.get(row["widget"], of_list), row)
    assert found == []


def test_editor_bundle_is_where_the_site_expects_it() -> None:
    assert EDITOR in (REPOSITORY / "Makefile").read_text()


# blocks

BLOCKS = """
import { readFileSync } from 'node:fs';
import { components } from '%s';
const [blocks, cases] = JSON.parse(readFileSync(0, 'utf8'));
const known = Object.fromEntries(components(blocks).map((own) => [own.id, own]));
const edited = ([name, text, changes]) => {
  const { source, flags } = known[name].pattern;  // the editor makes it anew, too
  const match = text && new RegExp(source, flags.replace('g', '')).exec(text);
  if (text && match?.[0] !== text) return null;
  return known[name].toBlock({ ...(match ? known[name].fromBlock(match) : {}), ...changes }).replaceAll('\\\\\\\\', '\\\\');
};
console.log(JSON.stringify(cases.map(edited)));
"""


def edited(site: TinySite, cases: list[tuple[str, str, dict[str, Any]]]) -> list[str | None]:
    """Each block as the editor leaves it after changing some fields; None if it has no form for it."""
    script = BLOCKS % script_of("blocks.js")
    return ran_by_node(script, [config_of(site)["blocks"], cases])  # type: ignore[no-any-return]


WITHOUT_VALUES = """
import { readFileSync } from 'node:fs';
import { components } from '%s';
const own = components(JSON.parse(readFileSync(0, 'utf8')));
console.log(JSON.stringify(own.flatMap((one) => [one.toPreview({}), one.toBlock({})])));
"""


def test_no_block_is_made_of_an_element_that_somebody_pastes(site: TinySite) -> None:
    """The text's editor takes the element with which a block without values begins for that block, without its words."""
    texts = ran_by_node(WITHOUT_VALUES % script_of("blocks.js"), config_of(site)["blocks"])

    assert len(texts) > 20
    assert [text for text in texts if re.match(r"\s*<", text)] == []


def test_every_example_of_the_documentation_survives_opening_and_saving(site: TinySite) -> None:
    text = (REPOSITORY / "docs/blocks.md").read_text(encoding="utf-8")
    marks = r"^(?:(:{3,})([a-z]+).*?^\1$|::([a-z]+)[\[{].*?$)|(?<= ):(abbr)\[.*?\}"
    found: list[tuple[str, str, dict[str, Any]]] = [
        (mark[2] or mark[3] or mark[4], mark[0], {})
        for example in re.findall(r"```markdown\n(.*?)```", text, re.DOTALL)
        for mark in re.finditer(marks, example, re.MULTILINE | re.DOTALL)
    ]

    assert shipped_blocks().keys() - {name for name, _, _ in found} == {"tab", "entry"}, "those stand in others"
    assert edited(site, found) == [text for _, text, _ in found]


@pytest.mark.parametrize(
    ("name", "text", "changes", "written"),
    [
        ("video", '::video[A *b* \\[1\\]]{src=https://a.example/1   poster="a b.png"}', {"src": "c.mp4"}, '::video[A *b* \\[1\\]]{src=c.mp4   poster="a b.png"}'),
        ("video", '::video{src=a.mp4 title="B"}', {"title": 'The "C"'}, "::video{src=a.mp4 title='The \"C\"'}"),
        ("video", "::video[B]{src=a.mp4}", {"poster": "p q.png"}, '::video[B]{src=a.mp4 poster="p q.png"}'),
        ("video", "::video[B]{src=a.mp4 poster=p.png}", {"poster": ""}, "::video[B]{src=a.mp4}"),
        ("video", "::video[B]{poster=p.png}", {"poster": None}, "::video[B]"),
        ("video", "::video[B]", {"title": "C [d]"}, "::video[C \\[d\\]]"),
        ("details", ":::details[S]{open}\nx\n:::", {"open": False}, ":::details[S]\nx\n:::"),
        ("note", ":::note\n```\n:::\n```\n:::", {"title": "T"}, ":::note[T]\n```\n:::\n```\n:::"),
        ("note", ":::note[T]\n\nx\n\n:::", {"inner": "a\n\n:::tip\nb\n:::"}, "::::note[T]\n\na\n\n:::tip\nb\n:::\n\n::::"),
        ("pages", "::pages{kind=news limit=3 topic=/a/}", {"limit": 5}, "::pages{kind=news limit=5 topic=/a/}"),
        ("abbr", ':abbr[SCO]{title="S"}', {"inner": "ШОС"}, ':abbr[ШОС]{title="S"}'),
        ("note", "", {"title": "T", "inner": "Text."}, ":::note[T]\nText.\n:::"),
        ("figure", "", {"src": "a.png", "alt": "A & \"b\" it's"}, "::figure{alt=\"A & &quot;b&quot; it's\" src=a.png}"),
        ("note", ":::note\nnever ended", {}, None),
        ("note", ":::note\n" + "```\n" * 101, {}, None),
        ("contact", "::contact[R]{email=a@b.org}", {"email": "", "phone": "+86 29"}, '::contact[R]{phone="+86 29"}'),
        ("contact", "::contact[R]{}", {"email": "a@b.org"}, "::contact[R]{email=a@b.org}"),
        ("steps", ":::steps[Label]{x=1}\na\n:::", {"inner": "b"}, ":::steps[Label]{x=1}\nb\n:::"),
        ("quote", ":::quote[S]{source=T}\na\n:::", {"inner": "b"}, ":::quote[S]{source=T}\nb\n:::"),
        ("quote", ":::quote[S]{source=T}\na\n:::", {"source": ""}, ":::quote\na\n:::"),
        ("video", "::video[B]{src=a.mp4 src=b.mp4}", {"src": "c.mp4"}, "::video[B]{src=a.mp4 src=c.mp4}"),
        ("video", "::video[B]{src=a.mp4 poster=p.png src=b.mp4}", {"src": ""}, "::video[B]{poster=p.png}"),
        ("video", "::video[B]{title=it's src=a.mp4 poster=b's}", {"src": "c.mp4"}, "::video[B]{title=it's src=c.mp4 poster=b's}"),
        ("abbr", ':abbr[a]{title="T"}', {"title": "&copy 2020, &lt, &#39"}, ':abbr[a]{title="&amp;copy 2020, &amp;lt, &amp;#39"}'),
        ("abbr", ':abbr[ a ]{title="x"}', {"title": "y"}, ':abbr[ a ]{title="y"}'),
        ("abbr", ':abbr[a]{title="x  y"}', {"title": "x  y   z\nw"}, ':abbr[a]{title="x  y   z w"}'),
        ("abbr", ':abbr[a]{title="T"}', {"inner": "b] [c] [[d]] e\\"}, ':abbr[b\\] [c] \\[[d]\\] e\\\\]{title="T"}'),
        ("note", ":::note\na\n:::", {"inner": "- ~~~~\n  :::\n  ~~~"}, "::::note\n- ~~~~\n  :::\n  ~~~\n  ~~~~\n::::"),
        ("note", ":::note\na\n:::", {"inner": "```\nb\n````\n```c"}, ":::note\n```\nb\n````\n```c\n```\n:::"),
    ],
)  # fmt: skip
def test_only_changes_of_a_block_are_written(
    site: TinySite, name: str, text: str, changes: dict[str, Any], written: str | None
) -> None:
    assert edited(site, [(name, text, changes)]) == [written]


def test_new_block_of_the_editor_is_parsed_by_the_engine(site: TinySite) -> None:
    values = {"title": 'A "b" [c] \\d', "src": "https://a.example/?b=c&d", "poster": "it's.png"}

    (text,) = edited(site, [("video", "", values)])

    (block,) = parse_body(Source.of("index.en.md", str(text)), 1)[1].blocks
    assert {span.name for span in block.spans} == {"title", "src", "poster"}
    assert block.facts["poster"] == "it's.png"


def test_text_for_python_markdown_is_edited_as_source(make_site: MakeSite) -> None:
    config = config_of(
        make_site(CONTENT, site=PUBLISHED + "markdown: {engine: python-markdown, extensions: []}\n", kinds=KINDS)
    )

    assert (config["blocks"], form_of(config, "news")["body"]["modes"]) == ([], ["raw"])


def test_preview_has_the_style_sheets_of_the_theme(site: TinySite) -> None:
    site.write("content/site.yaml", site.inputs()["content/site.yaml"].decode() + "theme: default\n")

    assert [style.rpartition("/")[2].partition(".")[0] for style in config_of(site)["styles"]] == ["site", "blocks"]


def test_preview_draws_blocks_within_blocks_with_what_they_hold_as_markdown(site: TinySite) -> None:
    script = """
import { readFileSync } from 'node:fs';
import { components } from '%s';
const [blocks, text] = JSON.parse(readFileSync(0, 'utf8'));
const { pattern, fromBlock, toPreview } = components(blocks).find((own) => own.id === 'tabs');
const [found] = [...text.matchAll(pattern)];
console.log(JSON.stringify(toPreview(fromBlock(found))));
"""
    text = "Before.\n\n::::tabs[Ways]\n:::tab[By <train>]\nIt is **quick**.\n:::\n:::tab[By plane]\nB\n:::\n::::\n"

    shown = ran_by_node(script % script_of("blocks.js"), [config_of(site)["blocks"], text])

    assert [title.text for title in html.fromstring(shown).find_class("block-title")] == [
        "Ways",
        "By <train>",
        "By plane",
    ]
    assert "\n\nIt is **quick**.\n\n" in shown


def test_address_with_a_character_reference_stands_as_it_is_in_the_file(site: TinySite) -> None:
    """The editor would write `&amp;` in it as another one."""
    script = """
import { readFileSync } from 'node:fs';
import { components, PLAIN } from '%s';
const [blocks, texts] = JSON.parse(readFileSync(0, 'utf8'));
const { pattern } = components(blocks).find((own) => own.id === PLAIN);
console.log(JSON.stringify(texts.map((text) => pattern.test(text))));
"""
    texts = [f"See [a](https://example.org/?a=1{sign}b=2) here." for sign in ("&amp;", "&#38;", "&")]

    shown = ran_by_node(script % script_of("blocks.js"), [config_of(site)["blocks"], texts])

    assert shown == [True, True, False]


def test_long_text_is_joined_once_for_all_its_lines() -> None:
    script = """
import { readFileSync } from 'node:fs';
import { textFrom } from '%s';
const lines = JSON.parse(readFileSync(0));
let joined = 0;
lines.join = function (sign) { joined += 1; return [...this].join(sign); };
console.log(JSON.stringify([lines.map((_, start) => textFrom(lines, start)), joined]));
"""
    lines = ["", "One", "", ":::note", "Два 😀", ":::", ""]

    texts, joined = ran_by_node(script % script_of("lines.js"), lines)

    assert texts == ["\n".join(lines[start:]) for start in range(len(lines))]
    assert joined == 1


def test_previews_of_two_folders_do_not_share_what_a_browser_remembers(make_site: MakeSite, tmp_path: Path) -> None:
    own = make_site(CONTENT, site=SITE, kinds=KINDS)
    clone = tmp_path / "Сайт of mine/site"
    build(Options(root=own.root, output=own.root / "public", editor=True))
    shutil.copytree(own.root, clone)  # with what has been built

    named = []
    for root in (own.root, clone, clone.parent / ".." / clone.parent.name / "site"):
        build(Options(root=root, output=root / "public", editor=True))
        config = whole(json.loads((root / "public/admin/config.json").read_text(encoding="utf-8")))
        assert "publish_mode" not in config
        named.append(config["backend"]["repo"])

    assert named[0] != named[1] == named[2]
    assert re.fullmatch(r"this\.machine/site-[0-9a-f]{12}", named[1])
