"""Converts shortcodes without a built-in counterpart to the site's own blocks, each with a declaration and a template.

Attributes with readable text become words, which are shown; those that are the same in every language become facts.
The look of a block can be restored by editing its template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

from msgspec import Struct, field

from sitegen.content.blocks import written_label
from sitegen.importers.free_names import FreeNames
from sitegen.importers.hugo.shortcode_conversions import Leaf, Made, is_read, written_attributes
from sitegen.importers.hugo.shortcode_parser import Form
from sitegen.importers.hugo.shortcode_uses import PageUses, Use, attributes_of
from sitegen.importers.hugo.site import Family, HugoPage
from sitegen.importers.infer import fits
from sitegen.model.blocks import NAME, shipped_blocks
from sitegen.problems.problem import Problem, SiteError
from sitegen.source.files import read_text
from sitegen.source.mark import Mark
from sitegen.source.scalars import scalar
from sitegen.source.yaml import Node, plain_scalar

#: Words for the brackets of a block; the first one that it has is used.
_LABELS = ("title", "header", "heading", "caption", "name", "label", "text", "summary", "arg1")
#: Attributes with a link target.
_LEADING = frozenset("file href image img link page path poster src target to url".split())  # noqa: SIM905
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg)\Z", re.IGNORECASE)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{0,6}[1-9])?")
#: If a shortcode has several forms, the first of these keeps its name.
_FORMS: tuple[Form, ...] = ("container", "leaf", "inline")
#: Found in a template if the text between the shortcode's tags is not Markdown.
_CODE = re.compile(r"\bhighlight\b|transform\.Highlight|Unmarshal|<pre|<code", re.IGNORECASE)
_RENDERS = re.compile(r"markdownify|RenderString", re.IGNORECASE)

#: How many become blocks, each with a template: the largest known themes have a tenth. Others are left out, which is told.
MOST_BLOCKS = 500

#: (page, value) → new target of an address or file; None if it does not exist.
Target = Callable[[HugoPage, str], str | None]


class _Attribute(Struct, dict=True):
    """An attribute with all its values; asked what it is only when it has them all, as the answer is kept."""

    name: str
    values: dict[str, None] = field(default_factory=dict)
    named: dict[str, str | None] = field(default_factory=dict)  #: value → new target, if the value is a link
    differs: bool = False  #: whether its values or positions differ between languages
    is_label: bool = False  #: whether its name says that readers see it

    @cached_property
    def is_read(self) -> bool:
        """Whether its values are text for readers."""
        return self.is_label or any(is_read(self.name, value) for value in self.values)

    @property
    def is_word(self) -> bool:
        return self.is_read or self.differs

    @cached_property
    def type(self) -> str:
        """The narrowest type for all values."""
        filled = [value for value in self.values if value.strip()]
        if self.is_word or not filled:
            return "text"
        named = [self.named.get(value) for value in filled]
        if all(named):
            are_pictures = all(_PICTURE.search(value or "") and _fits("image", value or "") for value in named)
            return "image" if are_pictures else "link"
        if all(value in ("true", "false") for value in filled):
            return "boolean"
        return "number" if all(map(_NUMBER.fullmatch, filled)) else "text"


@cache
def _fits(type_: str, value: str) -> bool:
    return fits(type_, Node(plain_scalar(value), value, Mark(1, 1)))


class _Block(Struct, dict=True):
    """One of the site's own blocks."""

    name: str
    form: Form
    shortcode: str
    first: tuple[HugoPage, Use, Mark]  #: its first use
    attributes: dict[str, _Attribute] = field(default_factory=dict)  #: attributes by their new names
    count: int = 0
    pages: set[str] = field(default_factory=set)  #: paths of the pages that use it

    def take(self, page: HugoPage, use: Use, target: Target) -> None:
        """Collect the attributes of a use."""
        self.count += 1
        self.pages.add(page.path)
        for name, value in attributes_of(use.call).items():
            is_label = self.form != "inline" and name in _LABELS[:-1]
            own = self.attributes.setdefault(name, _Attribute(name, is_label=is_label))
            if value not in own.values:
                own.values[value] = None
                own.named[value] = _named(page, name, value, target)

    @cached_property
    def label(self) -> str:
        """The word in its brackets; "" if there is none."""
        if self.form == "inline":
            return ""
        return next((name for name in _LABELS if name in self.attributes and self.attributes[name].is_read), "")

    def of_side(self, *, are_words: bool) -> list[_Attribute]:
        """Return its words or its facts."""
        return [own for own in self.attributes.values() if own.is_word == are_words]


