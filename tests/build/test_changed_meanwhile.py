"""A file that changes while a build reads it, and changes back, leaves nothing of the text in between.

Each file is changed after each of the first steps of a build, and restored when it has ended, even with the old text.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeSite, TinySite

from sitegen.build.options import Options
from sitegen.build.pipeline import Builder, build
from sitegen.problems.problem import SiteError

SITE = "title: {en: Site, ru: Сайт}\nbase_url: https://example.org/\nlanguages: [{tag: en}, {tag: ru}]\ntheme: own\nchecks: {untracked: off}\n"
KINDS = "page: {template: page.html}\n"
CATALOG = "translations/ru/LC_MESSAGES/messages.po"
FILES = {
    "content/site.yaml": SITE,
    "content/kinds.yaml": KINDS,
    "content/tables.yaml": "rows: {facts: {day: {type: date}}}\n",
    "content/index.en.md": "---\ntitle: Home\n---\nWords.\n\n::table[Rows]{src=rows.csv}\n",
    "content/index.ru.md": "---\ntitle: Дом\n---\nСлова.\n",
    "content/rows.csv": "day\n2026-01-01\n",
    "templates/page.html": "{{ page.title }} {{ site.title }} {{ _('Near') }} {{ _('Far') }} {% include 'part.html' %} {{ asset('s.css') }} {{ page.content }}",
    "own/templates/part.html": "part",
    "static/assets/s.css": "a{}",
    "own/static/plain.txt": "plain",
    CATALOG: 'msgid "Near"\nmsgstr "Близко"\n',
    f"own/{CATALOG}": 'msgid "Far"\nmsgstr "Далеко"\n',
    "own/translations/messages.pot": 'msgid "Far"\nmsgstr ""\n',
}
#: File → its text in between.
MEANWHILE = {
    "content/site.yaml": SITE.replace("en: Site", "en: Other"),
    "content/kinds.yaml": "page: {template: other.html}\n",
    "content/tables.yaml": "rows: {facts: {day: {type: text}}}\n",
    "content/index.en.md": "---\ntitle: Hut\n---\nOther.\n\n::table[Rows]{src=rows.csv}\n",
    "content/rows.csv": "day\n2026-02-02\n",
    "templates/page.html": "{{ page.title }}",
    "own/templates/part.html": "other",
    "static/assets/s.css": "b{}",
    "own/static/plain.txt": "other",
    CATALOG: 'msgid "Near"\nmsgstr "Рядом"\n',
    f"own/{CATALOG}": 'msgid "Far"\nmsgstr "Вдали"\n',
    "own/translations/messages.pot": 'msgid "Farther"\nmsgstr ""\n',
}
#: Steps of a build, in their order.
STEPS = (
    "sitegen.build.inputs.load_config", "sitegen.build.inputs.load_assets", "sitegen.build.inputs.frame_digests",
    "sitegen.build.inputs.list_content", "sitegen.build.pipeline.recall_of", "sitegen.build.site.load_content",
)  # fmt: skip


def after(monkeypatch: pytest.MonkeyPatch, step: str, act: Any) -> None:
    """Do something after a step, as another program would."""
    module, _, name = step.rpartition(".")
    own = getattr(__import__(module, fromlist=[name]), name)

    def both(*args: Any, **named: Any) -> Any:
        result = own(*args, **named)
        act()
        return result

    monkeypatch.setattr(step, both)


def clean(site: TinySite, beside: Path) -> dict[str, bytes]:
    """What a build makes that knows nothing."""
    shutil.copytree(site.root, beside, ignore=shutil.ignore_patterns(".cache", "public"))
    made = TinySite(beside)
    made.report()
    return made.files()


@pytest.mark.parametrize("path", MEANWHILE)
def test_a_file_that_changes_during_a_build_and_back_leaves_nothing(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: str
) -> None:
    site = make_site(FILES)
    wanted = clean(site, tmp_path / "clean")
    assert "Далеко" in wanted["ru/index.html"].decode()
    for step in STEPS:
        for made in (site.root / ".cache", site.public):
            shutil.rmtree(made, ignore_errors=True)
        with monkeypatch.context() as patched:
            after(patched, step, lambda: site.write(path, MEANWHILE[path]))
            try:
                build(Options(root=site.root, output=site.public, jobs=1))
            except SiteError:  # what can't be built then is built later
                assert not (site.public / "en/index.html").exists()
        site.write(path, FILES[path])

        site.report()

        assert site.files() == wanted, step


UZBEK = "translations/uz/LC_MESSAGES/messages.po"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (UZBEK, 'msgid "Near"\nmsgstr "Yonida"\n'),
        (f"own/{UZBEK}", 'msgid "Far"\nmsgstr "Olisda"\n'),
        ("own/translations/messages.pot", 'msgid "Far"\nmsgstr ""\n\nmsgid "Farther"\nmsgstr ""\n'),
        ("own/templates/part.html", "changed"),
        ("own/static/plain.txt", "changed"),
    ],
)
@pytest.mark.parametrize("in_one_process", [True, False])
def test_a_changed_file_of_a_theme_or_a_base_language_changes_the_site(
    make_site: MakeSite, tmp_path: Path, path: str, text: str, in_one_process: bool
) -> None:
    settings = SITE.replace("{tag: ru}]", "{tag: ru}, {tag: uz}]\ntransliterate: {from: uz, to: uz-Cyrl}")
    own = {
        "content/site.yaml": settings,
        "content/index.uz.md": "---\ntitle: Uy\n---\nSoʻz.\n",
        UZBEK: 'msgid "Near"\nmsgstr "Yaqin"\n',
        f"own/{UZBEK}": 'msgid "Far"\nmsgstr "Uzoq"\n',
    }
    site = make_site({**FILES, **own})
    if path.endswith(".pot"):  # its messages are wanted where the theme has no catalog
        (site.root / f"own/{UZBEK}").unlink()
    with closing(Builder(Options(root=site.root, output=site.public, jobs=1))) as builder:
        before = builder.build()
        old = site.files()
        site.write(path, text)
        report = builder.build() if in_one_process else site.report()

    assert site.files() == clean(site, tmp_path / "clean")
    assert (site.files(), report.warnings) != (old, before.warnings)
    if path == UZBEK:
        assert "Ёнида" in site.pages()["uz-Cyrl/index.html"]
