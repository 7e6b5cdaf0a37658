"""Documents and records as MessagePack of declared types: decoding creates plain values and runs no code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from sitegen.model.fields import Group
from sitegen.model.page import Choice, Destination, Document, FileName, Id, ImageName, Key, Money, Reference, TableName
from sitegen.source.mark import Mark
from sitegen.storage.blobs import DamagedError

Stored = TypeVar("Stored")


class UnstoredError(TypeError):
    """A value of a type that `_WRITTEN` lacks, as from a site's own field type: its page is read in every build."""


def _as_text(value: object) -> str:
    """Encode an instance of a str subclass as plain text."""
    if not isinstance(value, str):
        raise UnstoredError(str(type(value)))
    return str(value)


_encoder = msgspec.msgpack.Encoder(enc_hook=_as_text)


def encode(value: object) -> bytes:
    """Encode a value of a declared type."""
    return _encoder.encode(value)


def decoder(of: type[Stored]) -> Callable[[bytes], Stored]:
    """A function that decodes values of a type; raises DamagedError if the bytes are something else."""
    whole = msgspec.msgpack.Decoder(of)

    def decode(content: bytes) -> Stored:
        try:
            return whole.decode(content)
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            raise DamagedError(str(error)) from error

    return decode


def encode_documents(documents: tuple[Document, ...]) -> bytes:
    """Encode the versions of a page."""
    return encode([_with_values(own, _plain_all) for own in documents])


def decode_documents(content: bytes) -> tuple[Document, ...]:
    """Decode the versions of a page; raises DamagedError if the bytes are something else."""
    try:
        return tuple(_with_values(own, _revive_all) for own in _decode_documents(content))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise DamagedError(str(error)) from error


_decode_documents = decoder(tuple[Document, ...])


def _with_values(document: Document, change: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Document:
    """The document with the values of all fields changed, including those of blocks."""
    body = document.body
    if body.blocks:
        body = replace(body, blocks=tuple(replace(block, facts=change(block.facts)) for block in body.blocks))
    return replace(document, facts=change(document.facts), words=change(document.words), body=body)


def _plain_all(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """A field's value in types of MessagePack; for other types, a list that starts with a name from `_REVIVED`."""
    kind = value.__class__
    if kind in _PLAIN or (kind is int and -(2**63) <= value < 2**63):
        return value
    if kind not in _WRITTEN:
        raise UnstoredError(str(kind))
    return _WRITTEN[kind](value)


def _write_datetime(value: dt.datetime) -> list[Any]:
    zone = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else ""
    moment = value.replace(tzinfo=None) if zone else value
    return ["datetime", moment.isoformat(), zone, value.fold]


def _revive_all(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _revive(value) for name, value in values.items()}


def _revive(value: Any) -> Any:
    return _REVIVED[value[0]](*value[1:]) if value.__class__ is list else value


def _datetime(text: str, zone: str, fold: int) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment.replace(tzinfo=ZoneInfo(zone), fold=fold) if zone else moment


_PLAIN = frozenset((str, float, bool, type(None)))
#: Type of a value → its encoded form: a name from `_REVIVED`, and the arguments of that function.
_WRITTEN: dict[type, Callable[[Any], list[Any]]] = {
    Id: lambda value: ["id", str(value)],
    FileName: lambda value: ["file", str(value)],
    ImageName: lambda value: ["image", str(value)],
    TableName: lambda value: ["table", str(value)],
    Destination: lambda value: ["link", value.written, *value.mark],
    Money: lambda value: ["money", str(value.amount), value.currency],
    dt.time: lambda value: ["time", value.isoformat()],
    Choice: lambda value: ["choice", value.value, value.label],
    Reference: lambda value: ["page", value.key, *value.mark],
    Group: lambda value: ["group", _plain_all(value.values), list(value.declared)],
    dt.datetime: _write_datetime,
    dt.date: lambda value: ["date", value.isoformat()],
    int: lambda value: ["number", str(value)],
    dict: lambda value: ["map", _plain_all(value)],
    tuple: lambda value: ["list", *map(_plain, value)],
}
_REVIVED: dict[str, Callable[..., Any]] = {
    "id": Id,
    "file": FileName,
    "image": ImageName,
    "table": TableName,
    "link": lambda written, *mark: Destination(written, Mark(*mark)),
    "money": lambda amount, currency: Money(Decimal(amount), currency),
    "time": dt.time.fromisoformat,
    "choice": Choice,
    "page": lambda key, *mark: Reference(Key(key), Mark(*mark)),
    "group": lambda values, declared: Group(_revive_all(values), tuple(declared)),
    "datetime": _datetime,
    "date": dt.date.fromisoformat,
    "number": int,
    "map": lambda values: _revive_all(values),
    "list": lambda *items: tuple(map(_revive, items)),
}
