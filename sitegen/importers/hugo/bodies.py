"""Converts the texts of a Hugo site's pages to our Markdown: includes, shortcodes, links and HTML."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from sitegen.importers.html_to_markdown import FORMULA, Dialect, from_first
from sitegen.importers.hugo.captions import with_captions
from sitegen.importers.hugo.formulas import pairs_of, with_formulas
from sitegen.importers.hugo.includes import with_includes
from sitegen.importers.hugo.indents import indented
from sitegen.importers.hugo.links import Links
from sitegen.importers.hugo.markdown import Adapted, adapt, list_anchors
from sitegen.importers.hugo.pages import Adopted
from sitegen.importers.hugo.shortcode_blocks import Declared, template_reader
from sitegen.importers.hugo.shortcode_conversions import Ways
from sitegen.importers.hugo.shortcode_uses import PageUses
from sitegen.importers.hugo.site import Family, HugoPage
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.edits import Traced
from sitegen.source.limits import within_limits

Value = TypeVar("Value")
#: The most characters of included texts: so many, and so many times the texts of the pages.
_INCLUDED, _TIMES = 1_000_000, 5


class Bodies:
    """Reads the texts of all pages first, as links need the headings of other pages, and blocks the other languages.

    Attributes:
        declared: the site's own blocks.
        has_formulas: whether any text has a formula.
    """

    def __init__(self, folder: Path, adopted: Adopted, links: Links, problems: list[Problem]) -> None:
        template_of = template_reader(folder)
        self.declared = Declared(links.target, template_of)
        self._adopted = adopted
        self._links = links
        self._problems = problems
        self._dialect = _dialect(adopted)
        self._shows_titles = "<figcaption" in template_of("render-image")
        self._pairs = pairs_of(adopted.site)
        self.has_formulas = False
        self._plain: dict[str, Traced] = {}
        self._may_include = _INCLUDED + _TIMES * sum(len(page.body) for page in adopted.site.pages)

    def read(self) -> None:
        """Replace the shortcodes of all pages, and collect the ids of their headings."""
        uses = [
            (family, {language: self._uses(page) for language, page in family.versions.items() if page.path})
            for family in self._adopted.families.values()
        ]
        self.declared.gather(uses)
        for family, versions in uses:
            for language, page in versions.items():
                work = partial(self._without_shortcodes, page, is_source=language == family.source)
                self._plain[page.page.path] = self._within_limits(page.page, work, Traced(""))
        self.has_formulas = any(FORMULA in text.text for text in self._plain.values())
        self._dialect = replace(self._dialect, has_formulas=self.has_formulas)
        for family, versions in uses:
            for language, page in versions.items():
                ids = partial(list_anchors, self._plain[page.page.path], page.page.text("title"), self._dialect)
                self._links.know_anchors(language, family.key, self._within_limits(page.page, ids, ()))
        self._problems += self.declared.told()

    def adapted(self, family: Family, page: HugoPage) -> Adapted:
        """Return the converted text of a page."""
        work = partial(
            adapt,
            self._plain.get(page.path, Traced("")),
            page.text("title"),
            self._dialect,
            lambda target: self._links.target(page, target),
            lambda *told: self._tell(page, "not-imported", *told),
            has_ids=page is family.head,
        )
        return self._within_limits(page, work, Adapted("", "", ""))

    def _within_limits(self, page: HugoPage, work: Callable[[], Value], instead: Value) -> Value:
        """What is made of a page's text; if that takes too much, it is reported, and something else is put there."""
        try:
            return within_limits(page.path, work)
        except SiteError as error:
            self._problems += error.problems
            return instead

    def _uses(self, page: HugoPage) -> PageUses:
        return self._within_limits(page, partial(self._uses_of, page), PageUses(page, Traced("")))

    def _uses_of(self, page: HugoPage) -> PageUses:
        text = self._with_includes(page)
        text = with_formulas(text, self._pairs)
        text = with_captions(text) if self._shows_titles else text
        text = indented(text) if "{{" in text.text else text
        uses = PageUses(page, text)
        if uses.tags:
            uses.look_up(
                Ways(
                    find=lambda named: self._links.logical(page, named),
                    param=lambda name: self._param(page, name),
                    target=lambda target: self._links.target(page, target),
                )
            )
        return uses

    def _with_includes(self, page: HugoPage) -> Traced:
        """Return the text of a page with its includes inserted, as long as those of all pages are not far too long."""
        if self._may_include < 0:
            return Traced(page.body)
        text = with_includes(page, self._adopted.site)
        self._may_include -= len(text.text) - len(page.body)
        if self._may_include < 0:
            message = "from here on no text is included, as what pages include is far longer than the pages"
            self._tell(page, "not-imported", message, 0, "link to a page with the text instead")
        return text

    def _param(self, page: HugoPage, name: str) -> str | None:
        found = page.text(name.lower()) or self._adopted.site.setting("params", name.lower())
        return None if found is None or found == "" else str(found)

    def _without_shortcodes(self, page: PageUses, *, is_source: bool) -> Traced:
        return page.replaced(
            lambda use: self.declared.write(use, is_source=is_source),
            lambda use: self.declared.has_facts(use, page.page, is_source=is_source),
            from_first(page.text, lambda *told: self._tell(page.page, "shortcode", *told)),
        )

    def _tell(self, page: HugoPage, code: str, message: str, offset: int, hint: str) -> None:
        """Report what can't be imported at an offset in a page's body."""
        self._problems.append(page.loss(message, page.mark_at(offset), hint, code))


def _dialect(adopted: Adopted) -> Dialect:
    site = adopted.site
    goldmark = ("markup", "goldmark")
    return Dialect(
        has_html=site.setting(*goldmark, "renderer", "unsafe") is True,
        has_attributes=site.setting(*goldmark, "parser", "attribute", "block") is True,
        has_addresses=site.setting(*goldmark, "extensions", "linkify") is not False,
        has_emoji=site.setting("enableemoji") is True,
    )
