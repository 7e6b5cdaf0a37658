"""Importing a Hugo site takes work in proportion to what it holds, whatever that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from work import calls

from sitegen.importers.hugo import bodies
from sitegen.importers.hugo.conversion import read_hugo

HOME = {"content/_index.md": "---\ntitle: Home\n---\n"}
Files = Mapping[str, str]


def page(front: str = "", text: str = "") -> str:
    return f"---\ntitle: Page\n{front}---\n{text}\n"


def tags(size: int) -> Files:
    return {"content/a.md": page(f"tags: [{', '.join(f't{number}' for number in range(size))}]\n")}


def alike_tags(size: int) -> Files:
    """Tags whose signs no folder may have in its name."""
    signs = str.maketrans("01", "#+")
    return {"content/a.md": page(f"tags: [{', '.join(f't{number:b}'.translate(signs) for number in range(size))}]\n")}


def taxonomies(size: int) -> Files:
    settings = "[taxonomies]\n" + "".join(f"s{number} = 'p{number}'\n" for number in range(size))
    return {"hugo.toml": settings, **{f"content/{n}.md": page(f"type: k{n}\np{n}: [a]\n") for n in range(size // 8)}}


def files_of_one_name(size: int) -> Files:
    text = "".join(f"[x](/{number}/d.txt)\n\n" for number in range(size))
    return {"content/a.md": page("", text), **{f"static/{number}/d.txt": str(number) for number in range(size)}}


def fields(size: int) -> Files:
    return {f"content/{number}.md": page(f"a{number}: 1\nb{number}: x\n") for number in range(size)}


def tables_in_a_list(size: int) -> Files:
    return {"content/a.md": page("own:\n" + "".join(f"  - a{number}: x\n" for number in range(size)))}


def cascade(size: int) -> Files:
    inherited = "cascade:\n" + "".join(f"  k{number}: v\n" for number in range(100 + size))
    return {"content/s/_index.md": page(inherited), **{f"content/s/{number}.md": page() for number in range(size // 4)}}


def refs(size: int) -> Files:
    text = "".join(f'[x]({{{{< ref "none{number}" >}}}})\n' for number in range(size))
    return {"content/a.md": page("", text), **{f"content/{number}.md": page() for number in range(size // 4)}}


def links_in_languages(size: int) -> Files:
    number_of = size // 4
    settings = "".join(f"[languages.l{number}]\nlocale = 'en'\n" for number in range(number_of))
    return {"hugo.toml": settings, "content/a.md": page("", "".join(f"[x](/no{n})\n" for n in range(size)))}


def shortcodes(size: int) -> Files:
    text = "".join(f'{{{{< s{number} >}}}}\n\n{{{{< one id="v{number}" >}}}}\n\n' for number in range(size))
    return {"content/a.md": page("", text)}


def menus(size: int) -> Files:
    entries = "".join(
        f"[[menus.main]]\nidentifier = 'e{n}'\nname = 'n'\nurl = 'https://e.org/{n}'\nparent = 'e{n - 1}'\n"
        for n in range(size)
    )
    return {"hugo.toml": entries}


SITES = (
    tags, alike_tags, taxonomies, files_of_one_name, fields, tables_in_a_list, cascade, refs, links_in_languages, shortcodes, menus,
)  # fmt: skip


def work(folder: Path, files: Files) -> int:
    for path, text in {"hugo.toml": "", **HOME, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return calls(lambda: read_hugo(folder))


@pytest.mark.parametrize("files", SITES)
def test_work_grows_no_faster_than_the_site(tmp_path: Path, files: Callable[[int], Files]) -> None:
    work(tmp_path / "0", files(8))  # what is read and remembered once for all

    first, second, third = (work(tmp_path / str(size), files(size)) for size in (60, 120, 240))

    assert third - second < 2.4 * (second - first), f"{first:,} {second:,} {third:,} calls"


def test_texts_that_every_page_includes_do_not_grow_endlessly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "_INCLUDED", 1_000)
    include = '{{< include "long.md" >}}\n'
    pages = {f"content/p{number}.md": page("", include) for number in range(9)}
    work(tmp_path, {"content/long.md": page("build: {render: never}\n", "word\n\n" * 100), **pages})

    draft = read_hugo(tmp_path)

    told = [problem.path for problem in draft.problems if "no text is included" in problem.message]
    assert told == ["content/p3.md"]
    assert ["word" in draft.texts[f"content/p{number}/index.en.md"] for number in range(9)] == [True] * 4 + [False] * 5
