"""Pictures whose titles a site's own template of pictures shows as captions: one that has a caption, `<figcaption>`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sitegen.importers.hugo.fences import find_fenced
from sitegen.source.edits import Edit, Traced, within

#: A picture with a title, alone in its paragraph.
_PICTURE = re.compile(
    r"""(?:\A|(?<=\n))[ \t]{0,3}(?P<all>!\[(?P<alt>[^\]\n]*)\]\(<?(?P<src>[^\s<>()]+)>?[ \t]+(?P<quote>["'])(?P<title>[^\n]+?)(?P=quote)\))[ \t]*(?=\n[ \t]*\n|\n?\Z)"""
)


def with_captions(text: Traced) -> Traced:
    """Write each picture with a title as the shortcode `figure`, which has a caption."""
    if "![" not in text.text:
        return text
    return text.edited(_edits(text.text, within(find_fenced(text.text))))


def _edits(text: str, is_code: Callable[[int], bool]) -> Iterator[Edit]:
    for found in _PICTURE.finditer(text):
        is_apart = not text[: found.start()].rpartition("\n")[0].rpartition("\n")[2].strip() if found.start() else True
        if is_apart and not is_code(found.start()):
            given = {"src": found["src"], "alt": found["alt"], "caption": found["title"]}
            arguments = " ".join(
                f'{name}="{value.replace(chr(34), chr(92) + chr(34))}"' for name, value in given.items()
            )
            yield Edit(found.start("all"), found.end("all"), f"{{{{< figure {arguments} >}}}}")
