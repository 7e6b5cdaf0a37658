"""Every error of an import, in every format, names the file, the line, the code and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest
from conftest import MakeSite, TinySite

from sitegen.problems.problem import Problem, SiteError
from sitegen.translation.exchange import MOST_BYTES, export, import_file
from sitegen.translation.exchange_formats import FORMATS
from sitegen.translation.texts import names_in

STYLES = ("po", "xliff", "xliff2")
CATALOG = "translations/fr/LC_MESSAGES/messages.po"
HEADER = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'
MESSAGES = (
    '\nmsgid "%(num)d page"\nmsgid_plural "%(num)d pages"\nmsgstr[0] "%(num)d page"\nmsgstr[1] "%(num)d pages"\n'
    '\nmsgid ""\n"Say \\"yes\\"\\n"\n"& <b>no</b>"\nmsgstr "Dire <b>non</b>"\n'
)


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    """A page with a mark in its text and its translation, and two messages, one of two lines with quotes."""
    return make_site(
        {
            "content/a/index.en.md": "---\ntitle: Study\n---\nSee `code` now.\n\n## Pay\n\nNothing.\n",
            "content/a/index.fr.md": "---\ntitle: Études\n---\nVoir `code` là.\n\n## Payer\n\nRien.\n",
            "translations/messages.pot": HEADER + re.sub(r'(msgstr\S*) ".*"', r'\1 ""', MESSAGES),
            CATALOG: HEADER + MESSAGES,
        }
    )


#: Changes the text of an export in a style.
Change = Callable[[str, str], str]


def swapped(old: str, new: str) -> Change:
    """Change a translation to another text, written as the format writes it."""

    def change(style: str, text: str) -> str:
        as_xml = new.replace("<", "&lt;").replace("\n", "&#10;").replace("\r", "&#13;")
        as_po = new.replace("\n", "\\n").replace("\r", "\\r")
        return text.replace(old, as_po if style == "po" else as_xml)

    return change


def headed(po: tuple[str, str], xml: tuple[str, str]) -> Change:
    """Change what a file says at its beginning, in each family of formats."""
    return lambda style, text: re.sub(*(po if style == "po" else xml), text)


def with_unit(own: str) -> Change:
    """Add a unit of a name at the end."""

    def change(style: str, text: str) -> str:
        if style == "po":
            return f'{text}\nmsgctxt "{own}"\nmsgid "x"\nmsgstr "y"\n'
        one = {
            "xliff": f'<trans-unit id="{own}"><source>x</source><target>y</target></trans-unit>\n</body>',
            "xliff2": f'<unit id="u99" name="{own}"><segment><source>x</source><target>y</target></segment></unit>\n</file>',
        }[style]
        end = "</body>" if style == "xliff" else "</file>"
        head, _, tail = text.rpartition(end)
        return f"{head}\n{one}{tail}"

    return change


def again(style: str, text: str) -> str:
    """Repeat the unit of a title."""
    (own,) = set(re.findall(r"/a/\|title\|\w{8}", text))
    return with_unit(own)(style, text)


def in_target(new: str) -> Change:
    return lambda style, text: re.sub(r"(<target[^>]*>)Rien\.(?=</target>)", lambda own: own[1] + new, text)


def only_units_of(page: str) -> Change:
    """Rename each page, so that the file seems to be another site's."""
    return lambda style, text: text.replace("/a/|", f"{page}|").replace("messages|", f"{page}|m")


def long_marks(style: str, text: str) -> str:
    if style == "xliff":
        return in_target("<ph id='1'>" + "*" * 200_000 + "</ph>" + "<ph id='1'/>" * 2_000)(style, text)
    segments = "<segment><source>a</source><target><ph id='1' dataRef='d1'/></target></segment>" * 300
    data = f"<originalData><data id='d1'>{'*' * 200_000}</data></originalData>"
    one = re.compile(r'(<unit [^>]*name="/a/\|#pay\.1\|[^>]*>).*?(?=</unit>)', re.DOTALL)
    return one.sub(lambda own: f"{own[1]}{data}{segments}", text)


