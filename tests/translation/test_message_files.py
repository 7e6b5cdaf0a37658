"""Messages of templates are extracted and catalogs updated: nothing is lost, and nothing is duplicated."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import SITE, MakeSite, TinySite
from published import require

from sitegen.problems.problem import SiteError
from sitegen.source import limits
from sitegen.translation.exchange import export, import_file
from sitegen.translation.message_files import extract, update

TEMPLATES = {
    "templates/page.html": (
        "{# Translators: on the front page #}\n{{ _('Home') }} {{ ngettext('%(num)d page', '%(num)d pages', 2) }}\n"
        "{{ pgettext('menu', 'Open') }} {% trans name=page.title %}\n  By\n  %(name)s{% endtrans %}"
    ).replace("%(name)s", "{{ name }}"),
}


KINDS = "page:\n  template: page.html\n  facts:\n    state: {type: choice, of: [open, in-progress]}\n"


POT = "translations/messages.pot"


PO = "translations/fr/LC_MESSAGES/messages.po"


DATED = re.compile(r"\d{4}-\d\d-\d\d|Babel|POT-Creation|Revision")


@pytest.fixture
def worded(make_site: MakeSite) -> TinySite:
    """A site whose templates and choices have messages."""
    return make_site(TEMPLATES, kinds=KINDS)


def read(site: TinySite, path: str) -> str:
    return (site.root / path).read_text(encoding="utf-8")


def test_extract_finds_messages_contexts_plurals_notes_and_labels(worded: TinySite) -> None:
    assert extract(worded.root) == POT

    text = read(worded, POT)
    for message in (
        'msgid "Home"', 'msgid "%(num)d page"\nmsgid_plural "%(num)d pages"', 'msgctxt "menu"\nmsgid "Open"',
        'msgctxt "choice"\nmsgid "Open"', 'msgctxt "choice"\nmsgid "In progress"', 'msgid "By %(name)s"',
    ):  # fmt: skip
        assert message in text
    assert "on the front page" in text
    assert "#: templates/page.html\n" in text


def test_extract_and_update_are_reproducible(worded: TinySite) -> None:
    extract(worded.root)
    assert list(update(worded.root)) == [PO]
    before = worded.inputs()

    extract(worded.root)
    assert list(update(worded.root)) == []

    assert worded.inputs() == before
    assert not DATED.search(read(worded, POT) + read(worded, PO))


@pytest.mark.parametrize("tag", ["ru", "kk", "zh-Hans", "fa", "hi", "tg", "ur", "uz"])
def test_catalog_of_every_plural_rule_is_stable_under_update(make_site: MakeSite, tag: str) -> None:
    site = make_site(TEMPLATES, site=SITE.replace("{tag: fr}", f"{{tag: {tag}}}").replace(", fr: Site", ""))
    extract(site.root)
    list(update(site.root))
    before = site.inputs()

    again = list(update(site.root))

    assert again == []
    assert site.inputs() == before
    text = read(site, f"translations/{tag.replace('-', '_')}/LC_MESSAGES/messages.po")
    forms = re.search(r"nplurals=(\d)", text)
    assert forms
    assert len(re.findall(r"^msgstr\[\d\]", text, re.MULTILINE)) == int(forms[1])


def test_update_keeps_every_translation_and_adds_what_is_new(worded: TinySite) -> None:
    extract(worded.root)
    list(update(worded.root))
    filled = read(worded, PO).replace('msgid "Home"\nmsgstr ""', 'msgid "Home"\nmsgstr "Accueil"')
    filled = filled.replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "%(num)d page"\nmsgstr[1] "%(num)d pages"')
    filled = filled.replace('msgid "In progress"', '# my note\n#, fuzzy\nmsgid "In progress"')
    worded.write(PO, filled)

    worded.write("templates/other.html", "{{ _('Read on') }}")
    extract(worded.root)
    assert list(update(worded.root, ("fr",))) == [PO]

    text = read(worded, PO)
    assert 'msgid "Home"\nmsgstr "Accueil"' in text
    assert 'msgstr[0] "%(num)d page"\nmsgstr[1] "%(num)d pages"' in text
    assert 'msgid "Read on"\nmsgstr ""' in text


def test_update_keeps_what_translators_wrote_above_their_catalog(worded: TinySite) -> None:
    extract(worded.root)
    list(update(worded.root))
    plain = read(worded, PO)
    credit = "# Traduit par Ana Ruiz, 2026.\n#Licence CC BY 4.0, PROJECT YEAR, VERSION, ORGANIZATION.\n"
    fields = '"Last-Translator: Ana Ruiz <ana@example.org>\\n"\n"Language-Team: Les Amis <amis@example.org>\\n"\n'
    filled = plain.replace('msgid ""\n', f'{credit}msgid ""\n', 1).replace(
        '"MIME', f'{fields}"PO-Revision-Date: 2026-01-02 03:04+0000\\n"\n"MIME', 1
    )
    worded.write(PO, filled)

    list(update(worded.root))

    text = read(worded, PO)
    assert text.startswith(f"# Français messages of the templates.\n{credit}msgid")
    assert '"Last-Translator: Ana Ruiz <ana@example.org>\\n"' in text
    assert '"Language-Team: Les Amis <amis@example.org>\\n"' in text
    assert not DATED.search(text.replace("Ruiz, 2026.", ""))
    assert list(update(worded.root)) == []


def test_update_keeps_the_translation_of_a_removed_message(worded: TinySite) -> None:
    extract(worded.root)
    list(update(worded.root))
    worded.write(PO, read(worded, PO).replace('msgid "Home"\nmsgstr ""', 'msgid "Home"\nmsgstr "Accueil"'))

    worded.write("templates/page.html", "{{ _('House') }}")
    extract(worded.root)
    list(update(worded.root))

    text = read(worded, PO)
    assert '#~ msgid "Home"\n#~ msgstr "Accueil"' in text
    assert 'msgid "House"\nmsgstr ""' in text


@pytest.mark.parametrize("is_there", [False, True], ids=["gone", "there without a translation"])
def test_update_restores_the_translation_of_a_message_that_is_back(worded: TinySite, is_there: bool) -> None:
    extract(worded.root)
    list(update(worded.root))
    filled = read(worded, PO).replace('msgid "Home"\nmsgstr ""', '# my note\nmsgid "Home"\nmsgstr "Accueil"')
    filled = filled.replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "%(num)d page"\nmsgstr[1] "%(num)d pages"')
    worded.write(PO, filled)
    page = (worded.root / "templates/page.html").read_text(encoding="utf-8")
    worded.write("templates/page.html", "{{ _('House') }}")
    extract(worded.root)
    list(update(worded.root))
    if is_there:
        worded.write(PO, read(worded, PO) + '\nmsgid "Home"\nmsgstr ""\n')

    worded.write("templates/page.html", page)
    extract(worded.root)
    list(update(worded.root))

    text = read(worded, PO)
    assert 'msgid "Home"\nmsgstr "Accueil"' in text
    assert 'msgstr[0] "%(num)d page"\nmsgstr[1] "%(num)d pages"' in text
    assert "#~" not in text  # "House" was never translated: nothing of it is worth keeping


def written(site: TinySite, template: str) -> str:
    """The catalog after a change of the template."""
    site.write("templates/page.html", template)
    extract(site.root)
    list(update(site.root))
    return read(site, PO)


@pytest.mark.parametrize("is_between_gone", [False, True], ids=["", "gone between"])
def test_update_keeps_all_forms_of_a_message_that_has_no_plural_for_a_while(
    worded: TinySite, is_between_gone: bool
) -> None:
    plural, single = "{{ ngettext('Open', '%(num)d open', 2) }}", "{{ _('Open') }}"
    forms = 'msgid "Open"\nmsgid_plural "%(num)d open"\nmsgstr[0] "Ouvert"\nmsgstr[1] "%(num)d ouverts"'
    one = 'msgid "Open"\nmsgstr "Ouvrez"'
    worded.write(
        PO, written(worded, plural).replace('[0] ""', '[0] "Ouvert"').replace('[1] ""', '[1] "%(num)d ouverts"')
    )

    now = written(worded, single)
    assert 'msgid "Open"\nmsgstr ""' in now
    assert forms.replace("msg", "#~ msg") in now
    worded.write(PO, now.replace('msgid "Open"\nmsgstr ""', one))
    if is_between_gone:
        now = written(worded, "{{ _('House') }}")
        assert forms.replace("msg", "#~ msg") in now
        assert one.replace("msg", "#~ msg") in now
    now = written(worded, plural)
    assert f"\n{forms}" in now
    assert one.replace("msg", "#~ msg") in now
    assert one in written(worded, single)


#: Translations of a message that is gone: two that are right, one of them with the same words as another, and others.
OLD, NEW, SAME = (f'# {note}\nmsgid "Gone"\nmsgstr "{text}"\n' for note, text in (("a", "1"), ("b", "2"), ("c", "1")))
FUZZY, EMPTY = '# d\n#, fuzzy\n#| msgid "Go"\nmsgid "Gone"\nmsgstr "3"\n', '# e\nmsgid "Gone"\nmsgstr ""\n'


def obsolete(entry: str) -> str:
    return entry.replace("\nmsg", "\n#~ msg").replace("\n#|", "\n#~|")


@pytest.mark.parametrize(
    ("gone", "back"),
    [
        ((OLD, NEW), NEW),
        ((NEW, OLD), OLD),
        ((OLD, SAME), SAME),
        ((OLD, FUZZY), OLD),
        ((FUZZY, OLD), OLD),
        ((FUZZY, EMPTY), FUZZY),
    ],
    ids=["old new", "new old", "old same", "old fuzzy", "fuzzy old", "fuzzy empty"],
)
def test_last_translation_that_is_right_comes_back_with_its_notes_and_others_stay(
    worded: TinySite, gone: tuple[str, ...], back: str
) -> None:
    now = written(worded, "{{ _('Open') }}")
    worded.write(PO, "\n".join([now, *map(obsolete, gone)]))
    others = [obsolete(entry) for entry in gone if entry not in (back, EMPTY)]

    now = written(worded, "{{ _('House') }}")
    assert all(entry in now for entry in (obsolete(back), *others))

    place = "#: templates/page.html\n"
    now = written(worded, "{{ _('Gone') }}").replace(place, "")
    assert f"\n\n{back}" in now
    assert all(entry in now for entry in others)
    assert now.count("Gone") == 1 + len(others)


def test_translation_that_was_live_last_comes_back(worded: TinySite) -> None:
    now = written(worded, "{{ _('Gone') }}")
    live = now.replace('msgid "Gone"\nmsgstr ""', 'msgid "Gone"\nmsgstr "1"')
    for known in ("1", "2", "0"):  # as branches leave them
        live += f'\n#~ msgid "Gone"\n#~ msgstr "{known}"\n'
    worded.write(PO, live)

    written(worded, "{{ _('House') }}")

    assert 'msgid "Gone"\nmsgstr "1"' in written(worded, "{{ _('Gone') }}")


def test_notes_of_a_message_stay_as_they_are_when_its_plural_reads_otherwise(worded: TinySite) -> None:
    now = written(worded, "{{ ngettext('Open', '%(num)d open', 2) }}")
    notes = "# once\n#   indented\n# once\n"
    entry = f"{notes}\\g<0>"
    now = re.sub(r'(#: .*\n)?(#, .*\n)?msgid "Open"\nmsgid_plural', entry, now)
    worded.write(PO, now.replace('[0] ""', '[0] "Ouvert"').replace('[1] ""', '[1] "%(num)d ouverts"'))

    assert notes in written(worded, "{{ ngettext('Open', '%(num)d are open', 2) }}")


def test_update_questions_the_forms_of_a_plural_that_reads_otherwise_now(worded: TinySite) -> None:
    now = written(worded, "{{ ngettext('Open', '%(num)d open', 2) }}")
    worded.write(PO, now.replace('[0] ""', '[0] "Ouvert"').replace('[1] ""', '[1] "%(num)d ouverts"'))

    now = written(worded, "{{ ngettext('Open', '%(num)d are open', 2) }}")

    assert '#, fuzzy, python-format\n#| msgid "Open"\n#| msgid_plural "%(num)d open"\nmsgid "Open"' in now
    assert 'msgid_plural "%(num)d are open"\nmsgstr[0] "Ouvert"\nmsgstr[1] "%(num)d ouverts"' in now
    assert written(worded, "{{ ngettext('Open', '%(num)d are open', 2) }}") == now


def test_site_builds_with_an_updated_catalog(worded: TinySite) -> None:
    extract(worded.root)
    list(update(worded.root))
    worded.write(PO, read(worded, PO).replace('msgid "Home"\nmsgstr ""', 'msgid "Home"\nmsgstr "Accueil"'))

    report = worded.report()

    assert worded.pages()["fr/index.html"].startswith("Accueil")
    assert {warning.code for warning in report.warnings} == {"missing-message"}


def test_update_of_an_unknown_language_is_reported(worded: TinySite) -> None:
    extract(worded.root)

    with pytest.raises(SiteError) as caught:
        list(update(worded.root, ("de",)))

    assert caught.value.problems[0].message == "'de' is not a language of site.yaml"
    assert caught.value.problems[0].hint == "languages are en, fr"


@pytest.mark.parametrize("rule", ["n/0", "n<<9", "n**n", "n"])
def test_update_reports_a_plural_rule_that_cannot_be_used_as_a_build_does(worded: TinySite, rule: str) -> None:
    extract(worded.root)
    list(update(worded.root))
    text = re.sub("plural=.*;", f"plural={rule};", read(worded, PO))
    worded.write(PO, text)

    with pytest.raises(SiteError) as caught:
        list(update(worded.root))

    told = [(problem.place, problem.message) for problem in worded.problems() if problem.severity == "error"]
    assert [(problem.place, problem.message) for problem in caught.value.problems] == told
    assert caught.value.problems[0].line == text[: text.index("Plural-Forms")].count("\n") + 1
    assert read(worded, PO) == text


def test_update_before_extract_is_reported(worded: TinySite) -> None:
    with pytest.raises(SiteError) as caught:
        list(update(worded.root))

    assert caught.value.problems[0].path == POT


def test_extract_reports_a_template_mistake_as_a_build_does(worded: TinySite) -> None:
    worded.write("templates/other.html", "ok\n{% if %}")

    with pytest.raises(SiteError) as caught:
        extract(worded.root)

    assert [(p.code, p.path, p.line) for p in caught.value.problems] == [("template-syntax", "templates/other.html", 2)]


#: What msgcat, msgmerge and editors of catalogs write, below a header.
FORMS = {
    "plain": 'msgid "Home"\nmsgstr "Accueil"\n',
    "blanks": 'msgid\t"Home"\nmsgstr"Accueil"\n',
    "comments": '# a translator\'s\n#\n#  indented\n#without a space\n# twice\n# twice\n#, no-wrap\nmsgid "Home"\nmsgstr "Accueil"\n',
    "earlier": '#, fuzzy\n#| msgctxt "old"\n#| msgid ""\n#| "H\\n"\n#| "me"\n#| msgid_plural "Hs"\nmsgid "Home"\nmsgstr "Accueil"\n',
    "obsolete": '# why\n#, fuzzy\n#~| msgctxt "x"\n#~| msgid "Go"\n#~ msgctxt "c"\n#~ msgid "Gone"\n#~ msgid_plural "Gones"\n#~ msgstr[0] "Parti"\n#~ msgstr[1] "Partis"\n',
    "two lines": '#~ msgid ""\n#~ "line one\\n"\n#~ "line two"\n#~ msgstr ""\n#~ "ligne un\\n"\n#~ "ligne deux"\n',
    "context": 'msgctxt "c"\nmsgid "Home"\nmsgstr "Chez"\n',
    "plural": 'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s jour"\nmsgstr[1] "%(n)s jours"\n',
    "long": 'msgid ""\n"A message of more than eighty characters, which msgcat writes in "\n"two lines, as all tools of gettext do"\nmsgstr ""\n"Un message que msgcat met "\n"en deux lignes"\n',
    "escapes": 'msgid "Home"\nmsgstr "a\\tb\\"c\\\\d\\n"\n',
    "comment alone": '# alone\n\nmsgid "Home"\nmsgstr "Accueil"\n',
}
HEADER = """\
# French words.
# Copyright (C) 2026 Somebody
#
# Translator <t@example.org>, 2026.
msgid ""
msgstr ""
"Last-Translator: T <t@example.org>\\n"
"Language: fr\\n"
"Language-Team: French <fr@example.org>\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"X-Generator: Poedit 3.4\\n"
"X-Custom: a: b\\n"

