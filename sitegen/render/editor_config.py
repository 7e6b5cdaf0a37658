"""The content model as a configuration of Sveltia CMS, the browser editor: a form per kind, languages side by side.

Folders with a kind for their pages are collections, in which editors can create pages; every other page is a single
file. Facts are only in the source version, as `i18n` tells the form; references are chosen from a list of pages.
What stands in many places, such as that list, is written once: see `_Parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any

from sitegen.library.library import Library
from sitegen.model.blocks import BlockType
from sitegen.model.field_types import options_of
from sitegen.model.fields import TYPES, Field, Form
from sitegen.model.kinds import TRANSLATION_FIELDS, Kind
from sitegen.model.page import Key
from sitegen.model.settings import Editor, is_local
from sitegen.model.urls import parent_key

#: Fields that few pages need; their inputs are placed below the text.
_SELDOM = ("publish", "expires", "draft", "translate", "languages", "hold_until", "aliases", "keywords", "slug")
#: The name of the page format that `editor/entry.js` registers.
_FORMAT = "page-frontmatter"
#: The component in `editor/blocks.js` for text without a form.
_PLAIN = "plain"


def make_config(library: Library, styles: Iterable[str]) -> Form:
    """Return the whole configuration for `CMS.init`.

    Args:
        styles: addresses of the style sheets with which the preview beside a form is shown.
    """
    config, forms = library.config, _Forms(library)
    own = {
        "backend": _backend(config.editor) if config.editor else {},
        "app_title": config.title.get(config.source_language, "Editor"),
        "site_url": config.base_url,
        "media_folder": "static",
        "public_folder": "/",
        "i18n": {
            "structure": "multiple_files",
            "locales": [path for path, language in config.languages.items() if not language.base],
            "default_locale": config.source_language,
            "initial_locales": "default",
        },
        "slug": {"encoding": "ascii", "clean_accents": True},
        "output": {"omit_empty_optional_fields": True},
        "editor": {"preview": True},
        "collections": [*_collections(library, forms), _files(library, forms)],
        "blocks": [forms.block(block) for block in forms.blocks],
        "styles": list(styles),
        "parts": forms.parts,
    }
    return own if is_local(config.editor) else {**own, "publish_mode": "editorial_workflow"}


def _backend(editor: Editor) -> Form:
    of_host = {
        "github": {"base_url": editor.auth, "api_root": editor.api},
        "gitlab": {
            "auth_type": "pkce" if editor.app else "",
            "app_id": editor.app,
            "base_url": editor.api,
            "api_root": f"{editor.api}/api/v4" if editor.api else "",
        },
    }[editor.backend]
    filled = {name: value for name, value in of_host.items() if value}
    return {"name": editor.backend, "repo": editor.repository, "branch": editor.branch, **filled}


def _collections(library: Library, forms: _Forms) -> Iterator[Form]:
    below: dict[Key | None, set[str]] = {}
    for key in library.pages:
        below.setdefault(parent_key(key), set()).add(library.kind(key).name)
    for key in library.pages:
        if _is_collection(library, key):
            kinds = _kinds_in(library, key, below.get(key, set()))
            yield {
                "name": key.strip("/").replace("/", "-"),
                "label": _title(library, key),
                "label_singular": kinds[0].name,
                "folder": f"content{key.rstrip('/')}",
                "path": "{{slug}}/index",
                "slug": "{{title}}",
                "extension": "md",
                "format": _FORMAT,
                "create": True,
                "i18n": True,
                "media_folder": "",
                "public_folder": "",
                "fields": forms.page(kinds),
            }


def _files(library: Library, forms: _Forms) -> Form:
    """Return the pages outside collections."""
    keys = [key for key in library.pages if not _is_collection(library, parent_key(key))]
    files = [
        {
            "name": key.strip("/").replace("/", "-") or "home",
            "label": _title(library, key),
            "file": f"content{key}index.{{{{locale}}}}.md",
            "format": _FORMAT,
            "i18n": True,
            "media_folder": "",
            "public_folder": "",
            "fields": forms.page([library.kind(key)]),
        }
        for key in keys
    ]
    return {"name": "single-pages", "label": "Single pages", "i18n": True, "files": files}


def _is_collection(library: Library, key: Key | None) -> bool:
    """Whether a page declares the kind of the pages below it."""
    return key in library.pages and key != "/" and key is not None and library.kind(key).children.kind is not None


def _kinds_in(library: Library, key: Key, named: set[str]) -> list[Kind]:
    """Return the default kind of a folder's pages, then the other kinds that some of them use."""
    first = library.config.kinds[str(library.kind(key).children.kind)]
    return [first, *(library.config.kinds[name] for name in sorted(named - {first.name}))]


def _title(library: Library, key: Key) -> str:
    page = library.pages[key]
    return str(page.versions[page.source].words.get("title", key))


def _picked(name: str, hint: str, options: Iterable[str], *, i18n: bool = False) -> Form:
    shown = {"label": _label(name), "hint": hint, "required": False, "i18n": i18n, "preview": False}
    return {"name": name, "widget": "select", "options": list(options), **shown}


def _review() -> Form:
    review = TRANSLATION_FIELDS["review"]
    return _picked("review", f"in translations only; {review.help}", review.choices, i18n=True)


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


