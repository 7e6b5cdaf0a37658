"""The compiled modules of a build in one file: finding and opening 250 of them takes a tenth of the time of an edit.

They are kept as compiled templates are, for each user, and not with `python -B` or PYTHONDONTWRITEBYTECODE. As with
Python's own, each is used only while its source has the same size and time.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import re
import sys
import zlib
from collections.abc import Iterator, Mapping
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

from sitegen.build import engine_digest
from sitegen.problems.problem import SiteError
from sitegen.storage.own_records import own_files, remove_own
from sitegen.storage.user_folder import user_folder

#: If more modules than this are missing in the file, it is written anew.
FEW = 8
#: The most files that are kept: one for each installation, and version of Python or the engine.
MOST = 8
#: The names of files, also while they are written, as older versions named those too.
_OWN = re.compile(r"[0-9a-f]{8}(\.[0-9]+)?|\.edit-[0-9a-f]+")
#: What a file begins with: checksum and length of its index. What Python's own begin with.
_HEAD, _HEAD_OF_PYTHON = 16, 16


class _Kept(NamedTuple):
    """A module as it is kept."""

    source: str
    is_package: bool
    changed: int  #: modification time of the source
    size: int
    start: int  #: where its code starts, from the end of the index
    length: int
    checksum: int  #: of its code


class CompiledModules:
    """What an earlier process has kept; modules are found in it once it is in `sys.meta_path`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"{zlib.crc32(repr(_identity()).encode('utf-8', 'replace')):08x}"
        self._before = frozenset(sys.modules)
        self._handle, self._start = -1, 0
        self._index: Mapping[str, _Kept] = {}
        self._left_out: frozenset[str] = frozenset()
        self.engine = ("", "")  #: what the engine's files looked like, and the digest of the engine
        with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
            self._read()
        self._known = {name: own[:2] for name, own in self._index.items()}

    def _read(self) -> None:
        """Read the index, unless it is damaged or of another installation."""
        self._handle = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        checksum, size = (int(os.read(self._handle, _HEAD // 2), 16) for _ in range(2))
        head = os.read(self._handle, size)
        if zlib.crc32(head) != checksum:
            return
        identity, engine, length, index, left_out = marshal.loads(head)  # noqa: S302 - the user's own
        self._start = _HEAD + size
        if identity == _identity() and os.fstat(self._handle).st_size == self._start + length:
            self.engine, self._index, self._left_out = engine, index, left_out

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """How to load a module; None if Python is to look for it."""
        if name not in self._index:
            return None
        source, is_package, changed, size, start, length, checksum = self._index[name]
        try:
            looks = os.stat(source)
        except OSError:
            return None
        if (looks.st_mtime_ns, looks.st_size) != (changed, size):
            return None
        code = os.pread(self._handle, length, self._start + start)
        if zlib.crc32(code) != checksum:
            return None
        spec = ModuleSpec(name, _Loader(name, source, code), origin=source, is_package=is_package)
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [os.path.dirname(source)]
        return spec

    def close(self) -> None:
        """Find no more modules."""
        self._index = {}
        if self._handle >= 0:
            os.close(self._handle)

    def keep(self, looks: str) -> None:
        """Keep the modules that have been loaded, beside those kept before, if many are new; and the digest of the engine.

        Args:
            looks: of the engine's files, as they were before; "" if they may have changed since.
        """
        loaded = {name: place for name in sys.modules.keys() - self._before if (place := _place(name))}
        new = loaded.keys() - self._known - self._left_out
        if not looks or sys.dont_write_bytecode or (self.engine[0] == looks and len(new) <= FEW):
            return
        index: dict[str, tuple[str, bool, int, int, int, int, int]] = {}
        codes: list[bytes] = []
        length = 0
        for name, (source, is_package) in {**self._known, **loaded}.items():
            if (found := _compiled(source)) is not None:
                (changed, size), code = found
                index[name] = (source, is_package, changed, size, length, len(code), zlib.crc32(code))
                codes.append(code)
                length += len(code)
        kept: Any = (_identity(), (looks, engine_digest.engine()), length, index, frozenset(loaded.keys() - index))
        head = marshal.dumps(kept)
        from sitegen.source.file_writing import replace_files  # by now any build has loaded it

        whole = b"".join((b"%08x%08x" % (zlib.crc32(head), len(head)), head, *codes))
        with contextlib.suppress(OSError, SiteError):
            replace_files(self._path.parent, {self._path.name: whole}, settle=False)
            _thin_out(self._path.parent)


class _Loader(SourceFileLoader):
    """Loads a module whose code is at hand."""

    def __init__(self, name: str, path: str, code: bytes) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType | None:
        code: CodeType = marshal.loads(self._code)  # noqa: S302 - the user's own
        return code


@contextlib.contextmanager
def compiled_modules(root: Path, looks: str) -> Iterator[CompiledModules | None]:
    """Find modules among those that an earlier build of this user has kept.

    Args:
        root: the site's folder.
        looks: of the engine's files; see `CompiledModules.keep`.
    """
    folder = None if engine_digest.EXTENSIONS else user_folder(root, "modules")
    if folder is None:
        yield None
        return
    modules = CompiledModules(folder)
    if looks and modules.engine[0] == looks:
        engine_digest.recall(modules.engine[1])
    sys.meta_path.insert(0, modules)
    try:
        yield modules
    finally:
        sys.meta_path.remove(modules)
        modules.close()


def _identity() -> tuple[object, ...]:
    """What the code of a module, and the place where it is found, depend on; and what is kept of each."""
    return _Kept._fields, sys.version, sys.flags.optimize, engine_digest.ENGINE, tuple(sys.path)


def _place(name: str) -> tuple[str, bool] | None:
    """The source of a loaded module, and whether it is a package; None if it has none, as those written in C."""
    spec = getattr(sys.modules.get(name), "__spec__", None)
    if spec is None or spec.name != name or not isinstance(spec.loader, SourceFileLoader):
        return None
    return spec.loader.path, spec.submodule_search_locations is not None


def _compiled(source: str) -> tuple[tuple[int, int], bytes] | None:
    """Time and size of a source, and its code as Python has compiled it; None if that is outdated, or cut off by a full disk."""
    try:
        looks, content = os.stat(source), Path(cache_from_source(source)).read_bytes()
    except OSError:
        return None
    now = (0, int(looks.st_mtime) & 0xFFFFFFFF, looks.st_size & 0xFFFFFFFF)
    if now != tuple(int.from_bytes(content[start : start + 4], "little") for start in (4, 8, 12)):
        return None
    from sitegen.problems.cut_off_modules import is_cut_off  # needed only where modules are kept

    code = content[_HEAD_OF_PYTHON:]
    return None if is_cut_off(code) else ((looks.st_mtime_ns, looks.st_size), code)


def _thin_out(folder: Path) -> None:
    """Remove the oldest files if there are many."""
    own = own_files(folder, _OWN.fullmatch)
    remove_own(sorted(own, key=lambda file: file.stat(follow_symlinks=False).st_mtime_ns)[:-MOST])