"""


ARABIC = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: ar\\n"
{between}"Last-Translator: Amal <amal@example.org>\\n"
"X-Note: keep\\n"
" and this\\n"
{rule}
msgid "%(n)s day"
msgid_plural "%(n)s days"
msgstr[0] "0 %(n)s"
msgstr[1] "1 %(n)s"
msgstr[2] "2 %(n)s"
msgstr[3] "3 %(n)s"
msgstr[4] "4 %(n)s"
msgstr[5] "5 %(n)s"
"""


@pytest.mark.parametrize(
    "rule", ["n%100>=11 && n%100<=99 ? 4 : 5", "n%100<=2 ? 4 : 5", ""], ids=["CLDR's", "Babel's", "none"]
)
@pytest.mark.parametrize(
    "between", ['"\\n"\n', '"somebody\'s words\\n"\n', ""], ids=["empty line", "no field", "nothing"]
)
def test_forms_and_fields_are_those_of_the_whole_header(make_site: MakeSite, rule: str, between: str) -> None:
    """Babel reads a header to the first line that is no field, and has a rule for Arabic with two forms exchanged."""
    whole = f"n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : {rule}"
    line = f'"Plural-Forms: nplurals=6; plural={whole};\\n"\n' if rule else ""
    path = "translations/ar/LC_MESSAGES/messages.po"
    template = "<p>{{ ngettext('%(n)s day', '%(n)s days', 50, n=50) }} {{ ngettext('%(n)s day', '%(n)s days', 100, n=100) }}</p>"
    site = make_site(
        {"templates/page.html": template, path: ARABIC.format(between=between, rule=line)},
        site=SITE.replace("- {tag: fr}", "- {tag: ar}").replace(", fr: Site", ""),
    )
    shown = site.build()["ar/index.html"]
    extract(site.root)
    list(update(site.root))
    after = read(site, path)

    assert shown == ("<p>5 50 4 100</p>" if rule.startswith("n%100<=2") else "<p>4 50 5 100</p>")
    assert site.build()["ar/index.html"] == shown
    assert "Last-Translator: Amal <amal@example.org>" in after
    assert "X-Note: keep and this" in after
    assert ("X-Header: somebody's words" in after) == ("words" in between)


