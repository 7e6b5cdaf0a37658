"""A hostile text in any place where one can be written changes nothing of the published site but that text.

Each site is built twice, with hostile texts and with harmless ones in their place; independent parsers read both.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
import yaml
from conftest import REPOSITORY, MakeSite, copy_docs
from marked import HOSTILE, Marks, as_references, compare, mark_site
from openday import make_open_day
from published import copy_center

from sitegen.build.options import Options
from sitegen.build.pipeline import build
from sitegen.problems.problem import Problem, SiteError

#: A page of every construct of Markdown; `§` is a text among words, `¶` one in code, `¤` an attribute of a block.
SIGNS = """\
---
title: Signs
summary: Signs that texts hold.
---

## Heading § {#own}

### Second § `¶`

A link [text §](https://e.org/a "title §"), [one §][ref], a picture ![alt §](a'b.png "title §"), *em §*, **strong §** and `code ¶`.[^a]

[ref]: https://e.org/b "title §"

[^a]: A note §.

Term §
:   Definition §

| head § | head |
|---|---|
| cell § | `¶` |

```python
code ¶
```

> Quoted §

1. one §
2. two §

"""
#: What CommonMark has and Python-Markdown has not, and the other way round.
MORE_SIGNS = """\
- [ ] task §
- [x] task `¶`

~~gone §~~ and :abbr[short §]{title="¤"}

> [!NOTE]
> Called out §
"""
OTHER_SIGNS = '!!! note "Title §"\n    Text §.\n\n*[HTML]: Hyper §\n\nHTML ![alt §](a\'b.png "title §"){: .wide }\n'
FILES = '::download[file §]{src="a\'b(1)=@~!.pdf" note="¤"}\n\n::figure[caption §]{src=drawn.svg alt="¤" credit="¤"}\n'
#: Signs that may be refused besides, in some places or in all.
REFUSED = (
    "\n",
    "\u2028",
    "\u2029",
    "\u202e",
    "\u2066",
    "\u200f",
    "\ufeff",
    "\x00",
    "\x1b[31m",
    "\x85",
    "\ud7ff\ufffe",
    "<script>",
    "{{",
)
#: What texts are refused with; a page that can't be read does not say any more which fields those below it have.
CODES = {"control-character", "unknown-key"}


def open_day(root: Path) -> None:
    """The starter's site with every block, in a language of each direction, and our messages as its own."""
    make_open_day(root, ("en", "ur"), is_whole=True)
    write_signs(root, ("en", "ur"), SIGNS + MORE_SIGNS, FILES)
    own_messages(root, "ur")


def example(root: Path, *, settings: str = "", text: str = "", files: str = "") -> None:
    """The reference's site, of the other kinds of pages and types of fields."""
    shutil.copytree(REPOSITORY / "docs/example/content", root / "content")
    own_messages(root, "fr", "fa")
    if settings:
        write_signs(root, ("en", "fa"), text, files)
        with (root / "content/site.yaml").open("a") as own:
            own.write(settings)


python_markdown = partial(
    example,
    settings="markdown: {engine: python-markdown, extensions: [extra, admonition, toc], math: true, highlight: true}\n",
    text=SIGNS + OTHER_SIGNS,
)


def center(root: Path) -> None:
    copy_center(root)
    keep_languages(root, "en", "fa")


def documentation(root: Path) -> None:
    copy_docs(root)
    keep_languages(root, "en", "zh")


def write_signs(root: Path, languages: tuple[str, ...], text: str, files: str) -> None:
    """Add the page of signs; files are named in its source version."""
    folder = root / "content/signs"
    folder.mkdir()
    for number, language in enumerate(languages):
        own = files if number == 0 else re.sub(r"src=\S+ ", "", files)
        (folder / f"index.{language}.md").write_text(f"{text}\n{own}")
    picture = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>A</title><text x="1" y="2">a</text></svg>'
    )
    (folder / "drawn.svg").write_bytes(picture)
    shutil.copy(REPOSITORY / "docs/picture.png", folder / "a'b.png")
    (folder / "a'b(1)=@~!.pdf").write_bytes(b"%PDF-1.4\n")


def own_messages(root: Path, *languages: str) -> None:
    for language in languages:
        part = f"translations/{language}/LC_MESSAGES"
        (root / part).mkdir(parents=True)
        shutil.copy(REPOSITORY / "sitegen/theme" / part / "messages.po", root / part)


def keep_languages(root: Path, *kept: str) -> None:
    """Take the other languages away."""
    settings = yaml.safe_load((root / "content/site.yaml").read_text())
    own = [language for language in settings["languages"] if language.get("path", language["tag"]) in kept]
    settings["languages"] = [
        {key: value for key, value in one.items() if key in ("tag", "path", "calendar")} for one in own
    ]
    settings.pop("transliterate", None)
    texts = [settings[key] for key in ("title", "short_title", "publisher") if key in settings]
    texts += [
        entry["label"]
        for menu in settings["menus"].values()
        for entry in menu
        if isinstance(entry, dict) and "label" in entry
    ]
    for text in texts:
        for language in set(text) - set(kept):
            del text[language]
    (root / "content/site.yaml").write_text(json.dumps(settings))
    for path in root.glob("content/**/index.en.md"):
        path.write_text(
            re.sub(r"^languages: .*", f"languages: [{', '.join(kept)}]", path.read_text(), flags=re.MULTILINE)
        )
    for path in [*root.glob("content/**/index.*.md"), *root.glob("translations/*/LC_MESSAGES/messages.po")]:
        if not {path.name.split(".")[1], path.parts[-3]} & set(kept):
            path.unlink()


