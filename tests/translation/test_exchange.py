"""The round trip of translations: exported as PO or XLIFF, and imported into the same places and no others."""

from __future__ import annotations

import ast
import contextlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from commands import run
from conftest import REPOSITORY, SITE, MakeSite, TinySite
from killed import MOMENTS, run_until
from lxml import etree
from published import require, sampled
from repository import commit, git
from work import calls

from sitegen.cli import main
from sitegen.problems.problem import Problem, SiteError
from sitegen.translation.exchange import export, import_file
from sitegen.translation.exchange_formats import FORMATS
from sitegen.translation.message_files import update
from sitegen.translation.review import accept
from sitegen.translation.status_report import find_status
from sitegen.translation.xliff1 import read_unit1
from sitegen.translation.xliff2 import read_unit2

SOURCE = "---\norder: 1\ntitle: Study\nsummary: How to study\n---\nStart.\n\n## Apply\n\nApply early.\n\nApply often.\n\n## Pay\n\nNothing.\n"
FRENCH = "---\ntitle: Études\nsummary: 'Comment étudier'\nreview: human\n---\nDébut.\n\n## Postuler\n\nTôt.\n\nSouvent.\n\n## Payer\n\nRien.\n"
POT = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n#. Translators: in the menu.\nmsgctxt "menu"\nmsgid "Home"\nmsgstr ""\n\nmsgid "%(num)d page"\nmsgid_plural "%(num)d pages"\nmsgstr[0] ""\nmsgstr[1] ""\n'
#: The French catalog.
CATALOG = "translations/fr/LC_MESSAGES/messages.po"
PO = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\nmsgctxt "menu"\nmsgid "Home"\nmsgstr "Accueil"\n\nmsgid "%(num)d page"\nmsgid_plural "%(num)d pages"\nmsgstr[0] ""\nmsgstr[1] ""\n'
STYLES = ("po", "xliff", "xliff2")


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """Two pages; one is translated, accepted and then changed in its source, the other is not translated."""
    site = make_site(
        {
            "content/a/index.en.md": SOURCE,
            "content/a/index.fr.md": FRENCH,
            "content/b/index.en.md": "---\norder: 2\ntitle: Fees\nsummary: How to study here\n---\nNothing.\n\n- One\n",
            "translations/messages.pot": POT,
            "translations/fr/LC_MESSAGES/messages.po": PO,
        }
    )
    list(accept(site.root, "/a/", "fr"))
    site.write("content/a/index.en.md", SOURCE.replace("Apply early.", "Apply very early."))
    return site


def written(site: TinySite, style: str, **options: object) -> Path:
    path = site.root / f"fr.{FORMATS[style].ending}"
    path.write_bytes(export(site.root, "fr", style, **options))  # type: ignore[arg-type]
    return path


def stored(path: Path) -> tuple[Any, dict[str, Any]]:
    """A file, and page and name → unit, as translate-toolkit reads it."""
    from translate.storage import po, xliff, xliff2

    kinds = {".po": po.pofile, ".xliff": xliff.xlifffile, ".xlf": xliff2.Xliff2File}
    store = kinds[path.suffix].parsefile(str(path))
    names = {
        ".po": lambda unit: unit.getcontext(),
        ".xliff": lambda unit: unit.getid().rpartition("\x04")[2],
        ".xlf": lambda unit: unit.getunitelement().get("name"),
    }
    found = {names[path.suffix](unit): unit for unit in store.units}
    return store, {name.rpartition("|")[0]: unit for name, unit in found.items() if name}


def texts(path: Path) -> dict[str, tuple[str, str]]:
    """Page and name → (source, target), as translate-toolkit reads the file."""
    _, units = stored(path)
    if path.suffix == ".xlf":
        return {name: (whole(unit.source_dom), whole(unit.target_dom)) for name, unit in units.items()}
    return {name: (str(unit.source), str(unit.target or "")) for name, unit in units.items()}


def whole(element: etree._Element | None) -> str:
    """A text of XLIFF 2 with what its unit says of the marks in it."""
    if element is None:
        return ""
    (unit,) = element.iterancestors("{*}unit")
    data = {own.get("id"): own.text or "" for own in unit.iter("{*}data")}

    def marked(own: etree._Element) -> str:
        inner = (own.text or "") + "".join(map(marked, own))
        ends = [data.get(own.get(name), "") for name in ("dataRef", "dataRefStart", "dataRefEnd")]
        return f"{ends[0]}{ends[1]}{inner}{ends[2]}{own.tail or ''}"

    return (element.text or "") + "".join(map(marked, element))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("style", STYLES)
def test_toolkit_reads_every_text_with_its_translation(site: TinySite, style: str) -> None:
    found = texts(written(site, style))

    assert found["/a/|title"] == ("Study", "Études")
    assert found["/a/|#apply.1"] == ("Apply very early.", "Tôt.")
    assert found["/b/|#.2"] == ("- One", "")
    assert found["messages|menu: Home"] == ("Home", "Accueil")


@pytest.mark.parametrize("style", STYLES)
def test_only_texts_that_need_work_can_be_exported(site: TinySite, style: str) -> None:
    stale = set(texts(written(site, style, only=("stale",))))
    both = set(texts(written(site, style, only=("stale", "missing"))))

    assert stale == {"/a/|#apply.0", "/a/|#apply.1", "/a/|#apply.2"}
    assert "/a/|title" not in both
    assert {"/b/|title", "/b/|#.1", "/|title"} <= both


@pytest.mark.parametrize("style", STYLES)
def test_unchanged_file_changes_nothing(site: TinySite, style: str) -> None:
    before = site.inputs()

    done = import_file(site.root, written(site, style))

    assert done.written == ()
    assert site.inputs() == before


def test_changed_text_is_written_and_its_section_becomes_current(site: TinySite) -> None:
    path = written(site, "po")
    text = path.read_text()
    for block in re.findall(r'#, fuzzy\nmsgctxt "/a/\|#apply', text):
        text = text.replace(block, block.removeprefix("#, fuzzy\n"))
    path.write_text(text.replace('msgstr "Tôt."', 'msgstr "Très tôt."'))
    before = site.inputs()

    done = import_file(site.root, path)

    after = site.inputs()
    assert done.written == ("content/a/index.fr.md",)
    assert {name for name in after if after[name] != before[name]} == {"content/a/index.fr.md"}
    gone = [
        line
        for line in before["content/a/index.fr.md"].splitlines()
        if line not in after["content/a/index.fr.md"].splitlines()
    ]
    assert [line for line in gone if b"#apply" not in line] == ["Tôt.".encode()]
    page = next(page for page in find_status(site.root).languages[1].pages if page.key == "/a/")
    assert page.state.name == "current"


@pytest.mark.parametrize("style", STYLES)
def test_page_whose_sections_differ_is_one_text_that_is_stale_and_current_when_it_comes_back(
    site: TinySite, style: str
) -> None:
    whole = SOURCE.replace("## Pay", "## Live\n\nIn town.[^1]\n\n## Pay") + "\n[^1]: By bus.\n"
    site.write("content/a/index.en.md", whole)
    site.write("content/a/index.fr.md", FRENCH)
    list(accept(site.root, "/a/", "fr"))  # for the first time, though the translation lacks a section
    whole = whole.replace("early", "very early").replace("bus", "train")
    site.write("content/a/index.en.md", whole)
    path = written(site, style, only=("stale",))
    [(name, (source, target))] = [own for own in texts(path).items() if own[0] != "/a/|title"]
    assert (name, source.count("## "), target.count("## ")) == ("/a/|#", 3, 2)

    fill(path, {"/a/|#": target.replace("## Payer", "## Vivre\n\nEn ville.[^1]\n\n## Payer")}, done=True)
    import_file(site.root, path)

    page = next(page for page in find_status(site.root).languages[1].pages if page.key == "/a/")
    assert (page.state.name, page.state.changed) == ("stale", ("#notes",))  # the footnote is a text of its own
    text = (site.root / "content/a/index.fr.md").read_text(encoding="utf-8")
    assert re.findall(r"t0{12} (\S+)\"", text) == ["#notes"]  # every section is recorded with its own rendering
    path = written(site, style, only=("missing",))
    fill(path, {"/a/|#notes.0": "[^1]: En train."}, done=True)
    import_file(site.root, path)

    page = next(page for page in find_status(site.root).languages[1].pages if page.key == "/a/")
    assert page.state.name == "current"


@pytest.mark.parametrize("style", STYLES)
def test_section_that_the_source_has_lost_is_removed_once_the_text_that_says_so_is_confirmed(
    site: TinySite, style: str
) -> None:
    site.write("content/a/index.en.md", SOURCE.partition("## Pay")[0])
    path = written(site, style, only=("stale",))
    assert texts(path) == {"/a/|title": ("Study", "Études")}
    assert "Changed in the source without a text to translate: #" in path.read_text(encoding="utf-8")

    fill(path, {"/a/|title": "Études"}, done=True)
    import_file(site.root, path)

    page = next(page for page in find_status(site.root).languages[1].pages if page.key == "/a/")
    assert page.state.name == "current"
    text = (site.root / "content/a/index.fr.md").read_text(encoding="utf-8")
    assert text.endswith("\n---\nDébut.\n\n## Postuler\n\nTôt.\n\nSouvent.\n")


@pytest.mark.parametrize("style", STYLES)
def test_section_to_be_removed_stays_if_somebody_has_written_in_it_meanwhile(site: TinySite, style: str) -> None:
    site.write("content/a/index.en.md", SOURCE.partition("## Pay")[0])
    path = written(site, style, only=("stale",))
    fill(path, {"/a/|title": "Études"}, done=True)
    own = site.root / "content/a/index.fr.md"
    edit(own, own.read_text().splitlines()[-1], "Rien du tout, et plus encore.")
    before = own.read_text()

    done = import_file(site.root, path)

    assert own.read_text() == before
    assert "/a/: other parts without a text have changed since the export; export it again" in done.left_out


@pytest.mark.parametrize("style", STYLES)
def test_section_moved_in_the_source_moves_in_the_translation_and_keeps_its_words(site: TinySite, style: str) -> None:
    opening, apply, pay = SOURCE.replace("\n\n## ", "\0## ").split("\0")
    site.write("content/a/index.en.md", "\n\n".join([opening, pay.strip(), apply]) + "\n")
    path = written(site, style, only=("stale",))
    assert texts(path) == {"/a/|#apply.0": ("## Apply", "## Postuler")}  # its words have not changed

    fill(path, {"/a/|#apply.0": "## Postuler"}, done=True)
    import_file(site.root, path)

    page = next(page for page in find_status(site.root).languages[1].pages if page.key == "/a/")
    assert page.state.name == "current"
    text = (site.root / "content/a/index.fr.md").read_text(encoding="utf-8")
    assert text.endswith("\n---\nDébut.\n\n## Payer\n\nRien.\n\n## Postuler\n\nTôt.\n\nSouvent.\n")


@pytest.mark.parametrize("style", STYLES)
def test_section_added_in_place_of_others_is_exported_without_their_words_and_overwrites_none(
    site: TinySite, style: str
) -> None:
    opening, _, pay = SOURCE.replace("\n\n## ", "\0## ").split("\0")
    site.write("content/a/index.en.md", "\n\n".join([opening, pay.strip(), "## Live\n\nIn town.\n"]))
    path = written(site, style, only=("stale", "missing"))
    found = {name: own for name, own in texts(path).items() if "|#live" in name}
    assert found == {"/a/|#live.0": ("## Live", ""), "/a/|#live.1": ("In town.", "")}

    fill(path, {"/a/|#live.0": "## Vivre"}, done=True)
    assert import_file(site.root, path).left_out == ("/a/: 1 of 2 texts of its new sections are missing",)
    fill(path, {"/a/|#live.1": "En ville.", "/a/|title": "Études"}, done=True)
    import_file(site.root, path)

    page = next(page for page in find_status(site.root).languages[1].pages if page.key == "/a/")
    assert page.state.name == "current"
    text = (site.root / "content/a/index.fr.md").read_text(encoding="utf-8")
    assert text.endswith("\n---\nDébut.\n\n## Payer\n\nRien.\n\n## Vivre\n\nEn ville.\n")


