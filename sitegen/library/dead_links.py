"""Dead and indirect links, and why a page can't be reached: it has moved, is held back, expires, or does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.library.library import Library
from sitegen.library.links import is_file, links_of, resolve
from sitegen.library.shared_heading_ids import known_anchors
from sitegen.media.images import AS_PICTURE, is_shown
from sitegen.model.page import Document, Key, Link
from sitegen.model.urls import Target, join_key, normal, shortened, with_scheme
from sitegen.problems.problem import Problem
from sitegen.source.lazy_regex import lazily
from sitegen.source.text import problem_at

_PREVIEW = lazily(r"https?://(?:localhost|127\.0\.0\.1)(?![\w.-])")


def find_dead_links(library: Library, document: Document) -> Iterator[Problem]:
    """Report every link of a document that is dead or indirect in its language, with line and column."""
    yield from _outward(library, document)
    for link in links_of(document):
        path, anchor = (target := Target.of(link.target)).path, target.anchor
        if join_key(document.key, path) in library.unread:
            continue
        if "\\" in path:
            yield _turned_slash(library, document, link)
        elif (".." in path or "//" in path or "./" in path) and (now := shortened(document.key, path)):
            yield _shortened(library, document, link, now + target.rest)
        elif resolve(library, document.key, document.language, link.target) is None:
            yield _dead_file(library, document, link) if is_file(path) else _dead_page(library, document, link)
        elif not is_file(path) and (told := explain_expiry(library, join_key(document.key, path))):
            message, hint = told
            yield problem_at(document.path, "expires", f"{message} link leads to its parent page", link.mark, hint)
        elif anchor and not is_file(path):
            yield from _dead_anchor(library, document, link, anchor)
        elif link.is_picture and not is_shown(path):
            message = f"not every browser shows '{link.target}'"
            yield problem_at(document.path, "picture", message, link.mark, AS_PICTURE)


def _outward(library: Library, document: Document) -> Iterator[Problem]:
    """Report links to the site or its preview by their full addresses, and pictures on other sites."""
    base = library.config.base_url.partition("//")[2]
    host = base.partition("/")[0]
    for link in document.body.outward:
        if (
            not link.is_picture
            and host not in link.target
            and "localhost" not in link.target
            and "127." not in link.target
        ):
            continue  # as nearly all
        if _PREVIEW.match(link.target):
            message = "this is the address of your own machine, which readers can't reach"
            hint = "write the page's path, such as /plan/, or the address as code: `http://localhost:8000/`"
            yield problem_at(document.path, "local-address", message, link.mark, hint)
        elif link.is_picture:
            message = "a picture on another site is not shown, as pages load nothing from elsewhere"
            yield problem_at(document.path, "dead-file", message, link.mark, "put the file into the page's folder")
        elif (own := _below(base, link.target)) is not None:
            yield _own_address(library, document, link, own)


def _below(base: str, target: str) -> str | None:
    """Return an address relative to the site's, without its protocol, such as `ru/plan/`; None if it is elsewhere."""
    target = target.partition("//")[2]
    return f"{target}/".removeprefix(base).rstrip("/") if f"{target}/".startswith(base) else None


def _own_address(library: Library, document: Document, link: Link, own: str) -> Problem:
    target = Target.of(own)
    key = _page_at(library, target.path.rstrip("/"))
    now = key + target.rest if key else None
    message = (
        "a page of this site is linked by its full address, which fixes the language and breaks when the page moves"
    )
    fix = None if _names_another_language(library, document, own) else _fix(link, now)
    path = fix or (f"[words]({now})" if now else "the content path of the page, such as /plan/")
    return problem_at(document.path, "own-address", message, link.mark, f"write {path}", fix)


def _names_another_language(library: Library, document: Document, path: str) -> bool:
    """Whether an address begins with another language than that of its text, which may be what is meant."""
    first = path.lstrip("/").partition("/")[0]
    return first in library.config.languages and first != document.language


def _page_at(library: Library, path: str) -> Key | None:
    """Return the page at an address such as `ru/plan`, or `plan` without the language."""
    named = Key(f"/{path}/" if path else "/")
    return named if named in library.pages else library.at.get(f"{path}/index.html")


def _fix(link: Link, now: str | None) -> str | None:
    """Return the replacement for a link's target, if the target is written literally in the source."""
    return now if link.mark.width == len(link.target) else None