ALL, XML, PO, NEW = STYLES, ("xliff", "xliff2"), ("po",), "/a/|#pay.1|"
#: Fault → formats, code, text in the line where it is, and how it comes into the file.
FAULTS: dict[str, tuple[tuple[str, ...], str, str, Change]] = {
    "not an export": (ALL, "exchange", "hello", lambda style, text: "hello"),
    "empty": (ALL, "exchange", "", lambda style, text: "\n"),
    "broken": (ALL, "catalog-syntax exchange", "sauce", headed((r'msgstr "Rien."', "msgsauce"), ("Rien[.]</target>", "</sauce>"))),
    "another language": (ALL, "unknown-language", '"?de', headed(("Language: fr", "Language: de"), (r'(target-language|trgLang)="fr"', r'\1="de"'))),
    "no language": (ALL, "exchange", "", headed((r'"Language: fr\\n"\n', ""), (r' (target-language|trgLang)="fr"', ""))),
    "two languages": (XML, "exchange", "be-Latn", headed(("", ""), ("</(body|file)>", r"<note target-language='be-Latn'/></\1>"))),
    "units of another name": (XML, "exchange", "xml", headed(("", ""), (r"<(/?)(?:trans-)?unit\b", r"<\1segments"))),
    "another format of XML": (XML, "exchange", "<html", headed(("", ""), (r"<(/?)xliff", r"<\1html"))),
    "texts without names": (PO, "exchange", 'msgid "Nothing."', headed((r'msgctxt ".*#pay\.1.*\n', ""), ("", ""))),
    "an obsolete text": (PO, "exchange", '#~ msgid "Nothing."', headed((r'(?m)^(msg.*#pay\.1.*)\n(.*)\n(.*)$', r"#~ \1\n#~ \2\n#~ \3"), ("", ""))),
    "a document type": (XML, "exchange", "DOCTYPE", headed(("", ""), (r"(<\?xml.*\?>)", r"\1\n<!DOCTYPE x>"))),
    "another encoding": (XML, "exchange", "latin-2", headed(("", ""), (r'encoding="utf-8"', 'encoding="latin-2"'))),
    "deep": (XML, "exchange", NEW, in_target("<ph id='1'>" * 200 + "</ph>" * 200)),
    "long marks": (XML, "exchange", NEW, long_marks),
    "twice": (ALL, "exchange", "/a/|title|", again),
    "another site": (ALL, "exchange", "/zzz/|", only_units_of("/zzz/")),
    "an unknown text": (ALL, "exchange", "/a/|no|", with_unit("/a/|no|00000000")),
    "a text of before": (ALL, "exchange", "|f0000000", lambda style, text: re.sub(r"(/a/\|#pay\.1\|)\w{8}", r"\1f0000000", text).replace("Rien.", "Peu.")),
    "another source": (ALL, "exchange", NEW, swapped("Nothing.", "Anything.")),
    "a control character": (ALL, "exchange", NEW, swapped("Rien.", "Ri\u202een.")),
    "several translations": (PO, "exchange", NEW, swapped("Rien.", "#-#-#-#-#  a.po  #-#-#-#-#\\nRien.\\n#-#-#-#-#  b.po  #-#-#-#-#\\nNéant.")),
    "a lost character": (ALL, "exchange", NEW, swapped("Rien.", "Ri\ufffden.")),
    "a long line": (ALL, "exchange", NEW, swapped("Rien.", "Rien " * 30_000)),
    "a line break": (ALL, "exchange", "/a/|title|", swapped("Études", "Les\nétudes")),
    "a carriage return": (ALL, "exchange", "/a/|title|", swapped("Études", "Les\rétudes")),
    "raw HTML": (ALL, "html", NEW, swapped("Rien.", "Rien <u>du</u> tout.")),
    "a block without what it must have": (ALL, "required", NEW, swapped("Rien.", "Rien :abbr[de].")),
    "a script": (ALL, "dead-link url", NEW, swapped("Rien.", "[Rien](javascript:a)")),
    "an address that is none": (ALL, "dead-link url", NEW, swapped("Rien.", "[Rien](https:x)")),
    "a stray mark": (ALL, "exchange", NEW, swapped("Rien.", "**Rien.")),
    "a comment alone": (ALL, "exchange", NEW, swapped("Rien.", "<!-- Rien. -->")),
    "a rule alone": (ALL, "exchange", NEW, swapped("Rien.", "---")),
    "a lost mark": (ALL, "exchange", "/a/|#.1|", lambda style, text: re.sub(r"Voir .*? là\.", "Voir le code.", text, flags=re.DOTALL)),
    "a lost placeholder": (ALL, "catalog-placeholder", "messages|%(num)d page|", lambda style, text: re.sub(r'(msgstr\[1\] "|<target[^>]*>)%\(num\)d pages', r"\1pages", text)),
    "a tag in a message": (ALL, "catalog-tags catalog-placeholder", r'Say .*yes|no</b>\||msgctxt ""$', lambda style, text: text.replace("Dire <b>", "Dire <i>").replace("Dire &lt;b", "Dire &lt;i")),
    "plural forms of a text without": (PO, "exchange", NEW, headed((r'msgid "Nothing\."\nmsgstr "Rien\."', r'msgid "Nothing."\nmsgid_plural "Nothing."\nmsgstr[0] "Rien"\nmsgstr[1] "Riens"'), ("", ""))),
    "a number of plural forms to be filled in": (PO, "catalog-syntax", "nplurals=INTEGER", headed((r"nplurals=2", "nplurals=INTEGER"), ("", ""))),
    "too many plural forms": (PO, "catalog-syntax", "nplurals=99", headed((r"nplurals=2", "nplurals=99"), ("", ""))),
    "lines in another order": (PO, "catalog-syntax", "msgid_plural", headed((r'(msgid_plural .*\n)', r"\1\1"), ("", ""))),
    "a huge line": (PO, "too-large", "aaaa", swapped("Rien.", "a" * 2_100_000)),
}  # fmt: skip


