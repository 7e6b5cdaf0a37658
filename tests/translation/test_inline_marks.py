"""The pieces of a text join to it, whatever is nested; exports survive the round trip; both take linear time."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree
from work import calls

from sitegen.content.code_blocks import find_code_blocks
from sitegen.content.markdown import parse_body
from sitegen.model.blocks import shipped_blocks
from sitegen.model.loading import load_config
from sitegen.model.settings import Config
from sitegen.problems.problem import SiteError
from sitegen.source.edits import within
from sitegen.source.text import Source
from sitegen.translation.exchange import export, import_file
from sitegen.translation.inline_marks import broken_marks, pieces_of
from sitegen.translation.texts import Unit
from sitegen.translation.xliff1 import write_xliff
from sitegen.translation.xliff2 import write_xliff2
from sitegen.translation.xliff_reader import read_xliff

Write = Callable[[Sequence[Unit], Config, str], bytes]
BLOCKS = shipped_blocks()
WORD = st.sampled_from(
    ["word", "два слова", "中文，没有空格", "متن (XJTU) فارسی", "a\\*b", "5 * 3", "&amp;", "x_y", "<https://a.example/>", "`code *no*`", "[^n]",
     "<!-- c -->", "![alt *x*](a.png)", "\\:abbr[x]", "**", "[", "](", "~~", "😀"]
)  # fmt: skip
INLINE = st.recursive(
    WORD,
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(" ".join).flatmap(
        lambda text: st.sampled_from(
            [f"**{text}**", f"*{text}*", f"_{text}_", f"~~{text}~~", f'[{text}](/a/ "t")', f':abbr[{text}]{{title="Т ط"}}', f"{text} {text}"]
        )
    ),
    max_leaves=6,
)  # fmt: skip


def _around(how: str, text: str) -> str:
    lines = text.split("\n")
    match how:
        case "quote":
            return "\n".join(f"> {line}" for line in lines)
        case "list":
            return "\n".join(("- " if not number else "  ") + line for number, line in enumerate(lines))
        case "numbers":
            return "\n".join(("1. " if not number else "   ") + line for number, line in enumerate(lines))
        case "note" | "details":
            most = max(len(line) - len(line.lstrip(":")) for line in (part.lstrip("> ") for part in lines))
            colons = ":" * max(3, most + 1)
            return f"{colons}{how}[نص و words]\n{text}\n{colons}"
    return text


LEAF = (
    INLINE
    | INLINE.map(lambda text: f"{text}\n{text}")
    | st.sampled_from(
        [
            "```py\n**no** :::\n\n[x](y)\n```",
            "::button[Go *on*]{to=/}",
            "| a | **ب** |\n|---|:-:|\n| `c` | [d](/a/) |",
            "Term\n: Meaning",
            "---",
        ]
    )
)
NESTED = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, min_size=1, max_size=3).map("\n\n".join).flatmap(
        lambda text: st.sampled_from(["quote", "list", "numbers", "note", "details", "plain"]).map(lambda how: _around(how, text))
    ),
    max_leaves=6,
)  # fmt: skip


def check_pieces(text: str) -> None:
    pieces = pieces_of(text, BLOCKS)
    assert "".join(piece.text for piece in pieces) == text
    opened: list[int] = []
    for piece in pieces:
        if piece.role == "open":
            opened.append(piece.pair)
        elif piece.role == "close":
            assert opened.pop() == piece.pair
    assert opened == []
    assert all(piece.text for piece in pieces)


@pytest.mark.slow
@pytest.mark.parametrize("examples", [100, pytest.param(1000, marks=pytest.mark.soak)])
def test_pieces_of_any_nesting_join_to_the_text_and_pairs_nest(examples: int) -> None:
    settings(max_examples=examples)(given(NESTED)(check_pieces))()


@given(st.text(alphabet="*_~`[]()!<>:{}=\"'|\\\n -#1.abbréж中ن\t", max_size=60))
@settings(max_examples=500)
def test_pieces_of_any_characters_join_to_the_text(text: str) -> None:
    check_pieces(text)


@pytest.mark.parametrize("indent", ["    ", "\t", "      ", "\t\t"])
def test_paragraph_of_a_nested_list_is_words_and_marks_not_code(indent: str) -> None:
    source = f"{indent}Bring your *passport*\n{indent}and the [form](/form/).\n{indent}- One copy."

    words = " ".join(piece.text for piece in pieces_of(source, BLOCKS) if not piece.role)

    assert words.split() == ["Bring", "your", "passport", "and", "the", "form", ".", "One", "copy."]
    assert list(broken_marks(source, "", source.replace("passport", "паспорт"), BLOCKS)) == []
    assert list(broken_marks(source, "", source.replace("[form](/form/)", "form"), BLOCKS)) == [
        ("[…](/form/)", "missing")
    ]


@pytest.mark.parametrize(
    "source",
    [
        'Hours:\n\n!!! note "Office"\n    It is closed.\n\n    Call before you come.\n',
        "- a\n\n            It is closed. Call before you come.\n",
    ],
)
def test_paragraph_within_a_whole_section_is_translated_however_deep_it_stands(source: str) -> None:
    """CommonMark takes it for code there, and Python-Markdown for a paragraph of an admonition."""
    words = " ".join(piece.text for piece in pieces_of(source, BLOCKS) if not piece.role)

    assert "It is closed." in words
    assert "Call before you come." in words


@pytest.mark.slow
@pytest.mark.parametrize("write", [write_xliff, write_xliff2])
@given(st.lists(st.tuples(NESTED, NESTED | st.just("")), min_size=1, max_size=4))
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_any_texts_survive_xliff(
    tmp_path_factory: pytest.TempPathFactory, write: Write, texts: list[tuple[str, str]]
) -> None:
    path = _site(tmp_path_factory) / "a.xliff"
    units = [Unit("/a/", f"#.{number}", source, target, "current") for number, (source, target) in enumerate(texts, 1)]
    path.write_bytes(write(units, load_config(path.parent), "fr"))

    language, answers = read_xliff(path, path.read_text(encoding="utf-8"))

    assert (language, [(answer.source, answer.target) for answer in answers]) == ("fr", texts)


@pytest.mark.slow
@pytest.mark.parametrize("style", ["xliff", "xliff2"])
@given(st.lists(NESTED, min_size=1, max_size=3).map("\n\n".join))
@example("~~~~~~\n\n::button[Go *on*]{to=/}")  # all of it is code
@example("> ~~~~word~~~~\n\n::button[Go *on*]{to=/}")  # the quote is
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_page_translated_by_its_source_equals_it_and_a_second_round_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, style: str, body: str
) -> None:
    root = _site(tmp_path_factory)
    source, translation = root / "content/index.en.md", root / "content/index.fr.md"
    source.write_text(f"---\ntitle: T\n---\n{body}\n\n[^n]: Note.\n", encoding="utf-8")
    translation.unlink(missing_ok=True)
    path = root / "fr.xliff"
    try:
        path.write_bytes(export(root, "fr", style))
    except SiteError:
        return  # a mistake in the text, which is reported before anything is exported
    tree = etree.parse(path)
    for unit in tree.iter("{*}trans-unit", "{*}segment"):
        (own,), (target,) = (tuple(unit.iter(f"{{*}}{side}")) for side in ("source", "target"))
        target.text = own.text
        target.extend(deepcopy(child) for child in own)
        (unit if style == "xliff2" else target).set("state", "translated")
    tree.write(path, encoding="utf-8")

    import_file(root, path)

    made = translation.read_text(encoding="utf-8").partition("\n---\n")[2]
    text = source.read_text(encoding="utf-8").partition("\n---\n")[2]
    is_code = within(find_code_blocks(text))
    assert made == re.sub(r"\{to=/\}", lambda found: found[0] if is_code(found.start()) else "", text)
    path.write_bytes(export(root, "fr", style))
    assert import_file(root, path).written == ()


_ROOT: list[Path] = []


def _site(factory: pytest.TempPathFactory) -> Path:
    """One tiny site for all examples."""
    if not _ROOT:
        root = factory.mktemp("marks")
        (root / "content").mkdir()
        for folder, text in {"": "T", "a": "A"}.items():
            (root / "content" / folder).mkdir(exist_ok=True)
            (root / "content" / folder / "index.en.md").write_text(f"---\ntitle: {text}\n---\n")
        shutil.copyfile(_picture(root), root / "content/a.png")
        settings_ = "title: {en: T}\nbase_url: https://example.org/\nlanguages: [{tag: en}, {tag: fr}]\n"
        (root / "content/site.yaml").write_text(settings_)
        (root / "content/kinds.yaml").write_text("page: {template: page.html}\n")
        _ROOT.append(root)
    return _ROOT[0]


def _picture(root: Path) -> Path:
    from PIL import Image

    Image.new("RGB", (2, 2)).save(root / "b.png")
    return root / "b.png"


@pytest.mark.parametrize(
    "unit",
    ["**a** ", "**a ", "    a\n", "\t", " ", "[a](/b/) ", "[a](", "`a` ", "`", ':abbr[a]{title="b"} ', ":abbr[a ", "> ", "- a\n", "  - a\n", "| a ", "[^a] ", "*a _b_* ", "中**文**",
     ":::note\n", ":::note[a]\nb\n:::\n\n", "ا *ب* ", "<!-- a --> ", "| a | b |\n|---|---|\n| c | d |\n\n", "```\na\n```\n", "~~a~~\n"],
)  # fmt: skip
@pytest.mark.parametrize("how", ["pieces", "body"])
def test_work_doubles_with_the_text(how: str, unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.model.fields.MOST_PROBLEMS", 1_000)  # so that the texts are read to their ends

    def work(count: int) -> int:
        text = unit * count
        if how == "pieces":
            return calls(lambda: pieces_of(text, BLOCKS))
        return calls(lambda: parse_body(Source.of("index.en.md", text), 1))

    work(50)  # what is read and compiled once
    once, twice = work(200), work(400)
    assert twice <= 2.2 * once


@pytest.mark.parametrize(
    ("source", "now", "told"),
    [
        ("## Fees", "Frais", [("##", "missing")]),
        ("## Fees", "### Frais", [("##", "missing")]),
        ("## Fees", "- ## Frais", [("##", "missing")]),
        ("## Fees", "## ## Frais", [("##", "stray")]),
        ("## Fees", "## # Frais", [("##", "stray")]),
        ("## Fees", "##", [("##", "stray")]),
        ("## Fees", "##\n\nFrais", [("##", "stray")]),
        ("## Fees", "## Frais\n\n## Dates", [("##", "twice")]),
        ("Fees\n---", "Frais", [("---", "missing")]),
        ("Free.", "## Gratuit.", [("##", "stray")]),
        ("Free.", "Gratuit.\n---", [("---", "stray")]),
        ("- Free.", "- ### Gratuit.", [("- ###", "stray")]),
        ("## Fees", "## Frais ##", []),
        ("## Fees", "## \\# Frais", []),
        ("## Fees", "## Frais de C#", []),
        ("## # Fees", "## # Frais", []),
        ("## **Fees**", "## _Frais_", []),
        ("Fees\n---", "Frais\n-----", []),
        ("Free.", "N° #1 : gratuit.", []),
    ],
)
def test_translation_has_the_headings_of_its_source(source: str, now: str, told: list[tuple[str, str]]) -> None:
    assert list(broken_marks(source, "", now, BLOCKS)) == told
    assert list(broken_marks(source, source.replace("F", "P"), now, BLOCKS)) == told


@pytest.mark.parametrize(
    ("source", "now", "told"),
    [
        ('[Fees](/fees/ "In yuan")', '[Prix](/fees/ "En yuans")', []),
        ("![A hall](a.png 'Old hall')", '![Une salle](a.png "L\'ancienne salle")', []),
        ('[Fees](/fees/ "In yuan")', '[Prix](/prix/ "En yuans")', [("[…](/fees/)", "missing")]),
    ],
)
def test_title_of_a_link_may_be_translated_and_its_address_not(
    source: str, now: str, told: list[tuple[str, str]]
) -> None:
    assert list(broken_marks(source, "", now, BLOCKS)) == told


def test_heading_that_a_translation_already_had_may_stay() -> None:
    assert list(broken_marks("Free.", "## Libre.", "## Gratuit.", BLOCKS)) == []
    assert list(broken_marks("## Fees", "Prix", "Frais", BLOCKS)) == []


@pytest.mark.parametrize(
    ("now", "mark"),
    [
        ("```\nLibre.", "```"),
        ("Libre.\n\n~~~~", "~~~~"),
        ("- 1. ``` x\n  Libre.", "```"),
        ("> ```\n> Libre.", "```"),
        ("Libre.\n\n[r]: https://evil.example/", "[r]:"),
    ],
)
def test_translation_begins_nothing_that_reaches_into_other_texts(now: str, mark: str) -> None:
    assert (mark, "stray") in list(broken_marks("Free.", "", now, BLOCKS))
    assert (mark, "stray") in list(broken_marks("Free.", "Gratuit.", now, BLOCKS))
    assert (mark, "stray") not in list(broken_marks("Free.", now.replace("Libre", "Gratuit"), now, BLOCKS))


def test_code_of_the_source_may_be_translated() -> None:
    code = "Run:\n\n```sh\nmake\n```\n\nand [see][r].\n\n[r]: /a/"

    assert list(broken_marks(code, "", code.replace("Run", "Lancez"), BLOCKS)) == []


@pytest.mark.parametrize("now", ["Сноска[^1]: ", "([^1]: Сноска)", "\u200b[^1]: Сноска", "Сноска [^1]"])
def test_mark_of_a_footnote_counts_only_where_one_begins(now: str) -> None:
    assert list(broken_marks("[^1]: Note", "", now, BLOCKS)) == [("[^1]:", "missing")]
    assert list(broken_marks("[^1]: Note", "", "[^1]: Сноска", BLOCKS)) == []
    assert list(broken_marks("See[^1]: there", "", "Там[^1]", BLOCKS)) == []


@pytest.mark.parametrize("address", ["https://a.example/b.png", "//a.example/b.png", "<HTTP://a.example/b c.png>"])
def test_a_picture_of_another_site_is_none_of_a_translation(address: str) -> None:
    """Pages show none, so that the site could not be built any more; a link of its own may be what a language needs."""
    source, before = "Our house.", f"Наш ![a]({address}) дом."

    assert [how for _, how in broken_marks(source, "", f"Наш ![a]({address}) дом.", BLOCKS)] == ["stray"]
    assert list(broken_marks(source, before, before.replace("дом", "уютный дом"), BLOCKS)) == []
    assert list(broken_marks(source, "", f"Наш [дом]({address}).", BLOCKS)) == []