@dataclass(frozen=True)
class Pair:
    """A site with harmless texts and the same with hostile ones, both built.

    Attributes:
        codes: what was refused, with which codes: those texts are harmless in both.
    """

    plain: Path
    hostile: Path
    marks: Marks
    codes: frozenset[str]


def make_pair(folder: Path, make: Callable[[Path], object], marks: Marks) -> Pair:
    """Build both sites, and the hostile one again without the texts that were refused, each with a problem at its line."""
    make(folder / "source")
    (folder / "source/build/editor").mkdir(parents=True)
    (folder / "source/build/editor/entry.js").write_text("made\n")
    marks, codes = replace(marks, refused=set()), set[str]()
    while problems := told(written(folder, "hostile", marks)):
        at_fault = {number: problem.code for problem in problems for number in marks_at(folder / "hostile", problem)}
        assert at_fault.keys() - marks.refused, problems[0]  # others may follow from these
        marks.refused |= at_fault.keys()
        codes.update(at_fault.values())
        marks = replace(marks)
    assert told(written(folder, "plain", replace(marks, is_hostile=False))) == ()
    return Pair(folder / "plain/public", folder / "hostile/public", marks, frozenset(codes))


def marks_at(root: Path, problem: Problem) -> set[int]:
    """The texts on a problem's line."""
    lines = (root / problem.path).read_text().split("\n")
    return {int(number) for number in re.findall(r"qz(\d+)z", lines[(problem.line or 1) - 1])}


def written(folder: Path, name: str, marks: Marks) -> Path:
    """The site with its marks; the pictures that another one has made are kept."""
    cached = [path for path in folder.glob("*/.cache") if path.is_dir()]
    kept = shutil.copytree(cached[0], folder / "pictures", ignore=shutil.ignore_patterns("build")) if cached else None
    shutil.rmtree(folder / name, ignore_errors=True)
    shutil.copytree(folder / "source", folder / name)
    if kept:
        kept.rename(folder / name / ".cache")
    mark_site(folder / name, marks)
    return folder / name


def told(root: Path) -> tuple[Problem, ...]:
    """Build a site; why it is not published."""
    try:
        build(Options(root=root, output=root / "public"))
    except SiteError as error:
        return tuple(problem for problem in error.problems if problem.severity == "error")
    return ()


#: What only blocks show that have no facts: all headings and texts of the source have changed at once, and it isn't known any
#: more which section this translation, which was accepted before, renders.
_OF_BLOCKS = tuple(f"festival/index.ur.md {name}" for name in ("alt", "columns", "credit", "label"))
#: Texts that no page shows: of `keywords` only the index of words is made; two fields of one name have one help in the editor;
#: a fact or a label that nothing has a use for; messages that no page of a site needs.
UNSEEN = (
    " keywords",
    " more",
    "kinds event date help",
    "kinds event people help",
    "kinds program calendar label",
    *_OF_BLOCKS,
)


def unpublished(pair: Pair, found: set[int]) -> set[str]:
    """Where texts stand that were not found unchanged anywhere."""
    missing = {place for number, place in enumerate(pair.marks.places) if number not in found | set(pair.marks.refused)}
    return {place for place in missing if not place.startswith("catalog") and not place.endswith(UNSEEN)}


SOAK = pytest.mark.soak
SITES = [open_day, *(pytest.param(make, marks=SOAK) for make in (example, center, documentation))]
#: How many texts each publishes at least.
LEAST = {open_day: 220, example: 120, center: 700, documentation: 550, python_markdown: 150}


def assert_unchanged(pair: Pair, least: int) -> None:
    """No text was refused or did anything but stand where it belongs, and so many were published unchanged."""
    differences, found = compare(pair.plain, pair.hostile, pair.marks)

    assert pair.codes == set()
    assert differences == []
    assert unpublished(pair, found) == set()
    assert len(found) >= least


@pytest.mark.slow
@pytest.mark.parametrize("make", SITES)
def test_all_hostile_signs_at_once_change_nothing_and_are_published_unchanged(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    assert_unchanged(make_pair(tmp_path, make, Marks(True)), LEAST[make])


@SOAK
def test_python_markdown_publishes_hostile_texts_unchanged(tmp_path: Path) -> None:
    pair = make_pair(tmp_path, python_markdown, Marks(True, escaped=as_references))

    assert_unchanged(pair, LEAST[python_markdown])


@SOAK
@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("make", [open_day, example, documentation])
def test_text_with_signs_by_chance_is_unchanged_or_refused_at_its_line(
    tmp_path: Path, make: Callable[[Path], object], seed: int
) -> None:
    def ending(number: int) -> str:
        chance = random.Random(f"{seed} {number}")
        signs = [*HOSTILE, *chance.sample(REFUSED, 1)] if chance.random() < 0.1 else HOSTILE
        return "".join(chance.choices(signs, k=chance.randint(1, 4)))

    pair = make_pair(tmp_path, make, Marks(True, ending))

    differences, _ = compare(pair.plain, pair.hostile, pair.marks)

    assert pair.codes <= CODES
    assert differences == []


@pytest.mark.parametrize(
    "template",
    [
        "{{ page.title|safe }}",
        "<a title={{ page.title }}>a</a>",
        "<script>var a = '{{ page.title }}'</script>",
        "{{ page.title|forceescape|forceescape }}",
        "<style>a { content: '{{ page.title }}' }</style>",
        '<a href="?q={{ page.title|replace("&", "&amp;")|safe }}">a</a>',
    ],
)
def test_template_that_lets_a_sign_through_is_found(make_site: MakeSite, template: str) -> None:
    site = make_site({"templates/page.html": template})

    pair = make_pair(site.root.parent / "pair", partial(shutil.copytree, site.root), Marks(True))

    assert compare(pair.plain, pair.hostile, pair.marks)[0] != []