def by_msgcat(path: Path) -> set[str]:
    """The entries of a catalog as gettext reads it, those without a translation left out."""
    require("msgcat", shutil.which("msgcat") is not None)
    command = ["msgcat", "--sort-output", "--no-wrap", "--no-location", str(path)]
    whole = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    entries = {entry.removeprefix("# Français messages of the templates.\n").strip() for entry in whole.split("\n\n")}
    return {entry for entry in entries if not entry.endswith(('msgstr ""', 'msgstr[1] ""'))}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("form", FORMS)
def test_update_keeps_all_that_gettext_reads(make_site: MakeSite, form: str, line_end: str) -> None:
    template = '{{ _("Home") }}{{ pgettext("c", "Home") }}{{ ngettext("%(n)s day", "%(n)s days", 2) }}'
    template += '{{ _("A message of more than eighty characters, which msgcat writes in two lines, as all tools of gettext do") }}'
    site = make_site({"templates/page.html": template})
    extract(site.root)
    catalog = site.root / "translations/fr/LC_MESSAGES/messages.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_bytes((HEADER + FORMS[form]).encode())
    before = {entry.replace("#, python-format\n", "") for entry in by_msgcat(catalog)}
    catalog.write_bytes((HEADER + FORMS[form] + "\n# the last words\n# of the file\n").replace("\n", line_end).encode())
    list(update(site.root, ("fr",)))

    assert {entry.replace("#, python-format\n", "") for entry in by_msgcat(catalog)} == before
    assert catalog.read_text(encoding="utf-8").endswith("\n\n# the last words\n# of the file\n")
    assert not list(update(site.root, ("fr",)))
    catalog.write_bytes(b"\xef\xbb\xbf" + catalog.read_bytes())
    list(update(site.root, ("fr",)))
    assert {entry.replace("#, python-format\n", "") for entry in by_msgcat(catalog)} == before