def _named(page: HugoPage, name: str, value: str, target: Target) -> str | None:
    """Return the new target of an attribute; None if it is not a link or is dead."""
    value = value.strip()
    if re.match(r"https?://|mailto:", value):
        found: str | None = value
    elif name.lower() in _LEADING or value.startswith(("/", "./", "../")):
        found = target(page, value)
    else:
        return None
    return found if found is not None and _fits("link", found) else None


class Declared:
    """The site's own blocks, which are first gathered from all its pages and then written for each use.

    Attributes:
        blocks: (shortcode, form) → block.
    """

    def __init__(self, target: Target, template_of: Callable[[str], str]) -> None:
        self.blocks: dict[tuple[str, Form], _Block] = {}
        self._target = target
        self._is_code = cache(lambda name: _is_code(template_of(name)))
        self._by_name: dict[str, _Block] = {}
        self._forms: dict[str, set[Form]] = {}
        self._differ: set[tuple[str, str]] = set()
        self._names = FreeNames()

    def gather(self, families: Iterable[tuple[Family, Mapping[str, PageUses]]]) -> None:
        """Gather all uses on all pages."""
        own = [(family, uses) for family, uses in families if any(page.uses for page in uses.values())]
        found = [(page, use) for _, uses in own for page in uses.values() for use in page.uses if _is_declared(use)]
        for _, use in found:
            self._forms.setdefault(use.tag.name, set()).add(use.call.form)
        for page, use in sorted(found, key=lambda one: _FORMS.index(self._form(one[1]))):
            place = use.tag.name, self._form(use)
            if place not in self.blocks and len(self.blocks) < MOST_BLOCKS:
                first = (page.page, use, page.mark(use.tag.start))
                self.blocks[place] = _Block(self._free_name(*place), place[1], place[0], first)
        self._by_name = {block.name: block for block in self.blocks.values()}
        for page, use in found:
            if (block := self._block_of(use)) is not None:
                block.take(page.page, use, self._target)
        for family, versions in own:
            self._compare(family, versions)

    def _block_of(self, use: Use) -> _Block | None:
        """Return the block of a use; None if it can't be one, or there are too many."""
        return self.blocks.get((use.tag.name, self._form(use))) if _is_declared(use) else None

    def _form(self, use: Use) -> Form:
        """Return the form of a use: inline if the shortcode is inline anywhere, unless it encloses several lines."""
        seen = self._forms[use.tag.name]
        may_be_inline = use.call.form == "leaf" or (use.call.form == "container" and "\n" not in use.call.inner)
        return "inline" if "inline" in seen and may_be_inline else use.call.form

    def _free_name(self, shortcode: str, form: Form) -> str:
        plain = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", shortcode).lower()).strip("-")
        name = plain if re.fullmatch(NAME, plain) else f"own-{plain or 'block'}"
        name = f"own-{name}" if name in shipped_blocks() else name
        return self._names.take(name, f"{name}-{form}", numbered=lambda number: f"{name}-{form}-{number}")

    def _compare(self, family: Family, versions: Mapping[str, PageUses]) -> None:
        """Collect the facts whose values or positions differ in translations."""
        source = self._facts_of(versions[family.source]) if family.source in versions else {}
        for language, page in versions.items():
            own = self._facts_of(page) if language != family.source else {}
            for name, given in own.items():
                theirs = source.get(name, [])
                if given != theirs:
                    self._differ.add((page.page.path, name))
                    self._note_differing(name, given, theirs)

    def _note_differing(
        self, name: str, given: Sequence[Mapping[str, str]], theirs: Sequence[Mapping[str, str]]
    ) -> None:
        block = self._by_name.get(name)
        if block is None:
            return
        is_aligned = len(given) == len(theirs)
        for number, facts in enumerate(given):
            others = theirs[number] if is_aligned else {}
            for key in {*facts, *others}:
                if facts.get(key) != others.get(key):
                    block.attributes.setdefault(key, _Attribute(key)).differs = True

    def _facts_of(self, page: PageUses) -> dict[str, list[Mapping[str, str]]]:
        """Return name of a block → facts of each use, in order."""
        found: dict[str, list[Mapping[str, str]]] = {}
        for use in page.uses:
            if isinstance(use.made, Leaf):
                found.setdefault(use.made.name, []).append(use.made.facts)
            elif (block := self._block_of(use)) is not None:
                given = attributes_of(use.call).items()
                values = {key: block.attributes[key].named.get(value) or value for key, value in given}
                found.setdefault(block.name, []).append(values)
        return found

    # uses

    def has_facts(self, use: Use, page: HugoPage, *, is_source: bool) -> bool | None:
        """Whether a leaf is written with its facts; None if they differ from those of the source."""
        assert isinstance(use.made, Leaf)
        if is_source:
            return True
        return None if (page.path, use.made.name) in self._differ else False

    def write(self, use: Use, *, is_source: bool) -> Made | None:
        """Return a use of an own block; None if it can't be a block."""
        block = self._block_of(use)
        if block is None:
            return None
        given = attributes_of(use.call)
        label = given.get(block.label, "")
        words = {name: value for name, value in given.items() if block.attributes[name].is_word and name != block.label}
        facts = {name: _written(block.attributes[name], given[name]) for name in given if name not in words}
        facts.pop(block.label, None)
        attributes = written_attributes({**(facts if is_source else {}), **words})
        head = block.name + (f"[{written_label(label)}]" if label.strip() else "") + attributes
        return self._marks(block, use, head, attributes)

    def _marks(self, block: _Block, use: Use, head: str, attributes: str) -> Made | None:
        if block.form == "inline":
            inner = use.call.inner.strip()
            is_whole = _has_balance(use.call.inner)
            if use.tag.closed_by is None:
                return Made(f":{block.name}{attributes or '{}'}")
            return Made(f":{block.name}[", f"]{attributes or '{}'}") if inner and is_whole else None
        if block.form == "leaf":
            return Made(f"::{head}", is_block=True)
        if not use.call.colons:
            return None
        colons = ":" * use.call.colons
        if self.holds_code(use):
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", use.call.inner)), default=0))
            language = use.call.get("lang", "language")
            return Made(f"{colons}{head}\n{fence}{language}", f"{fence}\n{colons}", is_block=True)
        return Made(f"{colons}{head}", colons, is_block=True)

    def holds_code(self, use: Use) -> bool:
        """Whether the enclosed text is data or code, according to the shortcode's template."""
        has_fence = re.search(r"^\s*(?:```|~~~)", use.call.inner, re.MULTILINE) is not None
        return use.tag.sign == "<" and self._is_code(use.tag.name) and not has_fence

    # declarations

    def texts(self) -> dict[str, str]:
        """Return content/blocks.yaml and the template of each block."""
        if not self.blocks:
            return {}
        blocks = sorted(self.blocks.values(), key=lambda block: block.name)
        head = "# Made from the shortcodes of a Hugo site; from now on it is yours."
        declared = "\n".join([head, *(line for block in blocks for line in ("", *_declaration(block)))]) + "\n"
        templates = {f"templates/blocks/{block.name}.html": "".join(_template(block)) for block in blocks}
        return {"content/blocks.yaml": declared, **templates}

    def told(self) -> Iterator[Problem]:
        """Report what each shortcode was converted to, and how often."""
        for block in self.blocks.values():
            page, use, mark = block.first
            sign = {"container": ":::", "leaf": "::", "inline": ":"}[block.form] + block.name
            uses = f"{block.count:,} use{'s' * (block.count != 1)} in {len(block.pages):,} file{'s' * (len(block.pages) != 1)}"
            message = f"the shortcode '{block.shortcode}' became the block '{sign}' ({uses}), and shows only its words"
            hint = f"draw it in templates/blocks/{block.name}.html; it was {' '.join(use.written.split())[:80]}"
            yield page.loss(message, mark, hint, "shortcode")