def test_text_of_a_stale_section_that_is_still_fuzzy_leaves_it_stale(site: TinySite) -> None:
    path = written(site, "po")
    edit(path, 'msgstr "Comment étudier"', 'msgstr "Comment étudier ici"')

    import_file(site.root, path)

    page = next(page for page in find_status(site.root).languages[1].pages if page.key == "/a/")
    assert page.state.changed == ("#apply",)
    assert b"summary: 'Comment \xc3\xa9tudier ici'\n" in site.inputs()["content/a/index.fr.md"]


def test_unconfirmed_words_are_told_after_the_source_has_taken_their_text_back(site: TinySite) -> None:
    page = site.root / "content/a/index.en.md"
    edit(page, "summary: How to study\n", "")
    edit(page, "Start.\n\n", "")
    french = site.root / "content/a/index.fr.md"
    edit(french, "summary: 'Comment étudier'\n", "")
    edit(french, "Début.\n\n", "")
    list(accept(site.root, "/a/", "fr"))
    before = page.read_text("utf-8")
    edit(page, "title: Study\n", "title: Study\nsummary: How to study\n")
    edit(page, "---\n## Apply", "---\nStart.\n\n## Apply")
    path = written(site, "po")
    for text in ("How to study", "Start."):
        edit(path, f'msgid "{text}"\nmsgstr ""', f'msgid "{text}"\nmsgstr "peut-être"')
    path.write_text(path.read_text("utf-8").replace('msgctxt "/a/|', '#, fuzzy\nmsgctxt "/a/|'), "utf-8")
    import_file(site.root, path)
    assert french.read_text("utf-8").count("peut-être") == 2

    page.write_text(before, "utf-8")

    state = next(page.state for page in find_status(site.root).languages[1].pages if page.key == "/a/")
    assert (state.name, state.removed) == ("stale", ("summary", "#"))
    with pytest.raises(SiteError, match="1 problem") as caught:
        list(accept(site.root, "/a/", "fr"))
    assert caught.value.problems[0].hint == "delete it here and accept the page"
    state = next(page.state for page in find_status(site.root).languages[1].pages if page.key == "/a/")
    assert state.removed == ("#",)


@pytest.mark.parametrize("style", STYLES)
def test_missing_page_is_created_when_all_its_texts_are_translated(site: TinySite, style: str) -> None:
    path = written(site, style, only=("missing",))
    fill(path, {"/b/|title": "Frais", "/b/|summary": "Étudier: ici", "/b/|#.1": "Rien."})
    assert import_file(site.root, path).left_out == ("/b/: 1 of 4 texts are missing",)

    fill(path, {"/b/|#.2": "- Un"})
    done = import_file(site.root, path)

    assert done.written == ("content/b/index.fr.md",)
    text = (site.root / "content/b/index.fr.md").read_text()
    assert re.sub(r"  - \"s\w{12} t\w{12} (\S+)\"\n", r"[\1]", text) == (
        '---\ntitle: Frais\nsummary: "Étudier: ici"\nsource:\n[title][summary][#]---\nRien.\n\n- Un\n'
    )
    page = next(page for page in find_status(site.root).languages[1].pages if page.key == "/b/")
    assert page.state.name == "current"


BLOCKS = """\
---
title: Apply
---
:::note[Closes soon]
Send the form.
:::

::download[Form]{src=form.pdf note="as of May"}

- :::tip
  Ask :badge[us]{color=red} first.
  :::
"""


@pytest.fixture
def held(make_site: MakeSite) -> TinySite:
    """A page with blocks that is not translated."""
    return make_site(
        {
            "content/blocks.yaml": "badge:\n  form: inline\n  facts: {color: {type: choice, of: [red]}}\n",
            "templates/blocks/badge.html": "<b>{{ inner }}</b>",
            "content/a/index.en.md": BLOCKS,
            "content/a/form.pdf": b"form",
            "content/index.fr.md": "---\ntitle: Accueil\n---\n",
        }
    )


@pytest.mark.parametrize("style", STYLES)
def test_words_of_blocks_are_exported_and_their_marks_and_facts_are_not(held: TinySite, style: str) -> None:
    found = {name: source for name, (source, _) in texts(written(held, style)).items() if name.startswith("/a/")}

    assert found == {
        "/a/|title": "Apply",
        "/a/|#.1.title": "Closes soon",
        "/a/|#.2": "Send the form.",
        "/a/|#.4.title": "Form",
        "/a/|#.4.note": "as of May",
        "/a/|#.6": "  Ask :badge[us] first.",
    }


@pytest.mark.parametrize("style", STYLES)
def test_block_with_an_attribute_that_needs_no_value_is_exported_and_imported(held: TinySite, style: str) -> None:
    held.write("content/a/index.en.md", "---\ntitle: Apply\n---\n:::details[Who may apply?]{open}\nAll.\n:::\n")
    path = written(held, style)
    fill(path, {"/a/|title": "Postuler", "/a/|#.1.summary": "Qui ?", "/a/|#.2": "Tous."})

    import_file(held.root, path)

    text = (held.root / "content/a/index.fr.md").read_text()
    assert text.partition("\n---\n")[2] == ":::details[Qui ?]\nTous.\n:::\n"
    assert [problem for problem in held.report().warnings if problem.path.startswith("content/a/")] == []


INDENTED = """\
---
title: Install
---
    cd ~

Run this:

    make *all*

1. First:

    Wait **long**.

    - Then go.

        And come.

Or that:

\tmake clean
\tmake
"""


@pytest.mark.parametrize("style", STYLES)
def test_indented_code_is_copied_and_what_is_deep_in_a_list_translated(held: TinySite, style: str) -> None:
    held.write("content/a/index.en.md", INDENTED)
    path = written(held, style)
    words = {
        "#.2": "Lancez :",
        "#.4": "1. D'abord :",
        "#.5": "    Attendez **longtemps**.",
        "#.6": "    - Allez.",
        "#.7": "        Et venez.",
        "#.8": "Ou :",
    }
    assert {name for name in texts(path) if name.startswith("/a/")} == {"/a/|title", *(f"/a/|{name}" for name in words)}
    fill(path, {"/a/|title": "Installer", **{f"/a/|{name}": text for name, text in words.items()}})

    import_file(held.root, path)

    text = (held.root / "content/a/index.fr.md").read_text()
    assert text.partition("\n---\n")[2] == (
        "    cd ~\n\nLancez :\n\n    make *all*\n\n1. D'abord :\n\n    Attendez **longtemps**.\n\n    - Allez.\n\n        Et venez.\n\nOu :\n\n"
        "\tmake clean\n\tmake\n"
    )


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "body",
    [
        "- ```\n  co\n  ```\n- wa1\n\nwa2\n",
        "- ```\n  co\n  ```\n\n  wa1 wa2\n- wa3\n",
        "- wa1\n  1. wa2\n\n     ```py\n     co\n\n     co2\n     ```\n  2. wa3 wa4\n",
        "- wa1\n\n  - wa2\n\n    1. wa3\n\n       ```py\n       co\n\n         co2\n       ```\n    2. wa4 wa5\n\n       ~~~\n       co\n       ~~~\n",
        "1. wa1\n   ```py\n   def f():\n\n       return co\n   ```\n   wa2 wa3\n",
        "> ```py\n> co\n>\n>     co\n> ```\n> wa1 wa2\n",
        "wa1[^a]\n\n- ```\n  [^a]: co\n  ```\n\n[^a]: wa2\n",
    ],
)
def test_code_between_fences_is_copied_wherever_it_stands(held: TinySite, style: str, body: str) -> None:
    held.write("content/a/index.en.md", f"---\ntitle: wa\n---\n{body}")
    path = written(held, style)
    fill(path, {name: was.replace("wa", "ва") for name, (was, _) in texts(path).items() if name.startswith("/a/")})

    import_file(held.root, path)

    text = (held.root / "content/a/index.fr.md").read_text()
    assert text.partition("\n---\n")[2] == body.replace("wa", "ва")


@pytest.mark.parametrize("style", STYLES)
def test_new_subheading_above_the_text_of_a_section_is_imported(make_site: MakeSite, style: str) -> None:
    front = "---\ntitle: A\n---\n"
    own = {"en": "## Fees\n\nNone.\n\n## Dates\n\nMay.\n", "fr": "## Frais\n\nRien.\n\n## Jours\n\nMai.\n"}
    site = make_site({f"content/a/index.{path}.md": front + text for path, text in own.items()})
    list(accept(site.root, "/a/", "fr"))
    site.write("content/a/index.en.md", front + own["en"].replace("None.", "### For all\n\nNone."))
    path = written(site, style)
    words = {"Fees": "Frais", "For all": "Pour tous", "None.": "Rien.", "Dates": "Jours", "May.": "Mai.", "A": "A"}
    found = {name: was for name, (was, _) in texts(path).items() if name.startswith("/a/")}
    fill(path, {name: was.replace(was.lstrip("# "), words[was.lstrip("# ")]) for name, was in found.items()}, done=True)
    finish(path)

    import_file(site.root, path)

    text = (site.root / "content/a/index.fr.md").read_text().rpartition("\n---\n")[2]
    assert text == own["fr"].replace("Rien.", "### Pour tous\n\nRien.")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("before", ["## Fees\n\nNone.\n", ""])
def test_code_that_the_source_has_gained_above_all_headings_is_told(
    make_site: MakeSite, style: str, before: str
) -> None:
    front = "---\ntitle: A\n---\n"
    site = make_site({f"content/a/index.{path}.md": front + before for path in ("en", "fr")})
    list(accept(site.root, "/a/", "fr"))
    site.write("content/a/index.en.md", f"{front}```\nmake\n```\n\n{before}")
    path = written(site, style)
    fill(path, {name: was for name, (was, _) in texts(path).items() if name.startswith("/a/")}, done=True)
    finish(path)

    done = import_file(site.root, path)

    assert [line for line in done.left_out if "its code or figures are not as in the source" in line] != []
    page = next(page for page in find_status(site.root).of("fr").behind if page.key == "/a/")
    assert page.state.changed == ("#",)


@pytest.mark.parametrize("style", STYLES)
def test_indented_code_below_the_records_of_a_translation_stays(held: TinySite, style: str) -> None:
    """The records are a list; what is indented below them does not belong to it."""
    held.write("content/a/index.en.md", "---\ntitle: Install\n---\n    make *all*\n\nRun it.\n")
    held.write("content/a/index.fr.md", "---\ntitle: Installer\n---\n    make *all*\n\nLancez.\n")
    list(accept(held.root, "/a/", "fr"))
    held.write("content/a/index.en.md", "---\ntitle: Install\n---\n    make *all*\n\nRun it.\n\nWait.\n")
    path = written(held, style)
    fill(path, {"/a/|#": "    make *all*\n\nLancez.\n\nAttendez."}, done=True)
    finish(path)

    import_file(held.root, path)

    text = (held.root / "content/a/index.fr.md").read_text()
    assert text.rpartition("\n---\n")[2] == "    make *all*\n\nLancez.\n\nAttendez.\n"


@pytest.mark.parametrize("style", STYLES)
def test_comment_of_its_own_is_not_exported_and_stays_in_the_page(held: TinySite, style: str) -> None:
    """Readers don't see it: no translation of it was right, and without one the page was never made."""
    held.write("content/a/index.en.md", "---\ntitle: A\n---\nOne.\n\n<!-- for *editors* -->\n\nTwo.\n")
    path = written(held, style)
    assert [name for name in texts(path) if name.startswith("/a/")] == ["/a/|title", "/a/|#.1", "/a/|#.3"]
    fill(path, {"/a/|title": "B", "/a/|#.1": "Un.", "/a/|#.3": "Deux."})

    import_file(held.root, path)

    text = (held.root / "content/a/index.fr.md").read_text()
    assert text.partition("\n---\n")[2] == "Un.\n\n<!-- for *editors* -->\n\nDeux.\n"


