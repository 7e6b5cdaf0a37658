"""The content model as a configuration of Sveltia CMS, the browser editor: a form per kind, languages side by side.

Folders with a kind for their pages are collections, in which editors can create pages; every other page is a single
file. Facts are only in the source version, as `i18n` tells the form; references are chosen from a list of pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sitegen.library.library import Library
from sitegen.model.blocks import BlockType
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
    for key in library.pages:
        if _is_collection(library, key):
            kinds = _kinds_in(library, key)
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


def _kinds_in(library: Library, key: Key) -> list[Kind]:
    """Return the default kind of a folder's pages, then the other kinds that some of them use."""
    first = library.config.kinds[str(library.kind(key).children.kind)]
    named = {library.kind(child).name for child in library.pages if parent_key(child) == key}
    return [first, *(library.config.kinds[name] for name in sorted(named - {first.name}))]


def _title(library: Library, key: Key) -> str:
    page = library.pages[key]
    return str(page.versions[page.source].words.get("title", key))


def _picked(name: str, hint: str, options: Iterable[str], *, i18n: bool = False) -> Form:
    shown = {"label": _label(name), "hint": hint, "required": False, "i18n": i18n, "preview": False}
    return {"name": name, "widget": "select", "options": list(options), **shown}


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


class _Forms:
    """The forms of a site's pages and blocks, and the parts of the site that those of fields need (`FormSite`)."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._source = library.locales[library.config.source_language].cldr
        config = library.config
        #: The blocks that the site's texts may contain.
        self.blocks = () if config.markdown.engine == "python-markdown" else tuple(config.blocks.values())

    def page(self, kinds: list[Kind]) -> list[Form]:
        """Return the form fields of a page, facts first; for several kinds, those of all, required if all require them."""
        fields: dict[str, Field] = {}
        for side in ("facts", "words"):
            for kind in kinds:
                for declared in kind.of_side(side):
                    fields.setdefault(declared.name, declared)
        needed = {name for name in fields if all(name in kind.fields and kind.fields[name].required for kind in kinds)}
        others = [kind.name for kind in kinds[1:]]
        rows = [
            {**self.field(declared), "required": name in needed} for name, declared in fields.items() if name != "kind"
        ]
        review = TRANSLATION_FIELDS["review"]
        choice = [_picked("kind", "the kind of page, if another than usual", others)] if others else []
        return [
            *choice,
            *(row for row in rows if row["name"] not in _SELDOM),
            _picked("review", f"in translations only; {review.help}", review.choices, i18n=True),
            self._text(),
            *(row for row in rows if row["name"] in _SELDOM),
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
        form = self.field(declared)
        if declared.side == "facts":
            hints = (form.get("hint"), f"in the text in {self._source.get_language_name('en')} only")
            form |= {"required": False, "hint": "; ".join(part for part in hints if part)}
        return form

    def pages(self, kind: str | None) -> dict[str, str]:
        """Return the pages that a reference may refer to, with their titles."""
        library = self._library
        keys = (key for key in library.pages if kind is None or kind in library.kind(key).lineage)
        return {key: _title(library, key) for key in keys}

    def countries(self) -> dict[str, str]:
        """Return all countries, named in the source language."""
        names = self._source.territories
        return {code: names[code] for code in sorted(names) if len(code) == 2 and code.isalpha()}

    def field(self, declared: Field) -> Form:
        """Return the input for a field."""
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