def _is_declared(use: Use) -> bool:
    return use.made is None and not use.tag.in_address and not use.tag.in_code


def _is_code(template: str) -> bool:
    return _CODE.search(template) is not None and _RENDERS.search(template) is None


def _has_balance(text: str) -> bool:
    """Whether the brackets in a text are balanced, so that it can be put in brackets."""
    depth = 0
    for sign in re.findall(r"\\.|[\[\]]", text):
        depth += (sign == "[") - (sign == "]")
        if depth < 0:
            return False
    return depth == 0


def _written(own: _Attribute, value: str) -> str:
    return (own.named.get(value) or value) if own.type in ("link", "image") else value


def _declaration(block: _Block) -> Iterator[str]:
    yield f"{block.name}:"
    yield f"  help: {scalar(f'the shortcode {block.shortcode} of the old site')}"
    if block.form != "container":
        yield f"  form: {block.form}"
    if block.label:
        yield f"  label: {block.label}"
    for side in ("facts", "words"):
        own = block.of_side(are_words=side == "words")
        if own:
            yield f"  {side}:"
            yield from (f"    {one.name}: {{type: {one.type}}}" for one in own)


def _template(block: _Block) -> Iterator[str]:
    """Yield a template that shows the words, pictures and links of a block."""
    name = re.sub(r"[^\w/.:-]", "?", block.shortcode)  # a template is code, and a page may name a shortcode anything
    yield f"{{#- The shortcode `{name}` of the old site: only its words. Draw it here as it should look. -#}}\n"
    facts, words = block.of_side(are_words=False), [own for own in block.of_side(are_words=True) if own.is_read]
    picture = next((own.name for own in facts if own.type == "image"), "")
    link = next((own.name for own in facts if own.type == "link"), "")
    shown = [own.name for own in words if not (picture and own.name == "alt")]
    element = "span" if block.form == "inline" else "div"
    yield f'<{element} class="{block.name}">'
    if picture:
        alt = "block.words.alt" if any(own.name == "alt" for own in words) else "None"
        yield f'{{% if block.facts.{picture} %}}{{{{ page.picture(block.facts.{picture}, {alt} or "") }}}}{{% endif %}}'
    for number, name in enumerate(sorted(shown, key=lambda name: name != block.label)):
        yield _shown(name, link if number == 0 else "", "span" if block.form == "inline" else "p")
    if link and not shown:
        yield f'{{% if block.facts.{link} %}}<a href="{{{{ block.facts.{link}.url }}}}">{{{{ block.facts.{link}.host or block.facts.{link}.url }}}}</a>{{% endif %}}'
    if block.form != "leaf":
        yield "{{ inner }}" if block.form == "inline" else "\n{{ inner }}"
    yield f"</{element}>\n"


