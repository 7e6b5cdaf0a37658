"""The cache of a build: whatever it holds, the site is right, no command ends in a traceback, and no code runs."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import os
import pickle
import random
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from zoneinfo import ZoneInfo

import msgspec
import pytest
from conftest import REPOSITORY, MakeSite, TinySite
from msgspec.structs import replace
from published import sampled

from sitegen.build.engine_digest import version
from sitegen.build.last_build import FOLDER, INDEX, Memory, Record, StoredNode, StoredPage
from sitegen.build.serialization import UnstoredError, decode_documents, encode, encode_documents
from sitegen.cli import main
from sitegen.model.fields import TYPES, Group
from sitegen.model.page import (
    Choice,
    Destination,
    Document,
    FileName,
    Id,
    ImageName,
    Key,
    Money,
    Reference,
    Shelved,
    TableName,
)
from sitegen.source.mark import Mark
from sitegen.source.yaml_events import parse_events
from sitegen.storage.blobs import DamagedError

MARK = Mark(3, 7, 5)
#: Type of a field → a value of it.
VALUES: dict[str, Any] = {
    "text": "words",
    "markdown": "*words*",
    "id": Id("key"),
    "number": 10**40,
    "boolean": True,
    "date": dt.date(2026, 1, 31),
    "time": dt.time(9, 30),
    "time_zone": "Asia/Shanghai",
    "moment": dt.date(2026, 1, 31),
    "map": {"one": "words"},
    "datetime": dt.datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
    "url": "https://example.org/",
    "email": "a@example.org",
    "phone": "+86 22 1234",
    "country": "KZ",
    "language": "zh-Hans",
    "choice": Choice("open", "Is open"),
    "page": Reference(Key("/a/"), MARK),
    "image": ImageName("f.png"),
    "table": TableName("f.csv"),
    "file": FileName("f.pdf"),
    "captions": FileName("f.vtt"),
    "link": Destination("/a/#b", MARK),
    "money": Money(Decimal("12.50"), "CNY"),
    "list": (1, 2.5, ("a", Id("b")), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
    "group": Group({"street": "x", "when": dt.date(2026, 1, 1)}, ("street", "when", "more")),
}


def commands(root: Path) -> list[list[str]]:
    return [["build"], ["check"], ["hosts", "nginx"], ["translate", "status"], ["compare", str(root / "before")]]


def run(root: Path, words: list[str]) -> int:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return main([*words, "--root", str(root)])


@pytest.fixture
def site(make_site: MakeSite) -> TinySite:
    pages = {f"content/{name}/index.en.md": f"---\ntitle: {name}\n---\n## Part\n\nText.\n" for name in "abc"}
    made = make_site(pages)
    made.report()
    shutil.copytree(made.public, made.root / "before")
    return made


def remembered(site: TinySite) -> Record:
    with contextlib.closing(Memory.open(site.root)) as memory:
        assert memory.record is not None
        return memory.record


def put(site: TinySite, payload: bytes) -> None:
    (site.root / FOLDER / INDEX).write_bytes(hashlib.sha256(payload).digest() + payload)


def put_record(site: TinySite, **other: Any) -> None:
    put(site, encode(replace(remembered(site), **other)))


def shelf_of(site: TinySite) -> Path:
    return next(path for path in (site.root / FOLDER).iterdir() if path.name not in (INDEX, "lock"))


class Runs:
    """Writes a file when unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (str(self.path),)


def cut(site: TinySite) -> None:
    path = site.root / FOLDER / INDEX
    path.write_bytes(path.read_bytes()[:-100])


def noise(site: TinySite) -> None:
    chance = random.Random(7)
    for path in (site.root / FOLDER / INDEX, shelf_of(site)):
        content = bytearray(path.read_bytes())
        for _ in range(50):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)


def nested(site: TinySite) -> None:
    put(site, b"\x91" * 200_000)


def cut_shelf(site: TinySite) -> None:
    path = shelf_of(site)
    path.write_bytes(path.read_bytes()[:40])


def shelf_gone(site: TinySite) -> None:
    shelf_of(site).unlink()


def folder_in_its_place(site: TinySite) -> None:
    (site.root / FOLDER / INDEX).unlink()
    (site.root / FOLDER / INDEX / "x").mkdir(parents=True)


def pickled(site: TinySite) -> None:
    put(site, pickle.dumps(Runs(site.root / "ran")))


def pickled_pages(site: TinySite) -> None:
    record = remembered(site)
    content = pickle.dumps(Runs(site.root / "ran"))
    path = site.root / FOLDER / "mine"
    path.write_bytes(content)
    place = StoredPage(Shelved("mine", 0, len(content), zlib.crc32(content)), ("mine",))
    put_record(site, pages=dict.fromkeys(record.pages, place))


def other_page(site: TinySite) -> None:
    pages = remembered(site).pages
    put_record(site, pages={key: pages[Key("/a/")] for key in pages})


def no_addresses(site: TinySite) -> None:
    put_record(site, segments={}, referrers={}, below={}, ordered={})
    (site.root / "content/a/index.en.md").write_text("---\ntitle: a\n---\n## Part\n\nOther.\n")


def climbs(site: TinySite) -> None:
    outputs = remembered(site).outputs
    put_record(site, outputs={**outputs, "../../ran": next(iter(outputs.values()))})


