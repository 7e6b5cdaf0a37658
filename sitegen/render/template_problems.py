"""Mistakes in templates as problems, each at its file and line."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import jinja2
import jinja2.parser

from sitegen.i18n.locale import Locale
from sitegen.library.library import MOST_GUESSES
from sitegen.model.fields import Group
from sitegen.model.settings import BLOCKS, Config
from sitegen.problems.problem import Problem, SiteError
from sitegen.problems.safe_output import shortened
from sitegen.problems.suggestions import nearest
from sitegen.render.filters import FilterError
from sitegen.render.page_views import FieldsView, PageView
from sitegen.render.script_addresses import PROGRAMS
from sitegen.render.site_view import SiteView
from sitegen.source.lazy_regex import lazily
from sitegen.source.mark import Mark
from sitegen.source.text import problem_at
from sitegen.source.theme_layers import Layers, shipped

#: Of the templates, in a site and in each theme.
FOLDER = "templates"

_UNKNOWN_ATTRIBUTE = lazily(r"'sitegen\.[\w.]+\.(\w+) object' has no attribute '(\w+)'")
#: A tag that begins within another; a closing brace of a table within a tag ends none.
_NEVER_CLOSED = lazily(r"\{([%{])(?:(?!%\}|\}\}|\{[%{]).)*\{[%{]", re.DOTALL)
#: What a template's author calls the objects of templates.
_NAMES: dict[str, tuple[type, str]] = {
    "PageView": (PageView, "a page"),
    "FieldsView": (FieldsView, "the page's kind"),
    "SiteView": (SiteView, "the site"),
    "Locale": (Locale, "a language"),
    "Group": (Group, "the group"),
}


def find_template_problems(layers: Layers, config: Config, environment: jinja2.Environment) -> Iterator[Problem]:
    """Every template that is no readable Jinja, and every kind whose template is missing."""
    files = {name: file for name, file in layers.files(FOLDER).items() if name.endswith(".html")}
    names = sorted(files)
    for name in names:
        if not files[name].folder.is_relative_to(layers.root):
            continue  # of an installed theme each is compiled when a page asks for it
        try:
            environment.get_template(name)
        except jinja2.TemplateSyntaxError as error:
            yield syntax_problem(error.filename or files[name].shown, error)
        except SiteError as error:
            yield from error.problems
    for number, (path, what, template, mark) in enumerate(_without_template(config, files)):
        message = f"{what} needs {FOLDER}/{template}, which does not exist"
        hint = nearest(template, names) if number < MOST_GUESSES else ""
        yield problem_at(path, "missing-template", message, mark, hint)


def _without_template(config: Config, names: Container[str]) -> Iterator[tuple[str, str, str, Mark]]:
    """Yield the kinds and blocks whose template is missing: file, name, template and place."""
    for kind in config.kinds.values():
        if kind.template not in names and (kind.mark.line > 1 or kind.name != "page"):
            yield "content/kinds.yaml", f"the kind '{kind.name}'", kind.template, kind.mark
    for block in config.own_blocks.values():
        if block.template not in names and shipped(f"{FOLDER}/{block.template}") is None:
            yield BLOCKS, f"the block '{block.name}'", block.template, block.mark


def address_problem(tag: str, scheme: str, name: str, page: Any) -> Problem:
    """An address of a scheme that no field may have, in what a template made of a page."""
    path = (
        page.scope.library.shown(page.key, page.scope.locale.path).path
        if isinstance(page, PageView)
        else f"{FOLDER}/{name}"
    )
    hint = "give the field in which it stands the type url or link, and write an address that begins with https://"
    if scheme in PROGRAMS:
        return problem_at(path, "url", f"{shortened(tag)} would run a program in readers' browsers", None, hint)
    message = f"{shortened(tag)} has an address that may not begin with '{scheme}:'"
    return problem_at(path, "url", message, None, f"{hint}; a template may have it")


def syntax_problem(path: str, error: jinja2.TemplateSyntaxError) -> Problem:
    """A syntax error in a template, at its line; Jinja reports a tag that is never closed only at the one after it."""
    text = "".join((error.source or "").splitlines(keepends=True)[: error.lineno])
    if opened := _NEVER_CLOSED.search(text):
        line = text.count("\n", 0, opened.start())
        place = Mark(line + 1, opened.start() - text.rfind("\n", 0, opened.start()), 2)
        hint = "end it with %}" if opened[0].startswith("{%") else "end it with }}"
        return problem_at(path, "template-syntax", "a tag is opened here but not closed", place, hint)
    message = (error.message or "unreadable").rstrip(".")
    return problem_at(path, "template-syntax", message[:1].lower() + message[1:], Mark(error.lineno, 1))


@contextmanager
def told_as_syntax(name: str | None, path: str | None) -> Iterator[None]:
    """Raise what Jinja or Python can't compile of a template as the TemplateSyntaxError that Jinja raises of its own.

    Python has limits that Jinja does not know: of nested blocks, of indentation, of the digits of a number. Where one is
    met is known only from what was being read or written just then.
    """
    try:
        yield
    except jinja2.TemplateError:
        raise
    except (MemoryError, RecursionError, SyntaxError, ValueError) as error:
        is_deep = not isinstance(error, ValueError)
        message = "this is nested too deeply, or too long, for Python" if is_deep else str(error).partition(";")[0]
        raise jinja2.TemplateSyntaxError(message, _line_of(error), name, path) from error


def _line_of(error: Exception) -> int:
    """The line of a template that Jinja was reading or writing when it failed."""
    at, line = error.__traceback__, 1
    while at is not None:
        now = at.tb_frame.f_locals
        parser = now.get("self")
        if isinstance(parser, jinja2.parser.Parser):
            line = parser.stream.current.lineno
        elif isinstance(now.get("node"), jinja2.nodes.Node):
            line = now["node"].lineno
        at = at.tb_next
    return line


def _names_of_fields(page: Any) -> Iterable[str]:
    """The fields of all kinds, those of the page's kind first; the template may have asked another page for one."""
    kinds = page.scope.library.config.kinds if isinstance(page, PageView) else {}
    return dict.fromkeys(name for kind in kinds.values() for name in kind.fields)