def _turned_slash(library: Library, document: Document, link: Link) -> Problem:
    r"""Return the problem for a link written with backslashes, such as `\news\opening`."""
    now = link.target.replace("\\", "/")
    path, rest = Target.of(now).path, Target.of(now).rest
    if not is_file(path):
        now = f"{path.rstrip('/')}/{rest}"
    now = with_scheme(now)
    leads = resolve(library, document.key, document.language, now) is not None
    code = "dead-file" if is_file(path) else "dead-page"
    message = f"'{link.target}' is written with \\; links are written with /"
    return problem_at(document.path, code, message, link.mark, f"write {now}", _fix(link, now if leads else None))


def _shortened(library: Library, document: Document, link: Link, now: str) -> Problem:
    """Return the problem of a link with a part that leads back, or nowhere, as `/en/../x/` does."""
    path = Target.of(link.target).path
    leads = resolve(library, document.key, document.language, now) is not None
    message = f"'{link.target}' is shortened to '{now}': it goes back, above the home page, or has an empty part"
    hint = f"write {now}" if leads else "write the page's path, such as /plan/"
    code = "dead-file" if is_file(path) else "dead-page"
    return problem_at(document.path, code, message, link.mark, hint, _fix(link, now if leads else None))


def _dead_page(library: Library, document: Document, link: Link) -> Problem:
    target = Target.of(link.target)
    page = join_key(document.key, target.path)
    message, hint, now = explain_missing(library, page, "dead-page")
    if file := _file_with_hash(library, document.key, link.target):
        hint, now = f"for the file of this name write {file}", None
    is_certain = now and not _names_another_language(library, document, page)
    fix = _fix(link, f"{now}{target.rest}" if is_certain else None)
    return problem_at(document.path, "dead-page", message, link.mark, hint, fix)


def _file_with_hash(library: Library, key: Key, target: str) -> str:
    """Return the link to a file beside the page whose name contains `#` or `?`; "" if there is no such file."""
    return target.replace("#", "%23").replace("?", "%3F") if (key, normal(target)) in library.files else ""


def _dead_file(library: Library, document: Document, link: Link) -> Problem:
    name = Target.of(link.target).path.rpartition("/")[2]
    what = "picture" if link.is_picture else "file"
    guess = library.guess("dead-file", name, library.beside.get(document.key, ()))
    hint = _meant(link.target) or guess or "put it into the page's folder"
    return problem_at(document.path, "dead-file", f"there is no {what} '{link.target}'", link.mark, hint)


def _meant(target: str) -> str:
    """Return a hint for a missing file that looks like a web address, an e-mail address or a page's file; or ""."""
    if target.startswith("www."):
        return f"write https://{target}"
    if "@" in target:
        return f"write mailto:{target}"
    folder, _, name = target.rpartition("/")
    return f"a link names the page's folder: write {folder}/" if name.endswith(".md") and folder else ""


def _dead_anchor(library: Library, document: Document, link: Link, anchor: str) -> Iterator[Problem]:
    path = Target.of(link.target).path
    page = join_key(document.key, path) if path else document.key
    known = known_anchors(library, page, document.language)
    if anchor not in known:
        message, hint = f"the page '{page}' has no heading '#{anchor}'", library.guess("dead-anchor", anchor, known)
        yield problem_at(document.path, "dead-anchor", message, link.mark, hint)


def explain_missing(library: Library, key: Key, code: str) -> tuple[str, str, Key | None]:
    """Explain why a page can't be reached: (message, hint, new path)."""
    now = library.moved.get(key)
    without = Key("/" + key.lstrip("/").partition("/")[2])
    if key in library.held:
        why, hint, now = f"is {library.held[key]}", "link to it when it is published", None
    elif now:
        why, hint = f"has moved to '{now}'", f"write '{now}'"
    elif key.split("/")[1] in library.locales and without in library.pages:
        why, hint, now = "does not exist; links do not name a language", f"write '{without}'", without
    else:
        why, hint = "does not exist", library.guess(code, key, library.keys)
    return f"the page '{key}' {why}", hint, now


def explain_expiry(library: Library, key: Key) -> tuple[str, str] | None:
    """Explain a link or reference to a page that expires or has expired: (start of the message, hint)."""
    if key in library.pages:
        day = library.pages[key].facts.get("expires")
        return (f"the page '{key}' expires on {day}; from then on this", "remove it before that day") if day else None
    if library.is_expired(key):
        return f"the page '{key}' {library.held[key]}, so this", "remove it, or name another page"
    return None
