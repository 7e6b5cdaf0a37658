"""The guides for editors and translators work as written, command by command."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from conftest import TinySite
from guides import Reader, blocks_of, codes_of, make_origin, path_of, targets_of, words_of
from published import REPOSITORY, require

from sitegen.cli import command_line
from sitegen.i18n.po_files import catalog_path, read_po
from sitegen.media.static_files import EDITOR
from sitegen.model.loading import load_config
from sitegen.model.slugs import slugify
from sitegen.translation.status_report import find_status

GUIDES = ("editing", "translating")
LANGUAGES = ("en", "zh", "ru")
#: What whoever follows a guide makes, and a path that is mistyped on purpose.
EXERCISE = re.compile(r"content/(news/(example|second-example|opening)\b|about/plam/)")
#: Addresses of the guides themselves, of the editor and of the pseudo-locales.
OTHERS = ("/editing/", "/translating/", "/admin/", "/en-XA/", "/ar-XB/")

#: What a reader sees when a section is done.
Promise = Callable[[TinySite, Reader], None]


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_guide_has_the_same_commands_and_files_in_every_language(guide: str, language: str) -> None:
    english, other = ([(own.info, own.text) for own in blocks_of(guide, path)] for path in ("en", language))

    assert other == english


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_command_and_its_options_exist(guide: str, language: str) -> None:
    targets = targets_of((REPOSITORY / "Makefile").read_text(encoding="utf-8"))
    typed = [
        command for block in blocks_of(guide, language) if block.info.startswith("sh") for command in block.commands
    ]
    codes = [*typed, *codes_of(guide, language)]

    assert typed
    assert len(codes) > len(typed)
    assert [code for code in codes if code.startswith("make ") and code.split()[1] not in targets] == []
    assert [code for code in codes if not is_understood(code)] == []


def is_understood(code: str) -> bool:
    """Whether build.py accepts a command; those of other programs are skipped."""
    words = words_of(code)
    if words is not None:
        try:
            command_line().parse_args(words or ["build"])
        except SystemExit as ended:  # --help ends it well
            return not ended.code
    return True


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_files_and_pages_named_by_a_guide_exist(guide: str, language: str) -> None:
    text = path_of(guide, language).read_text(encoding="utf-8").partition("\n---\n")[2]
    files = set(re.findall(r"(?<![\w./])(?:content|docs|static|templates|translations)/[\w./-]*\w", text))
    links = set(re.findall(r"(?:\(|`|[ ])(/[a-z-]+(?:/[a-z0-9-]+)*/)(#[a-z0-9-]+)?(?=[)` ])", text))
    pages = {(re.sub(r"^/(?:en|zh|ru|tg)/", "/", page), anchor) for page, anchor in links if page not in OTHERS}

    assert files
    assert pages
    assert sorted(file for file in files if not EXERCISE.match(file) and not (REPOSITORY / file).exists()) == []
    assert sorted(link for link in pages if not EXERCISE.match(f"content{link[0]}") and not stands(*link)) == []


def stands(page: str, anchor: str) -> bool:
    """Whether the site has a page, and the page this heading."""
    source = REPOSITORY / f"content{page}index.en.md"
    headings = re.findall(r"^#+ (.*)$", source.read_text(encoding="utf-8"), re.MULTILINE) if source.exists() else []
    return source.exists() and anchor in ("", *(f"#{slugify(heading)}" for heading in headings))


# what an editor sees


def status_stands_in_every_language(site: TinySite, reader: Reader) -> None:
    config = load_config(site.root)
    pages = site.build()

    assert len(config.languages) == 12
    for path, language in config.languages.items():
        own = read_po(site.root, catalog_path(language), language.tag) if path not in ("en", "uz-cyrl") else None
        label = own.get("Open", context="choice").string if own is not None else "Open" if path == "en" else ""
        assert str(label) in pages[f"{path}/study/summer-school/index.html"]
        assert pages[f"{path}/study/index.html"].count("badge-open") == 1


def news_with_its_picture_stands_in_every_language(site: TinySite, reader: Reader) -> None:
    pages = site.build()

    for path in load_config(site.root).languages:
        page = pages[f"{path}/news/example/index.html"]
        assert "It has a paragraph and a list." in page
        assert ('<p class="note">' in page) == (path != "en")
        assert f'href="/{path}/about/platform/#' in page
        assert 'alt="The sign of this site: two threads, woven"' in page


def no_translation_is_behind(site: TinySite, reader: Reader) -> None:
    assert not [page for own in find_status(site.root).languages for page in own.behind if page.state.name == "stale"]


def chinese_stands_in_every_language_and_old_addresses_lead_on(site: TinySite, reader: Reader) -> None:
    report = site.report()
    pages, redirects = site.pages(), (site.public / "_redirects").read_text()

    assert report.warnings == ()
    assert "/ru/news/example-two/ /ru/news/ " in redirects
    assert "/ru/news/second-example/ /ru/news/ " in redirects

    for path in load_config(site.root).languages:
        assert ('<p class="note">' in pages[f"{path}/news/example-zh/index.html"]) == (path != "zh")


def proposal_lies_in_the_repository(site: TinySite, reader: Reader) -> None:
    files = reader.git("ls-tree", "-r", "--name-only", "origin/practice").splitlines()

    assert "content/news/example/index.en.md" in files
    assert "content/news/example-zh/index.zh.md" in files
    assert not reader.git("status", "--short")


def site_is_as_before(site: TinySite, reader: Reader) -> None:
    assert reader.git("branch", "--all", "--format=%(refname:lstrip=-2)").split() == [
        "heads/main",
        "origin/HEAD",
        "origin/main",
    ]
    assert not reader.git("status", "--short")


EDITOR_SEES: Mapping[str, Promise] = {
    "change-a-fact": status_stands_in_every_language,
    "links-and-pictures": news_with_its_picture_stands_in_every_language,
    "when-you-change-a-text-that-is-translated": no_translation_is_behind,
    "write-in-chinese-first": chinese_stands_in_every_language_and_old_addresses_lead_on,
    "propose-your-work": proposal_lies_in_the_repository,
    "end-the-exercise": site_is_as_before,
}


def follow(tmp_path: Path, guide: str, promises: Mapping[str, Promise]) -> None:
    """Follow a guide in a separate home folder, and check after each section what it has promised."""
    require("git", shutil.which("git") is not None)
    require("make", shutil.which("make") is not None)
    require("the site (make site)", (Path(sys.prefix) / "ready").exists())
    if any("make edit" in block.text for block in blocks_of(guide)):
        require("the editor (make editor)", (REPOSITORY / EDITOR / "entry.js").exists())
    (tmp_path / "home").mkdir()
    reader = Reader((tmp_path / "home").resolve(), make_origin(tmp_path))
    kept = set()
    for section in reader.follow(guide):
        if section in promises:
            promises[section](TinySite(reader.folder), reader)
            kept.add(section)
    assert kept == promises.keys()


@pytest.mark.soak
def test_editor_guide_works_as_written(tmp_path: Path) -> None:
    follow(tmp_path, "editing", EDITOR_SEES)


# what a translator sees


def page_says(site: TinySite, language: str) -> str:
    return site.build(languages=(language,))[f"{language}/news/example/index.html"]


def draft_is_published_and_says_so(site: TinySite, reader: Reader) -> None:
    page = page_says(site, "ru")

    assert "Упражнение занимает 45 минут." in page
    assert "badge-draft" in page


def reviewed_translation_says_nothing(site: TinySite, reader: Reader) -> None:
    assert "badge-draft" not in page_says(site, "ru")


def readers_are_told_of_the_section_that_is_behind(site: TinySite, reader: Reader) -> None:
    page = page_says(site, "ru")

    assert "создана только для упражнения" in page
    assert page.count('class="note"') == 2  # above the text, and at the section
    assert "<li>Сколько времени это займёт</li>" in page


def translation_is_current_with_what_the_tool_gave_back(site: TinySite, reader: Reader) -> None:
    (own,) = (own for own in find_status(site.root).languages if own.language == "ru")

    assert not own.behind
    assert "Упражнение занимает 50 минут." in page_says(site, "ru")
    assert reader.git("status", "--short").split() == ["M", f"{NEWS}en.md", "M", f"{NEWS}ru.md"]


def message_is_on_every_page(site: TinySite, reader: Reader) -> None:
    assert 'aria-label="Ещё о Центре и об этом сайте"' in page_says(site, "ru")
    assert reader.git("status", "--short").split()[-1] == "translations/ru/LC_MESSAGES/messages.po"


def translation_lies_in_the_repository(site: TinySite, reader: Reader) -> None:
    text = reader.git("show", f"origin/practice:{NEWS}ru.md")

    assert "Упражнение занимает 50 минут." in text
    assert "review: human" in text
    assert not reader.git("status", "--short")


NEWS = "content/news/example/index."
TRANSLATOR_SEES: Mapping[str, Promise] = {
    "say-that-it-is-right": draft_is_published_and_says_so,
    "a-person-has-read-it": reviewed_translation_says_nothing,
    "when-the-source-has-changed": readers_are_told_of_the_section_that_is_behind,
    "work-in-a-translation-tool-of-your-own": translation_is_current_with_what_the_tool_gave_back,
    "buttons-labels-and-notes": message_is_on_every_page,
    "propose-your-work": translation_lies_in_the_repository,
    "end-the-exercise": site_is_as_before,
}


@pytest.mark.soak
def test_translator_guide_works_as_written(tmp_path: Path) -> None:
    follow(tmp_path, "translating", TRANSLATOR_SEES)