def absolute(site: TinySite) -> None:
    outputs = remembered(site).outputs
    put_record(site, outputs={**outputs, str(site.root / "ran"): next(iter(outputs.values()))})


def shelf_elsewhere(site: TinySite) -> None:
    pages = remembered(site).pages
    put_record(
        site, pages={key: StoredPage(own.place._replace(file="../../secret"), own.files) for key, own in pages.items()}
    )


def unknown_job(site: TinySite) -> None:
    outputs = {path: own._replace(maker="shell", language="xx") for path, own in remembered(site).outputs.items()}
    put_record(site, outputs=outputs)
    (site.root / "content/a/index.en.md").write_text("---\ntitle: a\n---\n## Part\n\nOther.\n")


def other_types(site: TinySite) -> None:
    whole = msgspec.msgpack.decode(encode(remembered(site)))
    put(site, msgspec.msgpack.encode({**whole, "pages": ["x"], "saved": "now"}))


def other_settings(site: TinySite) -> None:
    own = remembered(site)
    put_record(site, parsed={digest: StoredNode("words", "words", MARK) for digest in own.parsed})
    site.write("content/a/index.en.md", "---\ntitle: a\n---\n## Part\n\nOther.\n")


def another_version(site: TinySite) -> None:
    path = site.root / FOLDER / INDEX
    payload = path.read_bytes()[32:].replace(version().encode(), b"0" * len(version()))
    put(site, payload)


DAMAGES = (
    cut, noise, nested, cut_shelf, shelf_gone, folder_in_its_place, pickled, pickled_pages, other_page, no_addresses, climbs,
    absolute, shelf_elsewhere, unknown_job, other_types, other_settings,
    another_version,
)  # fmt: skip


#: Each damage meets one command, and noise each of them; `make soak` has each damage meet each command.
MEETINGS = [(damage, number) for damage in DAMAGES for number in range(5)]
MET = {(damage, place % 5) for place, damage in enumerate(DAMAGES)} | {(noise, number) for number in range(5)}


@pytest.mark.parametrize(
    ("damage", "number"), sampled(MEETINGS, MET), ids=lambda own: getattr(own, "__name__", str(own))
)
def test_no_command_trusts_a_damaged_or_hostile_cache(
    site: TinySite, monkeypatch: pytest.MonkeyPatch, damage: Callable[[TinySite], None], number: int
) -> None:
    monkeypatch.setattr("sitegen.build.incremental.UNSETTLED", 0)
    damage(site)

    assert run(site.root, commands(site.root)[number]) in (0, 1)
    site.report()
    warm = site.files()
    site.report(clean=True)
    assert warm == site.files()
    assert not (site.root / "ran").exists()


def test_settings_are_parsed_again_only_if_their_text_changes(site: TinySite, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = (site.root / "content/site.yaml").read_text()
    read = Mock(wraps=parse_events)
    monkeypatch.setattr("sitegen.source.yaml_events.parse_events", read)
    site.write("content/a/index.en.md", "---\ntitle: Other\n---\n")
    assert "Other" in site.build()["en/a/index.html"]
    assert read.call_count == 0

    site.write("content/site.yaml", settings.replace("https://example.org/", "https://other.example/"))
    assert "https://other.example/en/a/" in site.build()["en/sitemap.xml"]
    assert [call.args[0].path for call in read.call_args_list] == ["content/site.yaml"]


@pytest.mark.parametrize("name", VALUES)
def test_field_value_survives_the_cache(site: TinySite, name: str) -> None:
    documents = one_document(site, VALUES[name])
    again = decode_documents(encode_documents(documents))

    assert again == documents
    assert type(again[0].facts["own"]) is type(VALUES[name])
    assert str(getattr(again[0].facts["own"], "tzinfo", "")) == str(getattr(VALUES[name], "tzinfo", ""))


def test_every_field_type_has_a_sample_here() -> None:
    assert TYPES.keys() - VALUES.keys() == set()


def test_page_with_a_custom_field_type_is_read_by_every_build(site: TinySite) -> None:
    with pytest.raises(UnstoredError):
        encode_documents(one_document(site, object()))


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x90", encode([1]), encode([["group"]]), b"\x91" * 100_000])
def test_foreign_bytes_count_as_damage(content: bytes) -> None:
    with contextlib.suppress(DamagedError):
        assert decode_documents(content) == ()


def one_document(site: TinySite, value: Any) -> tuple[Document, ...]:
    with contextlib.closing(Memory.open(site.root)) as memory:
        return tuple(replace(own, facts={"own": value}) for own in memory.documents(Key("/a/")))


@pytest.mark.slow
def test_next_build_need_not_load_cldr(make_site: MakeSite) -> None:
    site = make_site()
    command = (
        f"import sys, sitegen.cli as c; c.main(['build', '--root', {str(site.root)!r}]); print('babel' in sys.modules)"
    )

    def build() -> str:
        return subprocess.run([sys.executable, "-c", command], cwd=REPOSITORY, capture_output=True, text=True).stdout

    assert build() == "True\n"
    site.write("content/index.en.md", "---\ntitle: Other\n---\n")
    assert build() == "False\n"
    assert "Other" in site.files()["en/index.html"].decode()
