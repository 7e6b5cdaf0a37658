"""Renders the blocks in a text's HTML with their templates, inner blocks first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from msgspec import Struct, field

from sitegen.library.block_pairs import paired_blocks
from sitegen.model.blocks import BlockType
from sitegen.model.fields import Group
from sitegen.model.page import Page
from sitegen.render.value_views import Words
from sitegen.source.html import plain_text
from sitegen.source.lazy_regex import lazily

if TYPE_CHECKING:  # which draws its blocks
    from sitegen.render.page_views import PageView

#: Found in every text that contains blocks.
BLOCK = "<x-block "
_TAG = lazily(r'<x-block data-n="(-?\d+)" data-is="([\w-]*)">|<x-word data-k="([\w-]+)">|</x-(?:block|word)>')


class BlockView(Struct, eq=False):
    """A block as seen by its template.

    Attributes:
        name: the name of its type, such as "note".
        id: an id that is unique on the page, such as "_block-3": those of headings begin with no underscore.
        facts: its attributes that are the same in every language; None if not filled in.
        words: its texts in the language shown; None if not filled in.
        parent: the block that contains it, if any.
        children: the blocks that it contains, in order.
        given: its unconverted facts, including those that select pages.
        index: its 0-based position among its siblings.
        page: its page.
        type: its declaration.
    """

    name: str
    id: str
    facts: Group
    words: Group
    parent: BlockView | None
    page: PageView
    type: BlockType
    given: Mapping[str, Any]
    index: int = 0
    children: list[BlockView] = field(default_factory=list)

    @property
    def pages(self) -> Sequence[Any]:
        """The pages that a list by kind and facts shows, except the page that contains the list."""
        given = {name: value for name, value in self.given.items() if name not in self.type.fields}
        kind, sort, limit = (self.given.get(name) for name in ("kind", "sort", "limit"))
        return self.page.scope.select(str(kind), given, sort, limit, but=self.page.key)


class _Frame(Struct):
    """An open element: a block, one of its words, or the text itself."""

    parts: list[str] = field(default_factory=list)
    word: str = ""
    number: int = -1
    type: BlockType | None = None
    view: BlockView | None = None
    words: dict[str, Words] = field(default_factory=dict)


class Drawing:
    """Renders the blocks of a page's text, section by section."""

    def __init__(self, page: PageView, draw: Callable[..., str]) -> None:
        library = page.scope.library
        self._page = page
        self._draw = draw
        self._types = library.config.blocks
        self._locale = page.shown
        self._facts = _facts_by_number(library.pages[page.key], page.shown.path)

    def html(self, text: str) -> str:
        """Return the HTML of a section with its blocks rendered."""
        frames, end = [_Frame()], 0
        for tag in _TAG.finditer(text):
            frames[-1].parts.append(text[end : tag.start()])
            end = tag.end()
            if tag[1]:
                frames.append(_Frame(number=int(tag[1]), type=self._types.get(tag[2])))
            elif tag[3]:
                frames.append(_Frame(word=tag[3]))
            else:
                self._end(frames)
        return "".join((*frames[0].parts, text[end:]))

    def _end(self, frames: list[_Frame]) -> None:
        own = frames.pop()
        content = "".join(own.parts)
        if own.word:
            text = plain_text(content).removesuffix("\n")
            frames[-1].words[own.word] = Words.of(text, self._locale)
            return
        is_known = own.type is not None  # of others, where they are no error, the content is shown
        frames[-1].parts.append(self._drawn(own, self._view(own, frames), content) if is_known else content)

    def _view(self, own: _Frame, above: list[_Frame]) -> BlockView:
        """Return the view of a frame, created when its template or a block in it first needs it."""
        missing, parent = [] if own.view else [own], own.view
        for frame in reversed(above) if missing else ():
            if frame.type is not None and frame.view is None:
                missing.append(frame)
            elif frame.view is not None:
                parent = frame.view
                break
        for frame in reversed(missing):
            parent = frame.view = self._new_view(frame, parent)
        assert parent is not None
        return parent

    def _new_view(self, own: _Frame, parent: BlockView | None) -> BlockView:
        assert own.type is not None
        beside = parent.children if parent else []
        given = self._facts.get(own.number, {})
        facts = Group(given, _names(own.type, "facts"))
        view = BlockView(
            name=own.type.name,
            id=f"_block-{own.number + 1}",
            facts=self._page.scope.value(facts, None, self._page.key),
            words=Group(own.words, _names(own.type, "words")),
            parent=parent,
            page=self._page,
            type=own.type,
            given=given,
            index=len(beside),
        )
        beside.append(view)
        return view

    def _drawn(self, own: _Frame, view: BlockView, content: str) -> str:
        """Render a block with its template, or return its content if the source lacks the block and so its facts."""
        assert own.type is not None
        facts = view.facts.values
        if any(declared.required and facts.get(declared.name) is None for declared in own.type.of_side("facts")):
            return content
        inner = Markup(content)  # noqa: S704 - Markdown without raw HTML, and rendered blocks
        return self._draw(own.type.template, block=view, inner=inner, page=self._page).strip("\n")


def _names(own: BlockType, side: Any) -> tuple[str, ...]:
    return tuple(declared.name for declared in own.of_side(side))


def _facts_by_number(page: Page, language: str) -> Mapping[int, Mapping[str, Any]]:
    """Return block number in a language's text → facts of the source's block that it renders."""
    source = page.versions[page.source]
    if language == page.source:
        return {number: block.facts for number, block in enumerate(source.body.blocks)}
    if not any(block.facts for block in source.body.blocks):
        return {}
    return {number: block.facts for number, block in paired_blocks(source, page.versions[language]).items()}
