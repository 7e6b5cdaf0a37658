"""Names of the files that are made beside pages and for each language."""

from __future__ import annotations

#: Where the states of all translations are published as data.
STATUS = "status.json"
#: What a search asks first, in the folder of each language.
SEARCH = "search.json"
#: The Atom feed of a list.
FEED = "feed.xml"
#: The calendar file beside a page, and that of a language.
EVENT, CALENDAR = "event.ics", "calendar.ics"
#: The picture that goes with a page when it is shared.
CARD = "card.png"