@pytest.mark.parametrize("style", STYLES)
def test_page_with_blocks_is_imported_without_facts_and_a_second_round_changes_nothing(
    held: TinySite, style: str
) -> None:
    path = written(held, style)
    fill(
        path,
        {
            "/a/|title": "Postuler",
            "/a/|#.1.title": "Fin [bientôt",
            "/a/|#.2": "Envoyez le formulaire.",
            "/a/|#.4.title": "Formulaire",
            "/a/|#.4.note": 'de "mai"',
            "/a/|#.6": "  Demandez à :badge[nous].",
        },
    )

    import_file(held.root, path)

    text = (held.root / "content/a/index.fr.md").read_text()
    assert text.partition("\n---\n")[2] == (
        ":::note[Fin \\[bientôt]\nEnvoyez le formulaire.\n:::\n\n::download[Formulaire]{note='de \"mai\"'}\n\n"
        "- :::tip\n  Demandez à :badge[nous].\n  :::\n"
    )
    assert [problem for problem in held.report().warnings if problem.path.startswith("content/a/")] == []
    before = held.inputs()
    assert import_file(held.root, written(held, style)).written == ()
    assert held.inputs() == before


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u3000"])
def test_spaces_that_do_not_break_stay_in_the_words_of_blocks(held: TinySite, style: str, space: str) -> None:
    path = written(held, style)
    words = {
        "title": "A",
        "#.1.title": f"Fin{space}?",
        "#.2": f"B{space}!",
        "#.4.title": "C",
        "#.4.note": f"D{space}: e",
    }
    fill(path, {f"/a/|{name}": text for name, text in {**words, "#.6": "  F :badge[g]."}.items()})

    import_file(held.root, path)

    text = (held.root / "content/a/index.fr.md").read_text()
    assert f':::note[Fin{space}?]\nB{space}!\n:::\n\n::download[C]{{note="D{space}: e"}}' in text


def test_block_missing_from_a_translation_makes_its_section_one_text(held: TinySite) -> None:
    held.write("content/a/index.fr.md", "---\ntitle: Postuler\n---\nEnvoyez.\n")

    found = texts(written(held, "po"))

    assert found["/a/|#"] == (
        BLOCKS.partition("\n---\n")[2].replace("src=form.pdf ", "").replace("{color=red}", "").rstrip("\n"),
        "Envoyez.",
    )


def test_code_alone_above_the_first_heading_is_copied_into_a_new_page_and_current(site: TinySite) -> None:
    site.write("content/b/index.en.md", "---\norder: 2\ntitle: Fees\n---\n```\nsum\n```\n\n## Pay\n\nNothing.\n")
    path = written(site, "po")
    fill(path, {"/b/|title": "Frais", "/b/|#pay.0": "## Payer", "/b/|#pay.1": "Rien."}, done=True)

    import_file(site.root, path)

    page = next(page for page in find_status(site.root).languages[1].pages if page.key == "/b/")
    assert page.state.name == "current"


def test_text_of_a_new_page_that_is_still_fuzzy_is_not_accepted(site: TinySite) -> None:
    path = written(site, "po", only=("missing",))
    fill(path, {"/b/|title": "Frais", "/b/|summary": "Étudier: ici", "/b/|#.1": "Rien.", "/b/|#.2": "- Un"})
    edit(path, 'msgctxt "/b/|title', '#, fuzzy\nmsgctxt "/b/|title')

    import_file(site.root, path)

    page = next(page for page in find_status(site.root).languages[1].pages if page.key == "/b/")
    assert page.state.changed == ("title",)


def fill(path: Path, targets: dict[str, str], *, done: bool = False) -> None:
    """What a translator's tool does, with translate-toolkit; `done` clears the mark that a text needs work."""
    store, units = stored(path)
    for name, target in targets.items():
        if path.suffix != ".po":  # the toolkit would keep the marks of the old text
            for old in units[name].xmlelement.xpath(
                "*[local-name()='target'] | *[local-name()='segment']/*[local-name()='target']"
            ):
                old.getparent().remove(old)
        units[name].target = target
        if path.suffix == ".xlf":
            units[name].marktranslated()
        elif done:
            units[name].markfuzzy(False)
    store.save()


@pytest.mark.parametrize("style", STYLES)
def test_message_is_written_to_the_catalog(site: TinySite, style: str) -> None:
    path = written(site, style)
    fill(path, {"messages|menu: Home": "Page d'accueil"})

    assert import_file(site.root, path).written == (CATALOG,)
    assert 'msgstr "Page d\'accueil"' in site.inputs()[CATALOG].decode()


def question(path: Path, name: str) -> None:
    """Mark a text as one that needs work, with translate-toolkit."""
    store, units = stored(path)
    if path.suffix == ".xlf":
        units[name].getunitelement().find("{*}segment").set("state", "initial")
    else:
        units[name].markfuzzy(True)
    store.save()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("known", ["", "fuzzy", "right"])
def test_message_that_still_needs_work_is_fuzzy_in_the_catalog_and_replaces_none_that_is_right(
    site: TinySite, style: str, known: str
) -> None:
    catalog, name = site.root / CATALOG, "messages|menu: Home"
    begin = 'msgctxt "menu"\nmsgid "Home"\nmsgstr'
    fuzzy = "#, fuzzy\n" * (known == "fuzzy")
    edit(catalog, f'{begin} "Accueil"', f'{fuzzy}{begin} "{known and "Accueil"}"')
    path = written(site, style)
    fill(path, {name: "Chez nous"})
    question(path, name)

    left_out = import_file(site.root, path).left_out

    is_kept = known == "right"
    told = "messages menu: Home: the translation stays, as the new one is not marked as done"
    assert left_out == (told,) * is_kept
    assert f'{begin} "Accueil"' * is_kept in catalog.read_text()
    assert (f'#, fuzzy\n{begin} "Chez nous"' in catalog.read_text()) != is_kept

    fill(path, {name: "Chez nous"}, done=True)
    import_file(site.root, path)

    assert f'\n\n{begin} "Chez nous"' in catalog.read_text()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "pair",
    [
        ('msgid "Error: File"', 'msgctxt "Error"\nmsgid "File"'),
        ('msgctxt "a: b"\nmsgid "Open"', 'msgctxt "a"\nmsgid "b: Open"'),
        (r'msgctxt "a\\\\: b"' + '\nmsgid "Open"', r'msgctxt "a\\"' + '\nmsgid "b: Open"'),
        (r'msgctxt "a\\: b"' + '\nmsgid "Open"', 'msgctxt "a: b"\nmsgid "Open"'),
        ('msgid ": Open"', 'msgid "Open"'),
        (r'msgid "a\\: b: Open"', 'msgctxt "a: b"\nmsgid "Open"'),
    ],
)
def test_messages_that_look_alike_are_two(site: TinySite, style: str, pair: tuple[str, str]) -> None:
    site.write("translations/messages.pot", POT + "".join(f'\n{own}\nmsgstr ""\n' for own in pair))
    catalog = PO + "".join(f'\n{own}\nmsgstr "old {number}"\n' for number, own in enumerate(pair))
    site.write(CATALOG, catalog)
    path = written(site, style)
    edit(path, "old 0", "new 0")

    import_file(site.root, path)

    assert all(
        f'{own}\nmsgstr "{text}"' in read_catalog(site) for own, text in zip(pair, ("new 0", "old 1"), strict=True)
    )


def read_catalog(site: TinySite) -> str:
    return site.inputs()[CATALOG].decode()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("known", ["", "%(num)d livres"])
def test_message_whose_plural_has_changed_since_the_export_is_refused(site: TinySite, style: str, known: str) -> None:
    edit(site.root / CATALOG, 'msgstr[0] ""\nmsgstr[1] ""', f'msgstr[0] "{known}"\nmsgstr[1] "{known}"')
    path = written(site, style)
    site.write("translations/messages.pot", POT.replace("%(num)d pages", "%(num)d books"))
    list(update(site.root, ("fr",)))
    before = site.inputs()[CATALOG]
    import_file(site.root, path)
    unchanged = site.inputs()[CATALOG]
    translate_plural(path, "une page", "%(num)d pages")

    (problem,) = problems_of_import(site, path)

    assert problem.message == "messages %(num)d page has changed since this file was exported"
    assert "%(num)d page|" in path.read_text("utf-8").split("\n")[(problem.line or 0) - 1]
    assert before == unchanged == site.inputs()[CATALOG]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("changed", ["page", "pages"])
def test_plural_that_is_changed_in_the_file_is_refused(site: TinySite, style: str, changed: str) -> None:
    path = written(site, style)
    text = path.read_text("utf-8")
    begin, end = ("d ", '"') if style == "po" else (">%(num)d ", "</source>")
    path.write_text(text.replace(f"{begin}{changed}{end}", f"{begin}books{end}"), "utf-8")

    (problem,) = problems_of_import(site, path)

    assert problem.message == "messages %(num)d page: the source text has been changed in the file"


@pytest.mark.parametrize("style", ["xliff", "xliff2"])
def test_plural_form_that_has_lost_its_number_is_refused(site: TinySite, style: str) -> None:
    path = written(site, style)
    translate_plural(path, "une page", "%(num)d pages")
    path.write_text(path.read_text("utf-8").replace('[1]"', '"'), "utf-8")

    (problem,) = problems_of_import(site, path)

    assert problem.message == "the text messages %(num)d page appears twice"


def problems_of_import(site: TinySite, path: Path) -> tuple[Problem, ...]:
    with pytest.raises(SiteError) as error:
        import_file(site.root, path)
    return error.value.problems


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("catalog", ["", "msgid_plural", "msgstr[1]"], ids=["lacks it", "other plural", "no plural"])
def test_message_that_the_catalog_does_not_have_yet_is_refused(site: TinySite, style: str, catalog: str) -> None:
    own = 'msgid "%(num)d page"\nmsgid_plural "%(num)d pages"\nmsgstr[0] ""\nmsgstr[1] ""\n'
    others = {
        "": "",
        "msgid_plural": own.replace("pages", "books"),
        "msgstr[1]": 'msgid "%(num)d page"\nmsgstr ""\n',
    }
    edit(site.root / CATALOG, own, others[catalog])
    path = written(site, style)
    translate_plural(path, "une page", "%(num)d pages")

    (problem,) = problems_of_import(site, path)

    assert problem.message.startswith("messages %(num)d page: the catalog has no such message")
    assert problem.hint == "run: python build.py translate update fr"


def translate_plural(path: Path, *texts: str) -> None:
    """Fill in the forms of the one message with a plural, and mark them as done."""
    if path.suffix == ".po":
        text = re.sub(r"#, fuzzy, ", "#, ", path.read_text("utf-8"))
        for number, own in enumerate(texts):
            text = re.sub(rf'msgstr\[{number}\] ".*"', f'msgstr[{number}] "{own}"', text)
        path.write_text(text, "utf-8")
        return
    forms = plural_units(path)
    for (source, target), own in zip(forms, texts, strict=True):
        target.text = own
        (state,) = [target] if path.suffix == ".xliff" else source.iterancestors("{*}segment")
        state.set("state", "translated")
    forms[0][0].getroottree().write(path, encoding="utf-8")


@pytest.mark.parametrize("style", STYLES)
def test_untranslated_message_is_exported_and_imported_with_all_its_plural_forms(site: TinySite, style: str) -> None:
    path = written(site, style)
    if style == "po":
        before, after = 'msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "une page"\nmsgstr[1] "%(num)d pages"'
        edit(path, f'msgid_plural "%(num)d pages"\n{before}', f'msgid_plural "%(num)d pages"\n{after}')
    else:
        forms = [form for form in plural_units(path) if form[1].text in (None, "")]
        assert [source.text for source, _ in forms] == ["%(num)d page", "%(num)d pages"]
        for (_, target), text in zip(forms, ("une page", "%(num)d pages"), strict=True):
            target.text = text
        forms[0][1].getroottree().write(path, encoding="utf-8")

    import_file(site.root, path)

    assert 'msgstr[0] "une page"\nmsgstr[1] "%(num)d pages"' in site.inputs()[CATALOG].decode()


