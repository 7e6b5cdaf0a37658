"""Documents and records as bytes, MessagePack of declared types: reading them makes plain values and runs no code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from sitegen.model.fields import Group
from sitegen.model.values import Choice, Document, Id, Key, Reference
from sitegen.source.mark import Mark
from sitegen.storage.blobs import DamagedError

Stored = TypeVar("Stored")

_encoder = msgspec.msgpack.Encoder()


def encode(value: object) -> bytes:
    """A value of declared types as bytes."""
    return _encoder.encode(value)


def decoder(of: type[Stored]) -> Callable[[bytes], Stored]:
    """What reads such a value back.

    Raises:
        DamagedError: the bytes are something else.
    """
    whole = msgspec.msgpack.Decoder(of)

    def decode(content: bytes) -> Stored:
        try:
            return whole.decode(content)
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            raise DamagedError(str(error)) from error

    return decode


def encode_documents(documents: tuple[Document, ...]) -> bytes:
    """The versions of a page as bytes."""
    return encode([replace(own, facts=_plain_all(own.facts), words=_plain_all(own.words)) for own in documents])


def decode_documents(content: bytes) -> tuple[Document, ...]:
    """The versions of a page.

    Raises:
        DamagedError: the bytes are something else.
    """
    try:
        return tuple(
            replace(own, facts=_revive_all(own.facts), words=_revive_all(own.words))
            for own in _decode_documents(content)
        )
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError, ZoneInfoNotFoundError) as error:
        raise DamagedError(str(error)) from error


_decode_documents = decoder(tuple[Document, ...])


def _plain_all(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """A field's value out of what MessagePack has; of what it lacks, a list that begins with a name of `_REVIVED`."""
    if value.__class__ in _PLAIN:
        return value if value.__class__ is not int or -(2**63) <= value < 2**63 else ["number", str(value)]
    match value:
        case Id():
            return ["id", str(value)]
        case tuple():
            return ["list", *map(_plain, value)]
        case Choice():
            return ["choice", value.value, value.label]
        case Reference():
            return ["page", value.key, *value.mark]
        case Group():
            return ["group", _plain_all(value.values), list(value.declared)]
        case dt.datetime():
            zone = value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else ""
            moment = value.replace(tzinfo=None) if zone else value
            return ["datetime", moment.isoformat(), zone, value.fold]
        case dt.date():
            return ["date", value.isoformat()]
    raise TypeError(f"{type(value)} is not remembered between builds: add it to stored.py")


def _revive_all(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _revive(value) for name, value in values.items()}


def _revive(value: Any) -> Any:
    return _REVIVED[value[0]](*value[1:]) if value.__class__ is list else value


def _datetime(text: str, zone: str, fold: int) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment.replace(tzinfo=ZoneInfo(zone), fold=fold) if zone else moment


_PLAIN = frozenset((str, int, float, bool, type(None)))
_REVIVED: dict[str, Callable[..., Any]] = {
    "id": Id,
    "list": lambda *items: tuple(map(_revive, items)),
    "choice": Choice,
    "page": lambda key, *mark: Reference(Key(key), Mark(*mark)),
    "group": lambda values, declared: Group(_revive_all(values), tuple(declared)),
    "datetime": _datetime,
    "date": dt.date.fromisoformat,
    "number": int,
}
