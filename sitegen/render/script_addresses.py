"""Finds addresses in a finished page that no page of content may have: a template shows an address as it is.

Fields of type `url` hold none, but content declares its own fields and attributes of blocks, for templates of the theme too.
"""

from __future__ import annotations

from collections.abc import Callable, Container

from sitegen.source.html import Tag, pieces
from sitegen.source.lazy_regex import lazily

#: Attributes that browsers go to, or load.
_ADDRESSES = ("action", "background", "data", "formaction", "href", "ping", "poster", "src", "srcset", "xlink:href")
PROGRAMS = frozenset({"javascript", "vbscript"})
#: What an address may begin with: what browsers open, what HTML lets other sites register (8.3.1.3, and `web+`), maps,
#: money, and programs in which people are called or written to. What is not known may run a program of the reader's.
_LINKS = frozenset(
    """bitcoin ftp ftps geo http https im irc ircs magnet mailto matrix mms news nntp openpgp4fpr sftp sip sms smsto ssh tel
    urn webcal wtai xmpp alipay alipays at callto cid comgooglemaps dns doi ethereum facetime facetime-audio fb-messenger feed
    gemini gopher hdl ipfs ipns kakaotalk ldap ldaps lightning line litecoin maps mid monero msteams nostr onion payto pgp
    rtsp sgnl sips skype snapchat spotify tg threema viber webcals weixin whatsapp xri zalo zoommtg""".split()  # noqa: SIM905
)
#: Elements that show `data:` and run nothing of it.
_PICTURES = frozenset({"audio", "image", "img", "input", "link", "source", "track", "video"})
#: What browsers leave out within an address, and before it.
_WITHIN, _BEFORE = {9: None, 10: None, 13: None}, "".join(map(chr, range(33)))
#: A colon after what may be a scheme, but for those that nearly all colons of a page follow; and such a value of an attribute.
_COLON = lazily(r""":(?<=[a-zA-Z0-9+.\-\t\n\r]:)(?<!"https:)(?<!property="og:)(?<!"http:)(?<!"mailto:)(?<!"tel:)""")
_VALUE = lazily(r"""[\x00-\x20"']*+[a-zA-Z][a-zA-Z0-9+.\-\t\n\r]*+""")
_SCHEME = lazily(r"([a-zA-Z][a-zA-Z0-9+.-]*+):")
#: A scheme at the beginning of an attribute, or of a text, in a template; and what may become one there.
_WRITTEN = lazily(r"""["'=]\s*+([a-zA-Z][a-zA-Z0-9+.-]*+):""")
_NAMED = lazily(r"""(?<![a-zA-Z0-9+.-])([a-zA-Z][a-zA-Z0-9+.-]*+)[:"']""")
#: Schemes that are too near to other words of a template.
_OTHER_WORDS = frozenset({"about", "blob", "data", "file", "filesystem"})


def find_bad_address(html: str, written: Callable[[], Container[str]] = frozenset) -> tuple[str, str] | None:
    """The first tag with an address that may not be there, as `<a href="javascript:…">`, and what that begins with.

    Args:
        written: returns the schemes in the templates themselves, which may be any but those of programs.

    >>> find_bad_address('<p>javascript: <a href="/x/">x</a> <a href="sms:1">z</a> <a href=" JavaScript:y()">y</a>')
    ('<a href="JavaScript:y()">', 'javascript')
    """
    if not _has_scheme(html):
        return None
    tags = (piece for piece in pieces(html) if isinstance(piece, Tag))
    addresses = (
        (tag, name, value.translate(_WITHIN).lstrip(_BEFORE)) for tag in tags for name, value in tag.attributes.items()
    )
    for tag, name, address in addresses:
        scheme = _scheme_of(address) if name in _ADDRESSES else ""
        if scheme and not _may_be(scheme, tag) and (scheme in PROGRAMS or scheme not in written()):
            return f'<{tag.name} {name}="{address}">', scheme
    return None


def schemes_in(template: str) -> set[str]:
    """The schemes of the addresses in a template, and the words that may be one, as in `["sms", "steam"]`.

    >>> sorted(schemes_in('<a href="{% if a %}steam:{{ a }}{% endif %}">'))
    ['steam']
    """
    named = {found[1].lower() for found in _NAMED.finditer(template)} - _OTHER_WORDS
    return named | {found[1].lower() for found in _WRITTEN.finditer(template)}


def _has_scheme(html: str) -> bool:
    """Whether an attribute of an address may begin with a scheme; it ends at a colon, so each part is looked through once."""
    last = 0
    for colon in _COLON.finditer(html):
        before, last = last, colon.start()
        equals = html.rfind("=", before, last)
        if equals >= 0 and _VALUE.fullmatch(html, equals + 1, last) and _is_address(html, equals):
            return True
    return False


def _is_address(html: str, end: int) -> bool:
    """Whether an attribute that ends there is one of an address."""
    return html[max(0, end - 20) : end].rstrip().lower().endswith(_ADDRESSES)


def _scheme_of(address: str) -> str:
    found = _SCHEME.match(address)
    return found[1].lower() if found else ""


def _may_be(scheme: str, tag: Tag) -> bool:
    return scheme in _LINKS or scheme.startswith("web+") or (scheme == "data" and tag.name in _PICTURES)