def runtime_problem(error: Exception, name: str, page: Any, shown: Container[str], language: str) -> Problem:
    """Why a template failed, at the last line of a template that was running.

    Args:
        error: what it raised.
        name: of the template that was asked for.
        page: that it shows, if any.
        shown: paths in problems of the templates read so far.
        language: its path.
    """
    import traceback

    places = [(frame.filename, frame.lineno or 1) for frame in traceback.extract_tb(error.__traceback__)]
    inside = [(path, line) for path, line in places if path in shown]
    path, line = inside[-1] if inside else (f"{FOLDER}/{name}", 1)
    if isinstance(error, jinja2.TemplateNotFound):
        return problem_at(path, "missing-template", f"there is no template '{error.message}'", Mark(line, 1))
    if isinstance(error, jinja2.UndefinedError):
        unknown = _UNKNOWN_ATTRIBUTE.fullmatch(error.message or "")
        if unknown and unknown[1] in _NAMES:
            view, what = _NAMES[unknown[1]]
            known = _names_of_fields(page) if view is FieldsView else dir(view)
            hint = nearest(unknown[2], [name for name in known if not name.startswith("_")])
            return problem_at(path, "template-undefined", f"{what} has no '{unknown[2]}'", Mark(line, 1), hint)
        return problem_at(
            path, "template-undefined", (error.message or "something undefined").rstrip("."), Mark(line, 1)
        )
    if type(error) is LookupError:
        return problem_at(path, "template-error", str(error), Mark(line, 1))
    where = f"in the page {page.key} in '{language}'" if isinstance(page, PageView) else f"in '{language}'"
    code, told = _told(error)
    return problem_at(path, code, told, Mark(line, 1), where)


def _told(error: Exception) -> tuple[str, str]:
    """The code and the message of an error while a template runs."""
    if isinstance(error, MemoryError | RecursionError):
        what = "memory" if isinstance(error, MemoryError) else "depth"
        return "too-costly", f"this takes more {what} than a file may"
    return "template-error", str(error) if isinstance(error, FilterError) else f"{type(error).__name__}: {error}"