@pytest.mark.parametrize("style", ["xliff", "xliff2"])
@pytest.mark.parametrize(
    "returned",
    [(2, 1, 0), (1, 0, 2), (0, 2), (2,), (1,)],
    ids=["turned round", "sorted otherwise", "one left out", "the last alone", "the middle alone"],
)
@pytest.mark.parametrize("is_emptied", [False, True], ids=["left out", "empty"])
def test_plural_form_goes_where_its_number_says_and_others_stay(
    site: TinySite, style: str, returned: tuple[int, ...], is_emptied: bool
) -> None:
    catalog = site.root / CATALOG
    edit(catalog, 'msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "a0"\nmsgstr[1] "a1"\nmsgstr[2] "a2 %(num)d"')
    edit(catalog, "nplurals=2; plural=(n > 1);", "nplurals=3; plural=(n > 1) + (n > 2);")
    path = written(site, style)
    units: Any = etree.parse(path).xpath(
        "//*[starts-with(@name, 'messages|%(num)d') or starts-with(@id, 'messages|%(num)d')]"
    )
    parent = units[0].getparent()
    for number, unit in enumerate(units):
        next(unit.iter("{*}target")).text = f"b{number} %(num)d" if number in returned else ""
        parent.remove(unit)
    parent.extend(units[number] for number in returned)
    parent.extend(units[number] for number in range(3) if is_emptied and number not in returned)
    parent.getroottree().write(path, encoding="utf-8")

    import_file(site.root, path)

    forms = re.findall(r'msgstr\[\d\] "(..)', catalog.read_text("utf-8"))
    assert forms == [f"{'b' if number in returned else 'a'}{number}" for number in range(3)]


def test_forms_chosen_by_another_rule_than_that_of_the_catalog_are_refused(site: TinySite) -> None:
    """A tool has written its own header, with its own order of the forms: none may go where another belongs."""
    path = written(site, "po")
    translate_plural(path, "une page", "%(num)d pages")
    text = path.read_text()
    assert '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"' in text
    path.write_text(text.replace("plural=(n > 1);", "plural=(n < 2);"))

    with pytest.raises(SiteError) as caught:
        import_file(site.root, path)

    (problem,) = caught.value.problems
    assert problem.message.endswith("chooses plural forms by another rule than the catalog of the site")
    path.write_text(text.replace("plural=(n > 1);", "plural=n >= 2;"))
    assert "une page" in "".join((site.root / name).read_text() for name in import_file(site.root, path).written)


def plural_units(path: Path) -> list[tuple[etree._Element, etree._Element]]:
    """Source and target of each plural form in an XLIFF file."""
    units = etree.parse(path).iter("{*}trans-unit", "{*}unit")
    named = [unit for unit in units if re.search(r"\[\d\]$", str(unit.get("name") or unit.get("id")))]
    return [(next(unit.iter("{*}source")), next(unit.iter("{*}target"))) for unit in named]


def test_edits_made_elsewhere_meanwhile_are_kept(site: TinySite) -> None:
    path = written(site, "po")
    edit(path, 'msgstr "Études"', 'msgstr "Les études"')
    edit(site.root / "content/a/index.fr.md", "Rien.", "Rien du tout.")

    import_file(site.root, path)

    text = (site.root / "content/a/index.fr.md").read_text()
    assert "title: Les études\n" in text
    assert "Rien du tout." in text


def test_conflicting_edits_are_refused(site: TinySite) -> None:
    path = written(site, "po")
    edit(path, 'msgstr "Études"', 'msgstr "Les études"')
    edit(path, 'msgstr "Comment étudier"', 'msgstr "Comment"')
    edit(site.root / "content/a/index.fr.md", "title: Études", "title: Mes études")

    assert refused(site, path) == [("exchange", "/a/ title has changed since this file was exported")]


def refused(site: TinySite, path: Path, language: str = "") -> list[tuple[str, str]]:
    """Import, which must fail and change nothing; return codes and messages."""
    before = site.inputs()
    with pytest.raises(SiteError) as caught:
        import_file(site.root, path, language)
    assert site.inputs() == before
    return [(problem.code, problem.message) for problem in caught.value.problems]


NOT_OURS = "'{}' is not a file that `translate export` has written"
UNIT = b'msgctxt "/a/|title|00000000"\nmsgid "x"\nmsgstr "1"\n\n'
TRANS_UNIT = b'<trans-unit id="/a/|title|00000000"/>'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"English,French\nStudy,Etudes\n", NOT_OURS.format("a.csv")),
        ("a.po", b"PK\x03\x04\xff\xfe[Content_Types].xml", NOT_OURS.format("a.po")),
        ("a.po", b'msgid ""\nmsgstr "Language: de\\n"\n\nmsgctxt "menu"\nmsgid "Home"\nmsgstr "Start"\n', NOT_OURS.format("a.po")),
        ("messages.po", PO.encode(), NOT_OURS.format("messages.po")),
        ("a.xliff", b'<xliff><file target-language="fr"><trans-unit id="1"><source>A</source></trans-unit></file></xliff>', NOT_OURS.format("a.xliff")),
        ("a.po", b"hello", NOT_OURS.format("a.po")),
        ("a.po", b" \n", "the file is empty"),
        ("a.txt", UNIT, "the name 'a.txt' does not end in .po, .xliff or .xlf"),
        ("a.po", UNIT.decode().encode("utf-16"), "the file is not UTF-8"),
        ("a.po", UNIT + b"hello", "this line does not belong in a catalog"),
        ("a.po", b'msgid ""\nmsgstr "Language: de\\n"\n\n' + UNIT, "'de' is not a language to translate into; those are fr"),
        ("a.po", UNIT, "the file does not name its language"),
        ("a.xliff", b"<xliff>" + TRANS_UNIT, "the file is not valid XML: no element found"),
        ("a.xliff", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xliff>&b;' + TRANS_UNIT, "a document type declaration"),
        ("a.xliff", b'<xliff><file target-language="fr"/><file target-language="de"/>' + TRANS_UNIT + b"</xliff>", "the file is in several languages: de, fr"),
        ("a.xliff", b'<xliff><file target-language="fr">' + 2 * TRANS_UNIT + b"</file></xliff>", "the text /a/ title appears twice"),
        ("a.xliff", b'<xliff><file target-language="fr"><trans-unit id="/no/|title|00000000"><source>A</source><target>B</target></trans-unit>'
         b'<trans-unit id="/no/|summary|00000000"/>' + TRANS_UNIT + b"</file></xliff>",
         "only 1 of the 3 texts belongs to this site (for example, there is no /no/ title)"),
        ("a.xliff", b'<xliff target-language="fr"><trans-unit id="' + b"x" * 100_000 + b'"/></xliff>', None),
        ("a.po", b'msgid ""\nmsgstr "Language: fr\\n"\n\n' + 2 * UNIT, "the text /a/ title appears twice"),
        ("none.po", None, "the file can't be read: no such file or directory"),
    ],
    ids=["table", "renamed", "other project", "catalog", "other program", "no catalog", "empty", "ending", "encoding", "broken line",
         "language", "no language", "no XML", "entities", "languages", "twice", "other site", "long id", "twice in PO", "none"],
)  # fmt: skip
def test_invalid_file_is_reported_and_changes_nothing(
    site: TinySite, name: str, content: bytes | None, message: str | None
) -> None:
    path = site.root / name
    if content is not None:
        path.write_bytes(content)

    told = refused(site, path)

    assert message is None or told == [(told[0][0], message)]


def test_broken_line_of_a_valid_file_is_reported_at_its_position(site: TinySite) -> None:
    path = written(site, "xliff")
    edit(path, "<source>Study</source>", "<source>Study</sauce>")

    with pytest.raises(SiteError) as caught:
        import_file(site.root, path)

    (problem,) = caught.value.problems
    assert problem.message == "the file is not valid XML: mismatched tag"
    assert problem.line == path.read_text().split("</sauce>")[0].count("\n") + 1
    assert problem.hint == "correct this line, or save the file again in the program that you translate with"


FILE = b'<xliff>\n<file target-language="fr">\n'


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.xliff", FILE + TRANS_UNIT + b"\n\n" + TRANS_UNIT + b"</file></xliff>", TRANS_UNIT),
        ("a.po", b'msgid ""\nmsgstr "Language: fr\\n"\n\n' + 2 * UNIT, b"/a/"),
        ("a.xliff", b"<?xml version='1.0'?>\n <!DOCTYPE x><xliff/>", b"<!DOCTYPE"),
        ("a.xliff", b"<?xml version='1.0'\nencoding='utf-16'?><xliff/>", b"utf-16"),
        ("a.xliff", FILE + b'<trans-unit id="/no/|title|00000000"><source>A</source></trans-unit>\n</file></xliff>', b"/no/"),
        ("a.xliff", FILE + TRANS_UNIT + b'\n<trans-unit id="/a/|no|00000000"><source>A</source></trans-unit></file></xliff>', b"/a/|no"),
    ],
    ids=["twice", "twice in PO", "document type", "encoding", "other site", "unknown text"],
)  # fmt: skip
def test_what_a_file_may_not_hold_is_reported_at_its_line(
    site: TinySite, name: str, content: bytes, place: bytes
) -> None:
    path = site.root / name
    path.write_bytes(content)

    with pytest.raises(SiteError) as caught:
        import_file(site.root, path)

    assert caught.value.problems[-1].line == content[: content.rindex(place)].count(b"\n") + 1


def test_removed_text_is_reported_by_name(site: TinySite) -> None:
    path = written(site, "po")
    edit(path, 'msgstr "Comment étudier"', 'msgstr "Comment"')
    edit(site.root / "content/a/index.en.md", "summary: How to study\n", "")
    edit(site.root / "content/a/index.fr.md", "summary: 'Comment étudier'\n", "")

    assert refused(site, path) == [("exchange", "the site has no text /a/ summary")]


def moved(site: TinySite, facts: str) -> None:
    """Rename the page /a/ after an export, with some facts more."""
    (site.root / "content/a").rename(site.root / "content/new")
    edit(site.root / "content/new/index.en.md", "order: 1\n", f"order: 1\n{facts}")


@pytest.mark.parametrize("style", STYLES)
def test_texts_of_a_page_that_was_renamed_after_the_export_go_to_it(site: TinySite, style: str) -> None:
    path = written(site, style)
    fill(path, {"/a/|#pay.1": "Très peu."}, done=True)
    moved(site, "aliases: [/a/]\n")

    assert import_file(site.root, path).left_out == ()

    assert "Très peu." in (site.root / "content/new/index.fr.md").read_text(encoding="utf-8")


def test_problem_of_a_page_that_was_renamed_after_the_export_is_reported_at_its_line(site: TinySite) -> None:
    path = written(site, "po")
    fill(path, {"/a/|#apply.0": "Postuler"}, done=True)
    moved(site, "aliases: [/a/]\n")

    with pytest.raises(SiteError) as caught:
        import_file(site.root, path)

    (problem,) = caught.value.problems
    assert problem.message == "/new/ #apply.0: '##' of the source is missing"
    assert "/a/|#apply.0|" in path.read_text(encoding="utf-8").split("\n")[(problem.line or 0) - 1]