def test_context_that_is_empty_is_none(make_site: MakeSite) -> None:
    """Babel writes none for it, so that the catalog would have the message twice."""
    site = make_site({"templates/page.html": '{{ _("Home") }}, {{ pgettext("", "Home") }}'})
    extract(site.root)
    catalog = site.root / "translations/fr/LC_MESSAGES/messages.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text(HEADER + 'msgctxt ""\nmsgid "Home"\nmsgstr "Accueil"\n', encoding="utf-8")
    list(update(site.root, ("fr",)))

    assert catalog.read_text(encoding="utf-8").count('msgid "Home"\nmsgstr "Accueil"') == 1
    assert "Accueil, Accueil" in site.build()["fr/index.html"]


def test_import_of_one_message_keeps_all_else_that_is_in_the_catalog(worded: TinySite) -> None:
    extract(worded.root)
    list(update(worded.root))
    notes = "# my note\n#   indented\n"
    gone = '# why\n#, fuzzy\n#~| msgid "Older"\n#~ msgid "Gone"\n#~ msgstr "Parti"\n'
    earlier = '#| msgid "Houses"\n'
    filled = read(worded, PO).replace(
        'msgid "Home"\nmsgstr ""', f'{notes}#, fuzzy\n{earlier}msgid "Home"\nmsgstr "Maison"'
    )
    filled = filled.replace(
        'msgid "In progress"\nmsgstr ""', '#, fuzzy\n#| msgid "Going"\nmsgid "In progress"\nmsgstr "En cours"'
    )
    worded.write(PO, f"{filled}\n{gone}\n# the end\n")
    list(update(worded.root))
    before = read(worded, PO)
    exchange = worded.root / "fr.po"
    exchange.write_bytes(export(worded.root, "fr", "po"))
    text = exchange.read_text("utf-8")
    own = next(entry for entry in text.split("\n\n") if 'msgid "In progress"' in entry)
    confirmed = own.replace("#, fuzzy\n", "").replace('msgstr "En cours"', 'msgstr "En marche"')
    exchange.write_text(text.replace(own, confirmed), "utf-8")

    import_file(worded.root, exchange)

    was = next(entry for entry in before.split("\n\n") if 'msgid "In progress"' in entry)
    now = was.replace("#, fuzzy\n", "").replace('#| msgid "Going"\n', "").replace("En cours", "En marche")
    assert all(part in before for part in (notes, earlier, gone, "\n# the end\n"))
    assert read(worded, PO) == before.replace(was, now)


def test_catalog_of_more_messages_than_can_be_read_is_left_as_it_is(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site({"templates/page.html": '{{ _("Home") }}'})
    extract(site.root)
    path = "translations/fr/LC_MESSAGES/messages.po"
    header = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    site.write(path, header + "".join(f'\nmsgid "a{number}"\nmsgstr "b"\n' for number in range(9_000)))
    before = site.inputs()[path]
    monkeypatch.setattr(limits, "MOST_SECONDS", 0.2)

    with pytest.raises(SiteError) as caught:
        list(update(site.root))

    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("too-costly", path)]
    assert site.inputs()[path] == before