class _Parts:
    """What stands in the configuration many times: it is written once, and `editor/parts.js` puts it in its places.

    Otherwise each page would repeat the form of its kind, and each reference in it all pages.
    """

    def __init__(self) -> None:
        self.written: list[Any] = []
        self._places: dict[Hashable, Form] = {}

    def once(self, name: Hashable, make: Callable[[], Any]) -> Form:
        """Return the place of a part, which is made when it is first asked for."""
        if name not in self._places:
            made = make()  # which may write other parts, that stand before it
            self._places[name] = {"part": len(self.written)}
            self.written.append(made)
        return self._places[name]


class _Forms:
    """The forms of a site's pages and blocks, and the parts of the site that those of fields need (`FormSite`)."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._source = library.locales[library.config.source_language].cldr
        self._parts = _Parts()
        self.parts = self._parts.written
        self._fields: dict[int, Field] = {}  # so that no other field gets the id of one that is gone
        config = library.config
        #: The blocks that the site's texts may contain.
        self.blocks = () if config.markdown.engine == "python-markdown" else tuple(config.blocks.values())

    def page(self, kinds: list[Kind]) -> Form:
        """Return the form fields of a page, facts first; for several kinds, those of all, required if all require them."""
        return self._parts.once(("page", *(kind.name for kind in kinds)), lambda: self._page(kinds))

    def _page(self, kinds: list[Kind]) -> list[Form]:
        fields: dict[str, Field] = {}
        for side in ("facts", "words"):
            for kind in kinds:
                for declared in kind.of_side(side):
                    fields.setdefault(declared.name, declared)
        needed = {name for name in fields if all(name in kind.fields and kind.fields[name].required for kind in kinds)}
        others = [kind.name for kind in kinds[1:]]
        rows = {name: self._row(own, required=name in needed) for name, own in fields.items() if name != "kind"}
        choice = [_picked("kind", "the kind of page, if another than usual", others)] if others else []
        return [
            *choice,
            *(row for name, row in rows.items() if name not in _SELDOM),
            self._parts.once("review", _review),
            self._parts.once("text", self._text),
            *(row for name, row in rows.items() if name in _SELDOM),
        ]

    def _text(self) -> Form:
        """Return the input for a page's text: rich text with forms for blocks, or the raw Markdown."""
        free = [block.name for block in self.blocks if not block.within]
        return {
            "name": "body",
            "label": "Text",
            "widget": "markdown",
            "modes": ["rich_text", "raw"] if self.blocks else ["raw"],
            "editor_components": ["image", *free, _PLAIN],
            "required": False,
            "i18n": True,
        }

    def block(self, block: BlockType) -> Form:
        """Return a block as `editor/blocks.js` expects it to create a component."""
        form: Form = {"name": block.name, "label": _label(block.name), "form": block.form, "word": block.label}
        form["fields"] = [self._attribute(declared) for side in ("words", "facts") for declared in block.of_side(side)]
        return form if block.inside is None else {**form, "inside": list(block.inside)}

    def _attribute(self, declared: Field) -> Form:
        """Return the input for an attribute; facts are optional because translations leave them out."""
        form = self._input(declared)
        if declared.side == "facts":
            hints = (form.get("hint"), f"in the text in {self._source.get_language_name('en')} only")
            form |= {"required": False, "hint": "; ".join(part for part in hints if part)}
        return form

    def pages(self, kind: str | None) -> Form:
        """Return the pages that a reference may refer to as options, labelled with their titles."""
        return self._parts.once(("pages", kind), lambda: self._pages(kind))

    def _pages(self, kind: str | None) -> list[Form]:
        library = self._library
        fitting = {own.name for own in library.config.kinds.values() if kind is None or kind in own.lineage}
        return [
            self._parts.once(("option", key), lambda key=key: {"value": key, "label": _title(library, key)})  # type: ignore[misc]
            for key in library.pages
            if library.kind(key).name in fitting
        ]

    def countries(self) -> Form:
        """Return all countries as options, named in the source language."""
        return self._parts.once("countries", lambda: options_of(self._countries()))

    def _countries(self) -> Mapping[str, str]:
        names = self._source.territories
        return {code: names[code] for code in sorted(names) if len(code) == 2 and code.isalpha()}

    def field(self, declared: Field) -> Form:
        """Return the input for a field."""
        return self._row(declared, required=declared.required)

    def _row(self, declared: Field, *, required: bool) -> Form:
        # A kind has the very fields that it inherits, so that each is one part, however many kinds extend a kind.
        own = self._fields.setdefault(id(declared), declared)
        return self._parts.once((id(own), required), lambda: {**self._input(own), "required": required})

    def _input(self, declared: Field) -> Form:
        form: Form = {"name": declared.name, "label": _label(declared.name), "required": declared.required}
        form["i18n"] = declared.side == "words" or declared.name in TRANSLATION_FIELDS
        form["preview"] = declared.side == "words" and (declared.required or declared.name == "summary")
        order = "in ascending order" if declared.is_sorted else ""
        hint = "; ".join(part for part in (declared.help, order) if part)
        if hint:
            form["hint"] = hint
        if declared.name in ("languages", "hold_until"):
            languages = list(self._library.config.languages)
            return {**form, "widget": "select", "multiple": True, "options": languages}
        return {**form, **TYPES[declared.type].form(declared, self)}
