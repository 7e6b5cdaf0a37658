"""`archive`: a built site as files to keep or to attest: all of it, its manifest, and what it was built with.

<name>.tar.gz    the site; the same site gives the same bytes, whoever packs it
release.json     its manifest
bom.cdx.json     Python and the installed packages that requirements.lock pins: CycloneDX 1.6
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
import io
import json
import os
import platform
import re
import tarfile
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from sitegen.problems.problem import SiteError, refusal
from sitegen.publish.manifest import Manifest, manifest_in, manifest_of, problems_of
from sitegen.source.file_writing import replace_files
from sitegen.source.files import read_file
from sitegen.storage.output import MANIFEST

BOM = "bom.cdx.json"
LOCK = Path(__file__).parents[2] / "requirements.lock"


def archive(site: Path, folder: Path) -> tuple[Path, ...]:
    """Pack the built site of a folder into another folder.

    Returns: the three files.

    Raises:
        SiteError: the folder has no complete built site, or the files can't be written, or would replace others.
    """
    manifest = manifest_of(site)
    if folder.resolve().is_relative_to(site.resolve()):
        raise refusal(folder, "release", "the site can't be packed into itself", "name a folder outside of it")
    files = {
        f"{manifest.name}.tar.gz": _pack(site, manifest),
        MANIFEST: manifest.as_json(),
        BOM: write_bom(manifest).encode(),
    }
    _refuse_foreign(folder, files)
    replace_files(folder, files)
    return tuple(folder / name for name in files)


def _refuse_foreign(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make sure that what is replaced is an archive, which has its manifest beside it, or of one that was interrupted."""
    others = [name for name, own in files.items() if os.path.lexists(folder / name) and not _is_same(folder, name, own)]
    if others and manifest_in(folder) is None:
        raise refusal(folder / others[0], "release", "the file was not made by `archive`", "name another folder")


def _is_same(folder: Path, name: str, content: bytes) -> bool:
    try:
        return read_file(folder, name, len(content)) == content
    except OSError:
        return False


def _pack(site: Path, manifest: Manifest) -> bytes:
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path, file in sorted(manifest.files.items()):
            content = read_file(site, path, None)
            if file != (len(content), hashlib.sha256(content).hexdigest()):
                raise SiteError(problems_of({path: "changed"}, str(site)))
            about = tarfile.TarInfo(path)  # no owner and no time
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
    return packed.getvalue()


def write_bom(manifest: Manifest) -> str:
    """The bill of materials of a site, as JSON; it has no timestamp, so the same site gives the same bytes."""
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_OID, manifest.digest))
    site = Component(
        name="site",
        version=manifest.name,
        type=ComponentType.DATA,
        bom_ref="site",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=manifest.digest)],
    )
    parts = list(_components())
    bom.metadata.component = site
    bom.components.update(parts)
    bom.register_dependency(site, parts)
    written = json.loads(JsonV1Dot6(bom).output_as_string())
    del written["metadata"]["timestamp"]
    return json.dumps(written, ensure_ascii=False, indent=1) + "\n"


def _components() -> Iterator[Component]:
    """Python, and each pinned package that is installed."""
    yield Component(
        name=platform.python_implementation(),
        version=platform.python_version(),
        type=ComponentType.PLATFORM,
        bom_ref="python",
    )
    pinned = re.findall(r"(?m)^([A-Za-z0-9._-]+)==", LOCK.read_text(encoding="utf-8"))
    for name in dict.fromkeys(pinned):  # some twice, for older Pythons too
        try:
            about = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:  # needed on other machines only
            continue
        address = PackageURL("pypi", None, name, about["Version"])
        licences = [about[field] for field in ("License-Expression", "License") if field in about]
        licences = [words for words in licences if words and "\n" not in words]  # some have the whole text there
        yield Component(
            name=name,
            version=about["Version"],
            type=ComponentType.LIBRARY,
            purl=address,
            bom_ref=address.to_string(),
            licenses=[LicenseFactory().make_from_string(licences[0])] if licences else (),
        )