def refused(path: Path, site: TinySite, language: str = "") -> tuple[Problem, ...]:
    before = site.inputs()
    with pytest.raises(SiteError) as caught:
        import_file(site.root, path, language)
    assert site.inputs() == before
    return tuple(caught.value.problems)


@pytest.mark.parametrize("blank", ["", " ", "\u200b", "\u2060\ufeff"])
def test_translation_that_nobody_sees_is_none(site: TinySite, blank: str) -> None:
    path = site.root / "fr.po"
    text = export(site.root, "fr", "po").decode()
    path.write_text(text.replace('"Rien."', f'"{blank}"'), encoding="utf-8")
    before = text.count('msgstr ""\n\n')

    done = import_file(site.root, path)

    assert (done.written, done.empty) == ((), before + 1)


@pytest.mark.parametrize(
    ("fault", "style"), [(name, style) for name, (styles, *_) in FAULTS.items() for style in styles]
)
def test_an_error_names_file_line_code_and_a_way_out(site: TinySite, fault: str, style: str) -> None:
    _, codes, token, change = FAULTS[fault]
    path = site.root / f"fr.{FORMATS[style].ending}"
    text = export(site.root, "fr", style).decode()
    changed = change(style, text)
    assert changed != text
    path.write_text(changed, encoding="utf-8")

    problems = refused(path, site)

    lines = changed.split("\n")
    for problem in problems:
        assert problem.path == str(path)
        assert problem.code in codes.split()
        assert problem.hint
        assert problem.column
    found = [lines[problem.line - 1] for problem in problems if problem.line]
    assert len(found) == len(problems)
    assert all(token in line or re.search(token, line) for line in found), [line[:200] for line in found]