def test_texts_of_a_page_that_is_gone_are_left_out_and_the_others_imported(site: TinySite) -> None:
    site.write("content/c/index.en.md", "---\ntitle: Contact\n---\n")
    path = written(site, "po")
    fill(path, {"/c/|title": "Contacts", "/a/|#pay.1": "Très peu."}, done=True)
    moved(site, "")

    (told, *_) = import_file(site.root, path).left_out

    place, _, message = told.partition(": ")
    assert message.startswith(
        "/a/: 8 texts, as the site has no such page; if it was renamed, add '/a/' to the `aliases`"
    )
    assert "/a/|title|" in path.read_text(encoding="utf-8").split("\n")[int(place.rpartition(":")[2]) - 1]
    assert "title: Contacts" in (site.root / "content/c/index.fr.md").read_text(encoding="utf-8")
    edit(site.root / "content/new/index.en.md", "order: 1\n", "order: 1\naliases: [/a/]\n")
    import_file(site.root, path)
    assert "Très peu." in (site.root / "content/new/index.fr.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("style", STYLES)
def test_names_of_a_file_are_told_on_one_line(site: TinySite, style: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Their lines would be commands to a runner of GitHub, `::add-mask::words`."""
    text, end = export(site.root, "fr", style).decode(), "\\n" if style == "po" else "&#10;"
    path = site.root / f"x.{FORMATS[style].ending}"
    path.write_text(text.replace('"/b/|', f'"/zz{end}::stop-commands::t{end}/|'))

    main(["translate", "import", str(path), "--root", str(site.root)])

    told = capsys.readouterr()
    assert "::stop-commands::" in told.out + told.err
    assert "\n::stop-commands::" not in told.out + told.err


def test_long_names_wrapped_by_a_tool_are_read(site: TinySite) -> None:
    path = written(site, "po")
    path.write_text(path.read_text().replace('msgctxt "/', 'msgctxt ""\n"/').replace("Études", "Les études"))

    import_file(site.root, path)

    assert b"title: Les \xc3\xa9tudes\n" in site.inputs()["content/a/index.fr.md"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("end", [b"\r", b"\r\n"], ids=["CR", "CR LF"])
def test_line_ends_of_a_file_may_be_those_of_any_system(site: TinySite, style: str, end: bytes) -> None:
    path = written(site, style)
    path.write_bytes(path.read_bytes().replace("Études".encode(), b"Les cours").replace(b"\n", end))

    import_file(site.root, path)

    assert b"title: Les cours\n" in site.inputs()["content/a/index.fr.md"]


@pytest.mark.parametrize("style", STYLES)
def test_file_without_texts_changes_nothing(site: TinySite, style: str) -> None:
    path = site.root / f"fr.{FORMATS[style].ending}"
    path.write_bytes(export(site.root, "fr", style, only=("none",)))

    assert import_file(site.root, path, "fr").written == ()


def test_huge_file_is_refused_unread(site: TinySite) -> None:
    path = site.root / "huge.po"
    with path.open("wb") as file:
        file.truncate(100_000_000)

    assert refused(site, path) == [("exchange", "the file has 100,000,000 bytes, over 50,000,000")]


@pytest.mark.parametrize("style", STYLES)
def test_truncated_file_changes_nothing_beyond_its_content(site: TinySite, style: str) -> None:
    path = written(site, style)
    content = path.read_bytes()
    before = site.inputs()
    for size in range(0, len(content), 97):
        path.write_bytes(content[:size])
        with contextlib.suppress(SiteError):
            import_file(site.root, path, "fr")
    assert site.inputs() == before


def test_text_that_breaks_its_page_is_refused_with_all_others(site: TinySite) -> None:
    path = written(site, "po")
    edit(path, 'msgstr "Études"', 'msgstr "Les études"')
    edit(path, 'msgstr "## Payer"', 'msgstr "## Payer <u>"')

    told = "/a/ #pay.0: raw HTML '<u>' (it goes to content/a/index.fr.md)"
    assert refused(site, path) == [("html", told)]


def test_placeholder_lost_in_a_message_is_refused(site: TinySite) -> None:
    path = written(site, "po")
    edit(
        path,
        'msgid_plural "%(num)d pages"\nmsgstr[0] ""\nmsgstr[1] ""',
        'msgid_plural "%(num)d pages"\nmsgstr[0] "%(n)d"\nmsgstr[1] "x"',
    )

    assert [code for code, _ in refused(site, path)] == ["catalog-placeholder"] * 2


FAULTS = {
    "a heading": ('msgstr "## Payer"', 'msgstr "## Payer <u>"', "/a/ #pay.0: raw HTML"),
    "a paragraph": ('msgstr "Rien."', 'msgstr "Rien.\\nOu [x](javascript:a)"', "/a/ #pay.1: "),
    "a message": ('msgid "Home"\nmsgstr "Accueil"', 'msgid "Home"\nmsgstr "<b>"', "messages menu: Home: "),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_of_a_page_is_told_at_the_unit_of_the_file_that_it_comes_from(site: TinySite, what: str) -> None:
    path = written(site, "po")
    old, new, told = FAULTS[what]
    edit(path, old, new)

    with pytest.raises(SiteError) as caught:
        import_file(site.root, path)

    (problem,) = caught.value.problems
    (line,) = (number for number, text in enumerate(path.read_text().split("\n")) if text.endswith(new.split("\n")[-1]))
    assert problem.path == str(path)
    assert problem.message.startswith(told)
    assert 0 < line + 1 - (problem.line or 0) <= 3  # the place is that of the unit's name, above its texts


@pytest.mark.parametrize("style", ["po", "xliff", "xliff2"])
def test_a_character_that_was_lost_is_told_at_its_unit(site: TinySite, style: str) -> None:
    (told,) = hostile(site, style, lambda text: text.replace("Souvent.", "Sou\ufffdvent."))

    assert re.match(rf"{site.root}/fr\.\w+:\d+:\d+: error\[exchange\]: /a/ #apply\.2: a character that was lost", told)


@pytest.mark.parametrize("style", ["po", "xliff", "xliff2"])
def test_a_title_stays_on_one_line(site: TinySite, style: str) -> None:
    (told,) = hostile(
        site,
        style,
        lambda text: re.sub(r"([>\"])Études", r"\1Les\\nétudes" if style == "po" else "\\1Les\nétudes", text),
    )

    assert re.match(rf"{site.root}/fr\.\w+:\d+:\d+: error\[exchange\]: /a/ title: a line break", told)


def test_similar_texts_of_the_site_are_offered(site: TinySite) -> None:
    text = written(site, "po", only=("missing",)).read_text()

    assert "#. memory, 82 %: How to study → Comment étudier" in text
    assert "#. memory, 100 %: Nothing. → Rien." in text


def test_previous_source_is_given_with_its_translation(site: TinySite) -> None:
    site.write("content/a/index.en.md", SOURCE)
    git(site.root, "init", "--quiet")
    commit(site.root)
    site.write("content/a/index.en.md", SOURCE.replace("Apply early.", "Apply very early."))

    assert '#| msgid "Apply early."\nmsgctxt' in written(site, "po").read_text().replace("#, fuzzy\n", "")
    xliff = etree.parse(written(site, "xliff"))
    earlier = xliff.xpath("//x:alt-trans/x:source/text()", namespaces={"x": "urn:oasis:names:tc:xliff:document:1.2"})
    assert earlier == ["Apply early."]


@pytest.mark.parametrize(
    "text",
    ["Apply early. " * 12 + "Now.", "Apply\nearly\nnow.", 'Say "now" and "early", ' * 8 + "two  blanks.", "x" * 200, "早些申请" * 60,
     r"Early \* now " * 12 + "end.", "Apply # early " * 12 + "end."],
)  # fmt: skip
def test_previous_source_of_any_length_is_read_by_gettext(site: TinySite, text: str) -> None:
    require("msgcat", shutil.which("msgcat") is not None)
    site.write("content/a/index.en.md", SOURCE.replace("Apply early.", text))
    list(accept(site.root, "/a/", "fr"))
    git(site.root, "init", "--quiet")
    commit(site.root)
    site.write("content/a/index.en.md", SOURCE)

    command = ["msgcat", "--no-wrap", "--to-code=UTF-8", str(written(site, "po"))]
    whole = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    lines = re.search(r"^#\| msgid (.*\n(?:#\| \".*\n)*)", whole, re.MULTILINE)
    assert lines is not None
    assert "".join(ast.literal_eval(line.removeprefix("#| ")) for line in lines[1].splitlines()) == text


def test_unchanged_text_in_a_changed_section_needs_no_work(site: TinySite) -> None:
    site.write("content/a/index.en.md", SOURCE)
    git(site.root, "init", "--quiet")
    commit(site.root)
    site.write("content/a/index.en.md", SOURCE.replace("Apply early.", "Apply very early."))
    path = written(site, "po", only=("stale",))
    assert texts(path) == {"/a/|#apply.1": ("Apply very early.", "Tôt.")}

    edit(path, "#, fuzzy\n", "")
    edit(path, 'msgstr "Tôt."', 'msgstr "Très tôt."')
    import_file(site.root, path)

    page = next(page for page in find_status(site.root).languages[1].pages if page.key == "/a/")
    assert page.state.name == "current"


def test_translation_imported_in_two_steps_is_complete_after_the_second(site: TinySite) -> None:
    path = written(site, "po")
    text = path.read_text()
    first = text.replace('#, fuzzy\nmsgctxt "/a/|#apply.1', 'msgctxt "/a/|#apply.1').replace("Tôt.", "Très tôt.")
    path.write_text(first)
    import_file(site.root, path)
    assert "stale" in [page.state.name for page in find_status(site.root).languages[1].pages]

    path.write_text(first.replace("#, fuzzy\n", ""))
    import_file(site.root, path)

    assert "stale" not in [page.state.name for page in find_status(site.root).languages[1].pages]


def test_commands_export_and_import(site: TinySite, capsys: pytest.CaptureFixture[str]) -> None:
    root = ["--root", str(site.root)]
    path = site.root / "out.xliff"

    assert (
        main(["translate", "export", "fr", "--to", "xliff", "--only", "stale,missing", "--output", str(path), *root])
        == 0
    )
    assert main(["translate", "import", str(path), *root]) == 0
    path.write_bytes(path.read_bytes() + b"<!-- work -->")
    assert main(["translate", "export", "fr", "--to", "xliff", "--output", str(path), *root]) == 1
    assert "the file exists" in capsys.readouterr().err
    assert path.read_bytes().endswith(b"<!-- work -->")
    assert main(["translate", "export", "en", *root]) == 1
    assert "'en' is not a language to translate into" in capsys.readouterr().err


def test_missing_field_and_introduction_of_a_translation_are_inserted(site: TinySite) -> None:
    site.write("content/a/index.fr.md", FRENCH.replace("summary: 'Comment étudier'\n", "").replace("Début.\n\n", ""))
    path = written(site, "po", only=("missing",))
    fill(path, {"/a/|summary": "Comment", "/a/|#": "Début."})

    import_file(site.root, path)

    text = (site.root / "content/a/index.fr.md").read_text()
    assert "summary: Comment\n" in text
    assert re.search(r"\n---\nDébut\.\n\n\n?## Postuler\n", text)


@pytest.mark.parametrize("style", STYLES)
def test_every_state_of_status_can_be_exported_separately(site: TinySite, style: str) -> None:
    site.write("content/a/index.fr.md", FRENCH)
    site.write("content/index.fr.md", "---\ntitle: Accueil\n---\n")
    list(accept(site.root, "/", "fr"))
    path = site.root / f"fr.{FORMATS[style].ending}"
    states = {page.state.name for own in find_status(site.root).languages for page in own.behind} | {"current"}

    found = {}
    for name in states:
        command = ["translate", "export", "fr", "--to", style, "--only", name, "--output", str(path)]
        assert main([*command, "--root", str(site.root)]) == 0
        found[name] = set(texts(path))
        path.unlink()

    assert states == {"missing", "untracked", "current"}
    assert {"/a/|title", "/a/|#apply.1"} <= found["untracked"]
    assert found["current"] == {"/|title", "messages|menu: Home"}


def test_untracked_translation_is_recorded_when_it_is_imported_complete(site: TinySite) -> None:
    site.write("content/a/index.fr.md", FRENCH)
    path = written(site, "po")
    path.write_text(path.read_text().replace("#, fuzzy\n", ""))

    import_file(site.root, path)

    page = next(page for page in find_status(site.root).languages[1].pages if page.key == "/a/")
    assert page.state.name == "current"


# the Center's own site


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> TinySite:
    root = tmp_path_factory.mktemp("center") / "site"
    for folder in ("content", "translations", "templates"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    return TinySite(root)


# hostile files


def hostile(site: TinySite, style: str, change: Callable[[str], str]) -> list[str]:
    """The messages for an exported file that somebody has changed."""
    path = site.root / f"fr.{FORMATS[style].ending}"
    text = export(site.root, "fr", style).decode()
    changed = change(text)
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    before = site.inputs()
    with pytest.raises(SiteError) as told:
        import_file(site.root, path)
    assert site.inputs() == before
    return [str(problem) for problem in told.value.problems]


def in_target(new: str) -> Callable[[str], str]:
    return lambda text: re.sub(r"<target[^>]*>Souvent\.</target>", lambda _: f"<target>{new}</target>", text)


LONG_MARK = "*" * 200_000
AMPLIFIED = {
    "xliff": lambda text: re.sub(
        r"<target[^>]*>Souvent\.</target>", "<target><ph id='1'>" + LONG_MARK + "</ph>" + "<ph id='1'/>" * 2_000 + "</target>", text
    ),
    "xliff2": lambda text: re.sub(
        r"(?s)<segment [^>]*>\s*<source>Apply often.*?</segment>",
        "<segment><source>Apply often.</source><target><ph id='1' dataRef='d1'/></target></segment>" * 2_000, text,
    ).replace("<notes>", f"<originalData><data id='d1'>{LONG_MARK}</data></originalData><notes>"),
}  # fmt: skip


@pytest.mark.parametrize("style", AMPLIFIED)
def test_repeated_mark_does_not_grow_endlessly(site: TinySite, style: str) -> None:
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    (told,) = hostile(site, style, AMPLIFIED[style])

    assert "the text is longer than a page can be" in told
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start < 200_000


@pytest.mark.parametrize("style", ["xliff", "xliff2"])
@pytest.mark.parametrize("name", ["ph", "pc", "trans-unit", "unit"])
def test_elements_within_elements_are_refused_at_a_hundred(site: TinySite, style: str, name: str) -> None:
    (told,) = hostile(site, style, in_target(f"<{name} id='1'>" * 3_000 + f"</{name}>" * 3_000))

    assert "its elements are nested more than 100 deep" in told


@pytest.mark.parametrize("sign", ["\u202e", "\x85", "\u2028", "\x7f"])
@pytest.mark.parametrize("style", ["po", "xliff", "xliff2"])
def test_a_control_character_in_a_translation_is_reported_at_its_unit(site: TinySite, style: str, sign: str) -> None:
    (told,) = hostile(site, style, lambda text: text.replace("Souvent.", f"Sou{sign}vent."))

    assert re.match(rf"{site.root}/fr\.\w+:\d+:\d+: error\[exchange\]: /a/ #apply\.2: a control character U\+", told)


@pytest.mark.parametrize("style", ["po", "xliff", "xliff2"])
def test_text_that_the_next_build_would_refuse_is_reported_at_its_unit(site: TinySite, style: str) -> None:
    (told,) = hostile(site, style, lambda text: text.replace("Souvent.", "Souvent " * 20_000))

    assert re.match(
        rf"{site.root}/fr\.\w+:\d+:\d+: error\[exchange\]: /a/ #apply\.2: a line of 160,000 characters", told
    )


@pytest.mark.parametrize("style", ["po", "xliff", "xliff2"])
def test_text_that_makes_its_page_too_large_is_refused(site: TinySite, style: str) -> None:
    lines = ("mot " * 250 + "mot\n") * 2_400
    (told,) = hostile(
        site, style, lambda text: text.replace("Rien.", lines.replace("\n", "\\n") if style == "po" else lines)
    )

    assert "error[too-large]" in told or "the text is longer than a page can be" in told


def test_long_line_of_a_catalog_is_refused_before_it_is_parsed(site: TinySite) -> None:
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = site.root / "fr.po"
    path.write_bytes(export(site.root, "fr", "po").replace(b'"Souvent."', b'"' + b"a" * 12_000_000 + b'"'))

    ((code, message),) = refused(site, path)

    assert (code, message) == ("too-large", "a line of 12,000,009 characters, over 2,000,000")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start < 200_000


@pytest.mark.parametrize("digits", ["001b", "0000", "zz", "110000", "d800", "", "1f600000000"])
def test_a_character_that_does_not_exist_is_no_crash(site: TinySite, digits: str) -> None:
    path = site.root / "fr.xlf"
    text = export(site.root, "fr", "xliff2").decode()
    path.write_text(text.replace("Souvent.", f"Sou<cp hex='{digits}'/>vent."), encoding="utf-8")

    with pytest.raises(SiteError) as caught:
        import_file(site.root, path)

    (problem,) = caught.value.problems
    assert problem.message.startswith(
        f"/a/ #apply.2: {'a control character' if digits == '001b' else 'a character that was lost'}"
    )
    assert problem.line


def test_units_with_many_empty_texts_are_read_in_proportion_to_their_number(site: TinySite) -> None:
    text = export(site.root, "fr", "xliff").decode()
    path = site.root / "fr.xliff"

    def cost(count: int) -> int:
        own = text.replace("<target", "<alt-trans><source/></alt-trans><source/>" * count + "<target", 1)
        return calls(lambda: FORMATS["xliff"].read(path, own))

    small, middle, large = cost(100), cost(200), cost(400)

    assert large - middle < 2.2 * (middle - small)


@pytest.mark.slow
def test_an_import_that_is_killed_leaves_each_file_whole_and_the_next_completes_it(site: TinySite) -> None:
    kill_import(site, lambda count: [1, count // 2, count - 1, count])


@pytest.mark.soak
def test_an_import_that_is_killed_at_200_moments_leaves_each_file_whole(site: TinySite) -> None:
    kill_import(site, MOMENTS)


def kill_import(site: TinySite, moments: Callable[[int], list[int]]) -> None:
    path = site.root.parent / "fr.xliff"
    path.write_bytes(export(site.root, "fr", "xliff"))
    path.write_text(
        re.sub(
            r"<target[^>]*>([^<]+)</target>", r'<target state="final">\1 !</target>', path.read_text(encoding="utf-8")
        )
    )
    before = site.inputs()
    status, count = run_until(site.root, ["translate", "import", str(path)], 0)
    after = site.inputs()
    assert status == 0
    assert len([name for name in after if after[name] != before.get(name)]) > 1
    for moment in moments(count):
        for name in after:
            (site.root / name).unlink(missing_ok=True)
        for name, content in before.items():
            site.write(name, content)

        status, _ = run_until(site.root, ["translate", "import", str(path)], moment)

        assert status == -signal.SIGKILL
        for name, content in site.inputs().items():
            assert "/.edit-" in name or content in (before.get(name), after.get(name)), name
        assert run_until(site.root, ["translate", "import", str(path)], 0)[0] == 0
        assert {name: content for name, content in site.inputs().items() if "/.edit-" not in name} == after


TRANSLATED = ("zh", "ru", "kk", "ky", "tg", "uz", "be", "hi", "ur", "fa")
#: What is tried of a catalog and of XLIFF, and in a script that has spaces and one that has none; `make soak` tries all.
ALWAYS = {("zh", "po"), ("ur", "xliff2")}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "style"),
    [
        pytest.param(language, style, marks=() if (language, style) in ALWAYS else pytest.mark.soak)
        for language in TRANSLATED
        for style in STYLES
    ],
)
def test_center_survives_export_and_import(copy: TinySite, language: str, style: str) -> None:
    before = copy.inputs()
    path = copy.root / f"{language}.{FORMATS[style].ending}"
    path.write_bytes(export(copy.root, language, style))

    assert import_file(copy.root, path).written == ()
    assert copy.inputs() == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "language", ["ru", *(pytest.param(own, marks=pytest.mark.soak) for own in TRANSLATED if own != "ru")]
)
def test_thirty_texts_that_a_translator_changes_change_and_nothing_else(copy: TinySite, language: str) -> None:
    before = copy.inputs()
    path = copy.root / f"{language}.xliff"
    path.write_bytes(export(copy.root, language, "xliff"))
    found = {
        name: target
        for name, (source, target) in texts(path).items()
        if target and name.startswith("/") and re.search(r"#.*\.[1-9]$", name)
    }
    chosen = random.Random(language).sample(sorted(found), 30)
    try:
        fill(path, {name: found[name] + " Added" for name in chosen})
        import_file(copy.root, path)
        after = copy.inputs()
        added = {name: text.replace(b" Added", b"") for name, text in after.items()}
        assert sum(text.count(b" Added") for text in after.values()) == 30
        assert added == before
    finally:
        for name, content in before.items():
            copy.write(name, content)


@pytest.mark.parametrize("language", sampled(TRANSLATED, ["ur"]))
def test_toolkit_s_filters_find_nothing_wrong(copy: TinySite, language: str) -> None:
    path, bad = copy.root / f"{language}.po", copy.root / f"{language}-bad.po"
    path.write_bytes(export(copy.root, language, "po", only=("stale", "current")))
    names = ("variables", "printf", "xmltags", "emails", "newlines", "escapes", "untranslated")
    filters = [word for name in names for word in ("-t", name)]

    subprocess.run(
        [sys.executable, "-m", "translate.filters.pofilter", *filters, str(path), str(bad)],
        check=True,
        capture_output=True,
    )

    assert not bad.exists() or "msgctxt" not in bad.read_text()


def finish(path: Path) -> None:
    """Mark every text of a file as done."""
    text = path.read_text(encoding="utf-8").replace("#, fuzzy\n", "").replace("needs-adaptation", "translated")
    path.write_text(text, encoding="utf-8")


NOTED = "---\ntitle: A\n---\nOne.[^a]\n\n[^a]: First note.\n\n## Part\n\nTwo.[^b]\n\n```sh\nls -la now\n```\n\n[^b]: Second note,\n    of two lines.\n\n    And two paragraphs.\n"
GLOSSED = "---\ntitle: A\n---\nUn.[^a]\n\n## Partie\n\nDeux.[^b]\n\n```sh\nls -la maintenant\n```\n\n[^b]: Note seconde.\n\n[^a]: Note première.\n"


@pytest.fixture
def noted(make_site: MakeSite) -> TinySite:
    """A page with footnotes, and its translation with them in another order and place."""
    site = make_site({"content/a/index.en.md": NOTED, "content/a/index.fr.md": GLOSSED})
    git(site.root, "init", "--quiet")
    assert run(site.root, "translate", "accept", "/a/", "fr").returncode == 0
    commit(site.root)
    return site


@pytest.mark.parametrize("style", STYLES)
def test_changed_footnote_is_exported_and_imported(noted: TinySite, style: str) -> None:
    edit(noted.root / "content/a/index.en.md", "Second note", "Another note")
    assert find_status(noted.root).of("fr").behind[-1].state.changed == ("#notes",)
    shown = run(noted.root, "translate", "diff", "/a/", "fr").stdout

    path = written(noted, style, only=("stale",))
    source = texts(path)["/a/|#notes.1"][0]
    fill(path, {"/a/|#notes.1": "[^b]: Une autre note."})
    finish(path)
    import_file(noted.root, path)

    assert "[-Second-]{+Another+} note" in shown
    assert source == "[^b]: Another note,\n    of two lines.\n\n    And two paragraphs."
    own = (noted.root / "content/a/index.fr.md").read_text()
    assert "[^b]: Une autre note.\n\n[^a]: Note première.\n" in own
    assert [page.key for page in find_status(noted.root).of("fr").behind] == ["/"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("source", "now", "own", "new"),
    [
        ("One.[^a]\n\n[^a]: Note.\n\nOld.", "One.[^a]\n\n[^a]: Note.", "Un.[^a]\n\n[^a]: Remarque.\n\nVieux.", "One.[^a]\n\n[^a]: Remarque."),
        ("One.[^a]\n\n[^a]: Note.", "One.[^a]\n\n[^a]: Note.\n\nNew.", "Un.[^a]\n\n[^a]: Remarque.", "One.[^a]\n\nNew.\n\n[^a]: Remarque."),
        (
            "One.[^a]\n\n[^a]: Note.\n\n## A\n\nTwo.[^b]\n\n[^b]: Other.\n\n## B\n\nThree.",
            "One.[^a]\n\n[^a]: Note.\n\n## C\n\nFour.[^b]\n\n[^b]: Other.",
            "Un.[^a]\n\n[^a]: Remarque.\n\n## X\n\nDeux.[^b]\n\n[^b]: Autre.\n\n## Y\n\nTrois.",
            "One.[^a]\n\n## C\n\nFour.[^b]\n\n[^a]: Remarque.\n\n[^b]: Autre.",
        ),
    ],
)  # fmt: skip
def test_footnote_between_the_lines_of_a_text_that_is_replaced_stays(
    make_site: MakeSite, style: str, source: str, now: str, own: str, new: str
) -> None:
    front = "---\ntitle: A\n---\n"
    site = make_site({"content/a/index.en.md": f"{front}{source}\n", "content/a/index.fr.md": f"{front}{own}\n"})
    list(accept(site.root, "/a/", "fr"))
    site.write("content/a/index.en.md", f"{front}{now}\n")
    path = written(site, style)
    fill(
        path,
        {name: was for name, (was, _) in texts(path).items() if name.startswith("/a/|#") and "#notes" not in name},
        done=True,
    )
    finish(path)

    import_file(site.root, path)

    assert (site.root / "content/a/index.fr.md").read_text().rpartition("\n---\n")[2] == f"{new}\n"


def test_missing_footnote_of_a_translation_is_exported_and_appended(noted: TinySite) -> None:
    edit(noted.root / "content/a/index.fr.md", "\n[^a]: Note première.\n", "")
    path = written(noted, "po", only=("missing",))

    fill(path, {"/a/|#notes.0": "[^a]: Note nouvelle."})
    import_file(noted.root, path)

    assert (noted.root / "content/a/index.fr.md").read_text().endswith("Note seconde.\n\n[^a]: Note nouvelle.\n")


def test_new_translation_has_the_footnotes_and_the_code_of_its_source(noted: TinySite) -> None:
    (noted.root / "content/a/index.fr.md").unlink()
    path = written(noted, "po", only=("missing",))

    assert not any("ls -la" in source for source, _ in texts(path).values())
    fill(
        path,
        {
            name: re.sub(r"(?<!\^)\w", lambda found: found[0].upper(), source)
            for name, (source, _) in texts(path).items()
        },
    )
    import_file(noted.root, path)

    own = (noted.root / "content/a/index.fr.md").read_text()
    assert "```sh\nls -la now\n```" in own
    assert "[^a]: FIRST NOTE." in own


def test_heading_named_notes_and_footnotes_are_two_parts(make_site: MakeSite) -> None:
    text = "---\ntitle: A\n---\n## Notes\n\nWords.[^1]\n\n[^1]: A note.\n"
    site = make_site({"content/a/index.en.md": text, "content/a/index.fr.md": text.replace("Words", "Mots")})
    run(site.root, "translate", "accept", "/a/", "fr")

    edit(site.root / "content/a/index.en.md", "A note", "Another note")
    assert find_status(site.root).of("fr").behind[-1].state.changed == ("#notes-",)
    edit(site.root / "content/a/index.en.md", "Words", "Other words")
    assert find_status(site.root).of("fr").behind[-1].state.changed == ("#notes", "#notes-")


def test_review_is_set_by_command_and_shown_in_status(noted: TinySite) -> None:
    before = (noted.root / "content/a/index.fr.md").read_bytes()
    assert run(noted.root, "translate", "review", "all", "fr", "--machine").stdout == "content/a/index.fr.md\n"
    assert "fr: 1 of 2 pages are current" in (status := run(noted.root, "translate", "status").stdout)
    assert status.splitlines()[1].endswith(", 1 not reviewed since the machine draft")
    assert "machine draft" in run(noted.root, "translate", "status", "--format", "html").stdout

    assert run(noted.root, "translate", "review", "/a/", "fr", "--human").returncode == 0
    assert run(noted.root, "translate", "status").stdout.splitlines()[1].endswith(", 1 reviewed by a person")
    after = (noted.root / "content/a/index.fr.md").read_bytes()
    assert after == before.replace(b"source:", b"review: human\nsource:")
    assert "nothing to change" in run(noted.root, "translate", "review", "all", "all", "--human").stderr


@pytest.mark.parametrize("style", STYLES)
def test_import_sets_the_review_on_request(noted: TinySite, style: str) -> None:
    path = written(noted, style)
    fill(path, {"/a/|#.1": "Autre.[^a]"})

    import_file(noted.root, path, review="machine")

    assert "\nreview: machine\nsource:" in (noted.root / "content/a/index.fr.md").read_text()


@pytest.mark.parametrize("style", STYLES)
def test_empty_file_is_reported_as_such(noted: TinySite, style: str) -> None:
    path = written(noted, style, only=("missing",))

    done = run(noted.root, "translate", "import", str(path))

    assert (done.returncode, done.stdout) == (0, "")
    assert (
        done.stderr
        == f"nothing to import: {path} has no text that the site lacks; 1 text of its 1 has no translation yet\n"
    )


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("blank", [" ", "\u00a0 "], ids=["space", "no-break space"])
def test_blanks_are_no_translation(site: TinySite, style: str, blank: str) -> None:
    path = written(site, style)
    before = {file: file.read_bytes() for file in (site.root / "content").rglob("*.fr.md")}
    fill(path, dict.fromkeys(stored(path)[1], blank), done=True)

    assert import_file(site.root, path).written == ()
    assert {file: file.read_bytes() for file in before} == before


def test_unit_split_into_sentences_by_a_tool_is_joined_again(noted: TinySite) -> None:
    edit(noted.root / "content/a/index.en.md", "One.[^a]", "One. Two. Three.[^a]")
    (unit,) = re.findall(r'id="(/a/\|#\.1\|\w+)"', written(noted, "xliff", only=("stale",)).read_text())
    path = noted.root / "cut.xliff"
    sentences = [("One. ", "Un. "), ("Two. ", "Deux. "), ("Three.[^a]", "Trois.[^a]")]
    segments = "".join(
        f'<segment state="final"><source xml:space="preserve">{s}</source><target xml:space="preserve">{t}</target></segment>'
        for s, t in sentences[:2]
    )
    segments += f'<ignorable><source></source></ignorable><segment state="final"><source>{sentences[2][0]}</source><target>{sentences[2][1]}</target></segment>'
    path.write_text(
        f'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="fr"><file id="f"><unit id="{unit}">{segments}</unit></file></xliff>'
    )

    import_file(noted.root, path)

    assert "Un. Deux. Trois.[^a]" in (noted.root / "content/a/index.fr.md").read_text()
    assert [page.key for page in find_status(noted.root).of("fr").behind] == ["/"]


SPLIT_1 = """<trans-unit id="{unit}"><source>One. Two.[^a]</source><seg-source><mrk mtype="seg" mid="0">One.</mrk> <mrk mtype="seg" mid="1">Two.</mrk>[^a]</seg-source>
<target state="translated"><mrk mtype="seg" mid="0">Un.</mrk> {rest}[^a]</target></trans-unit>"""
SPLIT_2 = """<unit id="{unit}"><segment state="translated"><source>One.</source><target>Un.</target></segment><ignorable><source> </source></ignorable>
<segment state="initial"><source>Two.[^a]</source>{rest}</segment></unit>"""


@pytest.mark.parametrize(
    ("split", "rest"),
    [
        (SPLIT_2, ""), (SPLIT_2, "<target/>"), (SPLIT_2, "<target> </target>"),
        (SPLIT_1, ""), (SPLIT_1, '<mrk mtype="seg" mid="1"/>'), (SPLIT_1, '<mrk mtype="seg" mid="1"> </mrk>'),
    ],
)  # fmt: skip
def test_unit_of_which_a_tool_has_translated_a_sentence_changes_nothing(noted: TinySite, split: str, rest: str) -> None:
    edit(noted.root / "content/a/index.en.md", "One.[^a]", "One. Two.[^a]")
    (unit,) = re.findall(r'id="(/a/\|#\.1\|\w+)"', written(noted, "xliff", only=("stale",)).read_text())
    translation = noted.root / "content/a/index.fr.md"
    before, path = translation.read_text(), noted.root / "cut.xliff"
    own = split.format(unit=unit, rest=rest)
    version, languages = ("2.0", 'srcLang="en" trgLang="fr"') if split is SPLIT_2 else ("1.2", "")
    about = "" if split is SPLIT_2 else 'source-language="en" target-language="fr" original="/a/" datatype="x"'
    body = own if split is SPLIT_2 else f"<body>{own}</body>"
    path.write_text(
        f'<xliff xmlns="urn:oasis:names:tc:xliff:document:{version}" version="{version}" {languages}>'
        f'<file id="f" {about}>{body}</file></xliff>'
    )

    done = import_file(noted.root, path)

    assert done.written == ()
    assert done.left_out == (f"{path}:1: /a/ #.1: some of its sentences have no translation yet",)
    assert translation.read_text() == before
    path.write_text(
        path.read_text().replace(rest + "[^a]</target>", '<mrk mtype="seg" mid="1">Deux.</mrk>[^a]</target>')
    )
    if split is SPLIT_1:
        import_file(noted.root, path)
        assert "Un. Deux.[^a]" in translation.read_text()


#: What a tool has made of a unit of XLIFF 1.2 or 2 → the translation and whether it is done.
OF_TOOLS = {
    '<segment><source>A. </source><target order="2">a.</target></segment><segment><source>B.</source><target order="1">b. </target></segment>': ("b. a.", False),
    '<segment state="final"><source>A.</source><target order="x">a.</target></segment>': ("a.", True),
    '<source>A.</source><target state="translated">a.</target>': ("a.", True),
    '<source>A.</source><target state="translated" state-qualifier="rejected-grammar">a.</target>': ("a.", False),
    '<x:target xmlns:x="urn:x">x</x:target><source>A.</source><target>a.</target>': ("a.", False),
    '<source>A.</source><target state="final">a<mrk mtype="x-sdl-deleted">aa</mrk><mrk mtype="x-sdl-added">.</mrk></target>': ("a.", True),
}  # fmt: skip


@pytest.mark.parametrize(("unit", "read"), OF_TOOLS.items(), ids=range(len(OF_TOOLS)))
def test_unit_is_read_as_tools_write_it(unit: str, read: tuple[str, bool]) -> None:
    element = ElementTree.fromstring(f'<unit id="a">{unit}</unit>')
    answer = read_unit2(element) or read_unit1(element)

    assert (answer.target, answer.is_done) == read


def test_unit_that_a_tool_has_approved_is_done() -> None:
    element = ElementTree.fromstring(
        '<trans-unit id="a" approved="yes"><source>A</source><target>a</target></trans-unit>'
    )

    assert read_unit1(element).is_done


@pytest.mark.parametrize(
    "date",
    [
        "YEAR-MO-DA HO:MI+ZONE",
        "",
        "2026-11-27",
        "2026-11-27T10:00:00Z",
        "2026-11-27 10:00+01:00",
        "2026-02-31 10:00+0000",
    ],
)
@pytest.mark.parametrize("name", ["POT-Creation-Date", "PO-Revision-Date"])
def test_date_that_a_tool_has_written_keeps_no_translation_out(site: TinySite, name: str, date: str) -> None:
    path = written(site, "po")
    text = re.sub(r'(?m)^"(?:POT-Creation|PO-Revision)-Date.*\n', "", path.read_text(encoding="utf-8"))
    path.write_text(text.replace('"Language:', f'"{name}: {date}\\n"\n"Language:', 1), encoding="utf-8")

    assert import_file(site.root, path).written == ()


@pytest.mark.parametrize("target", ["content", ""])
def test_an_export_does_not_overwrite_a_folder(site: TinySite, target: str) -> None:
    done = run(site.root, "translate", "export", "fr", "--output", target)

    assert (done.returncode, "there is a folder or a device of that name" in done.stderr) == (1, True)


# marks of Markdown

MARKED = (
    "---\ntitle: A *title*\n---\n"
    'See **[the news](/b/ "all of them")** and `code`, :abbr[SCO]{title="the organisation"}.[^1]\n\n'
    "## A _heading_ {#own}\n\n- one **item**\n- two\n\n| a | b |\n|---|---|\n| `c` | d |\n\n[^1]: A *note*.\n"
)


@pytest.fixture
def marked(make_site: MakeSite) -> TinySite:
    pages = {"content/b/index.en.md": "---\ntitle: B\n---\n", "content/index.fr.md": "---\ntitle: Accueil\n---\n"}
    return make_site({"content/a/index.en.md": MARKED, **pages})


def units_of(path: Path) -> tuple[etree._ElementTree, dict[str, tuple[etree._Element, etree._Element]]]:
    """A file, and name → source and target of each text of page /a/ in it."""
    tree = etree.parse(path)
    named = {unit.get("name") or unit.get("id"): unit for unit in tree.iter("{*}trans-unit", "{*}unit")}
    pairs = {name: [next(unit.iter(f"{{*}}{side}")) for side in ("source", "target")] for name, unit in named.items()}
    return tree, {str(name).split("|")[1]: (pair[0], pair[1]) for name, pair in pairs.items() if "/a/|" in str(name)}


def inner(element: etree._Element) -> str:
    """The content of an element, tags included."""
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    return re.sub(
        r' xmlns(:\w+)?="[^"]*"| ctype="[^"]*"| (sub)?[tT]ype="[^"]*"| can\w+="no"',
        "",
        text.partition(">")[2].rpartition("<")[0],
    )


def test_marks_are_in_elements_that_tools_protect(marked: TinySite) -> None:
    path = written(marked, "xliff")

    assert {name: inner(source) for name, (source, _) in units_of(path)[1].items()} == {
        "title": "A *title*",
        "#.1": 'See <bpt id="1">**</bpt><bpt id="2">[</bpt>the news<ept id="2">](/b/ "all of them")</ept><ept id="1">**</ept> and '
        '<ph id="3">`code`</ph>, <bpt id="4">:abbr[</bpt>SCO<ept id="4">]{title="</ept>the organisation<ph id="5">"}</ph>.<ph id="6">[^1]</ph>',
        "#own.0": '<ph id="1">## </ph>A <bpt id="2">_</bpt>heading<ept id="2">_</ept><ph id="3"> {#own}</ph>',
        "#own.1": '<ph id="1">- </ph>one <bpt id="2">**</bpt>item<ept id="2">**</ept><ph id="3">\n- </ph>two',
        "#own.2": '<ph id="1">| </ph>a<ph id="2"> | </ph>b<ph id="3"> |\n|---|---|\n| </ph><ph id="4">`c`</ph><ph id="5"> | </ph>d<ph id="6"> |</ph>',
        "#notes.0": '<ph id="1">[^1]: </ph>A <bpt id="2">*</bpt>note<ept id="2">*</ept>.',
    }


def test_marks_of_xliff_2_are_codes_with_separate_data(marked: TinySite) -> None:
    path = written(marked, "xliff2")

    tree, units = units_of(path)
    (unit,) = units["#.1"][0].iterancestors("{*}unit")
    assert inner(units["#.1"][0]) == (
        'See <pc id="1" dataRefStart="d1" dataRefEnd="d1"><pc id="2" dataRefStart="d2" dataRefEnd="d3">the news</pc></pc> and '
        '<ph id="3" dataRef="d4"/>, <pc id="4" dataRefStart="d5" dataRefEnd="d6">SCO</pc>the organisation<ph id="5" dataRef="d7"/>.'
        '<ph id="6" dataRef="d8"/>'
    )
    assert {own.get("id"): own.text for own in unit.iter("{*}data")} == {
        "d1": "**", "d2": "[", "d3": '](/b/ "all of them")', "d4": "`code`", "d5": ":abbr[", "d6": ']{title="', "d7": '"}', "d8": "[^1]",
    }  # fmt: skip
    link, word = (next(own for own in unit.iter("{*}pc") if own.get("id") == number) for number in ("2", "1"))
    assert (link.get("type"), link.get("canDelete")) == ("link", "no")
    assert (word.get("subType"), word.get("canDelete")) == ("xlf:b", None)
    for unit in tree.iter("{*}unit"):
        known = {own.get("id") for own in unit.iter("{*}data")}
        named = {
            own.get(name) for own in unit.iter("{*}pc", "{*}ph") for name in ("dataRef", "dataRefStart", "dataRefEnd")
        }
        assert named - {None} == known
        assert re.fullmatch(r"[\w.-]+", str(unit.get("id")))
        order = [etree.QName(child).localname for child in unit]
        assert order == sorted(order, key=["matches", "notes", "originalData", "segment"].index)


def test_codes_that_a_tool_has_cut_apart_are_the_marks_again(marked: TinySite) -> None:
    path = written(marked, "xliff2")
    tree, units = units_of(path)
    for source, target in units.values():
        target.text = source.text
        target.extend(deepcopy(child) for child in source)
        (segment,) = target.iterancestors("{*}segment")
        segment.set("state", "translated")
    target = units["#.1"][1]
    (cut,) = (child for child in target if child.get("id") == "4")
    core = "{urn:oasis:names:tc:xliff:document:2.0}"
    start, end = (
        etree.Element(f"{core}sc", id="4", dataRef="d5"),
        etree.Element(f"{core}ec", startRef="4", dataRef="d6"),
    )
    point = etree.SubElement(start, f"{core}mrk", id="m1")
    start.remove(point)
    point.text, point.tail, end.tail = cut.text, None, cut.tail
    target[target.index(cut) : target.index(cut) + 1] = [start, point, end]
    tree.write(path, encoding="utf-8")

    import_file(marked.root, path)

    made = (marked.root / "content/a/index.fr.md").read_text(encoding="utf-8")
    assert made.partition("\n---\n")[2] == MARKED.partition("\n---\n")[2]


def test_xliff_2_has_previous_source_and_notes_too(site: TinySite) -> None:
    site.write("content/a/index.en.md", SOURCE)
    git(site.root, "init", "--quiet")
    commit(site.root)
    site.write("content/a/index.en.md", SOURCE.replace("Apply early.", "Apply very early."))

    tree = etree.parse(written(site, "xliff2"))

    (unit,) = (unit for unit in tree.iter("{*}unit") if str(unit.get("name")).startswith("/a/|#apply.1"))
    (match,) = unit.iter("{urn:oasis:names:tc:xliff:matches:2.0}match")
    (segment,) = unit.iter("{*}segment")
    assert [child.text for child in match] == ["Apply early.", "Tôt."]
    assert match.get("ref") == f"#{segment.get('id')}"
    assert (segment.get("state"), segment.get("subState")) == ("initial", "sitegen:stale")
    assert "https://example.org/fr/a/" in [note.text for note in unit.iter("{*}note")]


@pytest.mark.parametrize("style", ["xliff", "xliff2"])
@pytest.mark.parametrize("is_emptied", [False, True], ids=["whole", "emptied by a tool"])
def test_words_between_marks_may_be_translated_and_moved_and_marks_stay_unchanged(
    marked: TinySite, style: str, is_emptied: bool
) -> None:
    path = written(marked, style)
    tree, units = units_of(path)
    for source, target in units.values():
        target.text = source.text
        (segment,) = (target,) if style == "xliff" else target.iterancestors("{*}segment")
        segment.set("state", "translated")
        target.extend(deepcopy(child) for child in source)
        for child in target.iter("{*}bpt", "{*}ept", "{*}ph", "{*}pc") if is_emptied else ():
            if style == "xliff":
                child.text = None
            for name in ("dataRef", "dataRefStart", "dataRefEnd"):
                child.attrib.pop(name, None)
    tree.write(path, encoding="utf-8")

    import_file(marked.root, path)

    made = (marked.root / "content/a/index.fr.md").read_text(encoding="utf-8")
    assert made.partition("\n---\n")[2] == MARKED.partition("\n---\n")[2]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("#.1", "Voir **les nouvelles** et `code`, :abbr[OCS]{title=\"l'organisation\"}.[^1]", ["'[…](/b/)' of the source is missing"]),
        ("#.1", "Voir **[les nouvelles](/c/)** et `codes`, OCS.", ["'[…](/b/)' of the source is missing", "'`code`' of the source is missing", "':abbr[…]' of the source is missing", "'[^1]' of the source is missing"]),
        ("#own.0", "Un _titre_", ["'##' of the source is missing"]),
        ("#own.0", "## ## Un titre", ["'##' has no counterpart"]),
        ("#own.1", "- un **élément\n- deux", ["'**' has no counterpart"]),
        ("#own.2", "| a | b |\n|---|---|\n| `c` `c` | d |", ["'`c`' occurs more often than in the source"]),
        ("#own.1", "- un élément\n- deux", []),
        ("#notes.0", "[^1]: Une note, **enfin**.", []),
    ],
    ids=["link", "all", "heading", "doubled heading", "half of a pair", "twice", "without emphasis", "with another emphasis"],
)  # fmt: skip
@pytest.mark.parametrize("style", STYLES)
def test_broken_mark_is_reported_at_its_position_in_the_file(
    marked: TinySite, style: str, name: str, text: str, told: list[str]
) -> None:
    path = written(marked, style)
    fill(path, {f"/a/|{name}": text})
    if not told:
        import_file(marked.root, path)
        return

    with pytest.raises(SiteError) as caught:
        import_file(marked.root, path)

    problems = caught.value.problems
    assert sorted(problem.message for problem in problems) == sorted(f"/a/ {name}: {part}" for part in told)
    lines = path.read_text(encoding="utf-8").split("\n")
    assert all(f"/a/|{name}|" in lines[(problem.line or 0) - 1] for problem in problems)


def test_mark_that_a_translation_already_lacked_may_stay_absent(marked: TinySite) -> None:
    french = MARKED.replace("`code`", "le code").replace("one", "un")
    marked.write("content/a/index.fr.md", french)
    path = written(marked, "xliff")
    fill(path, {"/a/|#.1": french.split("\n")[3].replace("See", "Voir")})

    import_file(marked.root, path)

    assert "Voir **[the news]" in (marked.root / "content/a/index.fr.md").read_text(encoding="utf-8")


def test_language_named_by_its_tag_is_reported_with_its_path(make_site: MakeSite) -> None:
    site = make_site(site=SITE.replace("{tag: fr}", "{tag: sr-Cyrl, path: sr-cyrl}").replace(", fr: Site", ""))

    with pytest.raises(SiteError) as caught:
        export(site.root, "sr-Cyrl", "po")
    assert caught.value.problems[0].hint == "did you mean 'sr-cyrl'?"
    assert "did you mean 'sr-cyrl'?" in site.told(languages=("sr-Cyrl",))


def test_braces_of_a_block_are_no_placeholders_to_a_translation_program(make_site: MakeSite) -> None:
    text = "---\ntitle: A\n---\n## One\n\nSee {here}.\n"
    site = make_site({"content/a/index.en.md": text})

    content = export(site.root, "fr", "po").decode()
    assert "See {here}." in content
    assert "brace-format" not in content


@pytest.mark.parametrize("style", STYLES)
def test_texts_of_a_map_are_translated_by_their_keys(make_site: MakeSite, style: str) -> None:
    site = make_site(
        {
            "content/a/index.en.md": "---\ntitle: A\nnames: {mon: Monday, tue: Tuesday}\n---\n",
            "content/a/index.fr.md": "---\ntitle: A\nnames: {mon: Lundi, tue: Tuesday}\n---\n",
        },
        kinds="page:\n  template: page.html\n  words:\n    names: {type: map}\n",
    )
    path = written(site, style)
    assert texts(path)["/a/|names.mon"] == ("Monday", "Lundi")
    fill(path, {"/a/|names.tue": "Mardi"})

    import_file(site.root, path)

    assert "names: {mon: Lundi, tue: Mardi}" in site.inputs()["content/a/index.fr.md"].decode()