def _shown(name: str, link: str, element: str) -> str:
    """Return the template code for a word, with an optional link around it."""
    text = f"{{{{ block.words.{name}|words }}}}"
    if link:
        opening = f'{{% if block.facts.{link} %}}<a href="{{{{ block.facts.{link}.url }}}}">{{% endif %}}'
        text = f"{opening}{text}{{% if block.facts.{link} %}}</a>{{% endif %}}"
    start = "" if element == "span" else "\n"
    return f"{start}{{% if block.words.{name} %}}<{element}>{text}</{element}>{{% endif %}}"


#: The folders of templates of shortcodes, and of what Markdown is drawn as.
_FOLDERS = ("_shortcodes", "shortcodes", "_markup", "_default/_markup")


def template_reader(folder: Path) -> Callable[[str], str]:
    """Return a function that reads the template of a shortcode, or of a mark, from the site or its themes; "" if missing."""
    themes = sorted(path.name for path in (folder / "themes").glob("*")) if (folder / "themes").is_dir() else []
    tops = ("layouts", *(f"themes/{theme}/layouts" for theme in themes))

    places: dict[str, str] = {}
    for place in (f"{top}/{sort}" for top in tops for sort in _FOLDERS):
        for path in sorted((folder / place).rglob("*.html")):
            below = path.relative_to(folder).as_posix()
            places.setdefault(below.removeprefix(f"{place}/").removesuffix(".html"), below)

    def read(name: str) -> str:
        found = places.get(name)
        try:
            return read_text(folder, found) if found else ""
        except SiteError:
            return ""

    return read
