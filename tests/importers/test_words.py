"""The words of pages as Hugo publishes them are all found here, or named in import.txt."""

from __future__ import annotations

import sys
from pathlib import Path

import hugosite
import pytest
from compare_words import Result, build_plain, compare, table
from conftest import TinySite

from sitegen.importers.importer import import_site

HUGO = Path(sys.executable).with_name("hugo")
#: One page with every construct that is counted.
PAGE = """---
title: A
---
First *words* of a [paragraph](b.md), with 10<sup>6</sup> and `code`.

## A heading {#own}

- one
- two {{< icon star >}}

> quoted

| a | b |
|---|---|
| c | d<br>e |

```yaml {file="hugo.yaml"}
a: b
```

Term
: its meaning

<details><summary>More</summary>hidden words</details>

{{% panel "Panel title" %}}
inner *words*
{{% /panel %}}

{{< stars >}}

A note[^1].

[^1]: The note.
"""


def compared(old: Path, new: TinySite, public: Path) -> Result:
    """A site built by Hugo, imported and built here."""
    build_plain(str(HUGO), old, public)
    import_site(old, new.root)
    new.report()
    return compare(old, public, new.root)


def tiny(tmp_path: Path, page: str, shortcodes: dict[str, str]) -> Result:
    old = TinySite(tmp_path / "old")
    old.write("hugo.yaml", "baseURL: https://e.org/\ntitle: S\nmarkup: {goldmark: {renderer: {unsafe: true}}}\n")
    old.write("content/a.md", page)
    old.write("content/b.md", "---\ntitle: B\n---\nText\n")
    for name, text in shortcodes.items():
        old.write(f"layouts/shortcodes/{name}.html", text)
    return compared(old.root, TinySite(tmp_path / "new"), tmp_path / "public")


SHORTCODES = {
    "icon": "<i></i>",
    "panel": "<div><p>{{ .Get 0 }}</p>{{ .Inner | markdownify }}</div>",
    "stars": "<p>five stars</p>",
}


def test_every_word_of_a_page_with_every_construct_is_imported_or_reported(tmp_path: Path) -> None:
    result = tiny(tmp_path, PAGE, SHORTCODES)

    assert (result.pages, result.missing) == (2, [])
    assert [run for run in result.lost if run.words != ("five", "stars")] == []
    assert [run.named for run in result.lost] == ["the shortcode"]
    assert [run.words for run in result.gained] == [("hugo", "yaml")]


@pytest.mark.parametrize("change", ["drop", "order"])
def test_lost_and_moved_words_are_found(tmp_path: Path, change: str) -> None:
    tiny(tmp_path, "---\ntitle: A\n---\nOne two three.\n\nFour five six.\n", {})
    page = tmp_path / "new/public/en/a/index.html"
    text = page.read_text(encoding="utf-8")
    now = {"drop": text.replace("two ", ""), "order": text.replace("One two", "two One")}[change]
    page.write_text(now, encoding="utf-8")

    result = compare(tmp_path / "old", tmp_path / "public", tmp_path / "new")

    assert [(run.words, run.construct) for run in result.silent] == [(("two",), "paragraph")]
    assert "| paragraph | 0 | 1 |" in "\n".join(table(result))


@pytest.mark.soak
@pytest.mark.parametrize("layout", ["names", "folders"])
def test_no_word_of_a_large_site_is_lost_silently(tmp_path: Path, layout: str) -> None:
    hugosite.lay_out(tmp_path / "old", layout)

    result = compared(tmp_path / "old", TinySite(tmp_path / "new"), tmp_path / "public")

    assert result.pages > 300
    assert result.silent == []