@pytest.mark.parametrize("style", STYLES)
def test_untouched_file_of_another_site_with_the_same_pages_is_reported(
    make_site: MakeSite, site: TinySite, style: str
) -> None:
    path = site.root / f"fr.{FORMATS[style].ending}"
    path.write_bytes(export(site.root, "fr", style))
    import_file(site.root, path)
    site.write("content/a/index.en.md", "---\ntitle: Else\n---\nAll.\n\n## Is\n\nAnother.\n")
    site.write("content/a/index.fr.md", "---\ntitle: Autre\n---\nTout.\n\n## Est\n\nAutre.\n")
    (site.root / CATALOG).unlink()
    (site.root / "translations/messages.pot").unlink()

    (problem,) = refused(path, site)

    assert (problem.path, problem.code) == (str(path), "exchange")
    assert "this site" in problem.message or "none of the" in problem.message


@pytest.mark.parametrize("style", XML)
def test_new_page_without_a_finished_text_is_named(site: TinySite, style: str) -> None:
    (site.root / "content/a/index.fr.md").unlink()
    (site.root / CATALOG).unlink()
    (site.root / "translations/messages.pot").unlink()
    path = site.root / f"fr.{FORMATS[style].ending}"
    site.write("content/a/index.en.md", "---\ntitle: Study\n---\n")
    text = export(site.root, "fr", style).decode()
    path.write_text(re.sub(r"<target[^>]*/>", "<target>Études</target>", text), encoding="utf-8")

    done = import_file(site.root, path)

    assert "/a/: none of its texts is marked as translated" in done.left_out
    assert done.written == ()


@pytest.mark.parametrize("style", STYLES)
def test_an_error_before_the_texts_are_read_names_file_and_line_too(site: TinySite, style: str) -> None:
    path = site.root / f"fr.{FORMATS[style].ending}"
    path.write_bytes(export(site.root, "fr", style))
    text = path.read_text(encoding="utf-8")
    (site.root / CATALOG).unlink()
    path.write_text(text.replace("Dire ", "Disons "), encoding="utf-8")
    found = {"no catalog": refused(path, site)}
    site.write(CATALOG, HEADER + MESSAGES)
    other = (
        text.replace("Language: fr", "Language: de")
        .replace('anguage="fr"', 'anguage="de"')
        .replace('trgLang="fr"', 'trgLang="de"')
    )
    path.write_text(other, encoding="utf-8")
    found["another language"] = refused(path, site, "fr")
    path.write_bytes(text.encode("latin-1", "xmlcharrefreplace").replace(b"tudes", b"tud\xe9s"))
    found["another encoding"] = refused(path, site)
    named = path.with_suffix(".txt")
    named.write_text(text, encoding="utf-8")
    found["another ending"] = refused(named, site)
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    found["large"] = refused(path, site)
    path.unlink()

    (absent,) = refused(path, site)

    assert (absent.path, absent.line, absent.code, bool(absent.hint)) == (str(path), None, "exchange", True)
    lines = {name: problem.line for name, (problem,) in found.items()}
    begins = [
        number
        for number, line in enumerate(text.split("\n"), 1)
        if "Say" in line or line == 'msgctxt ""' or "no</b>|" in line or "no&lt;/b&gt;|" in line
    ]
    assert lines["no catalog"] in begins
    assert re.search('[: "]de', other.split("\n")[(lines["another language"] or 0) - 1])
    assert "tudes" in text.split("\n")[(lines["another encoding"] or 0) - 1]
    assert (lines["another ending"], lines["large"]) == (1, 1)
    assert all(problem.hint and problem.code in ("exchange", "missing-message") for (problem,) in found.values())


def test_each_of_many_errors_has_its_line_in_a_file_whose_names_a_tool_has_wrapped(
    site: TinySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names are looked for in one pass: once for each error took the square of the file."""
    path = site.root / "fr.po"
    head = "# import with `sitegen translate import`\n" + HEADER
    units = (f'\nmsgctxt ""\n"/a/|title|{n:04x}"\n"{n:04x}"\nmsgid "x"\nmsgstr "y"\n' for n in range(300))
    path.write_text(head + "".join(units), encoding="utf-8")
    search = Mock(side_effect=names_in)
    monkeypatch.setattr("sitegen.translation.texts.names_in", search)

    problems = refused(path, site)

    first = head.count("\n") + 2
    assert [problem.line for problem in problems] == [first + 6 * n for n in range(300)]
    assert search.call_count == 1
