"""Real servers, nginx and Caddy, of a tiny site, configured by `build.py hosts`."""

from __future__ import annotations

import gzip
import http.client
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import brotli
from commands import run
from conftest import TinySite
from lxml import html
from published import require
from waiting import SOON, within

from sitegen.build.options import Options
from sitegen.build.pipeline import with_site
from sitegen.hosting.headers_and_redirects import hosting_of
from sitegen.hosting.hosts import HOSTS

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
SITE = """\
title: {en: Site}
base_url: https://example.org/
source_language: en
languages:
  - {tag: en}
  - {tag: fa}
  - {tag: zh-Hans, path: zh}
  - {tag: ru}
  - {tag: uz-Cyrl, path: uz-cyrl, fallback: [ru, en]}
unprefixed: en
"""
FRAME = '<!doctype html><html lang="{{ locale.tag }}"><title>{{ page.title }}</title>'
PAGE = FRAME + '<h1>{{ page.title }}</h1><link rel="stylesheet" href="{{ asset("site.css") }}">{{ page.content }}'
LONG = "Words that are long enough to be worth it. " * 60
FILES: dict[str, str | bytes] = {
    "content/index.en.md": f"---\ntitle: Home\n---\n{LONG}\n",
    "content/plan/index.en.md": f"---\ntitle: Plan\naliases: [/old/, /ru/старый план/, /en/5%2541/]\n---\n{LONG}\n",
    "content/plan/campus.png": b"\x89PNG" * 500,
    "static/data.json": '{"words": "' + LONG + '"}',
    "static/days.ics": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    "static/notes.txt": "short ≠ long",
    "static/assets/site.css": "main { color: black }\n" * 80,
    "static/assets/site.js": "'use strict';\n" * 100,
    "templates/page.html": PAGE,
    "templates/404.html": '<!doctype html><html lang="{{ locale.tag }}"><title>404</title><p>' + LONG,
    "templates/chooser.html": '<!doctype html><html lang="mul"><title>Languages</title><p>' + LONG,
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        readers = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
        return str(readers[self.headers.get("content-encoding", "")](self.body).decode())

    @property
    def language(self) -> str:
        return str(html.document_fromstring(self.text.encode()).get("lang"))


@dataclass(frozen=True)
class Server:
    """A running server of a tiny site."""

    name: str
    base_url: str
    site: TinySite

    @property
    def base_path(self) -> str:
        return urlsplit(self.base_url).path

    def ask(self, path: str, **headers: str) -> Answer:
        """Ask for an address, below the site's own unless it begins with `//`; headers as `accept_language`."""
        parts = urlsplit(self.base_url)
        assert parts.hostname is not None
        connection = (
            http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=SOON, context=ssl._create_unverified_context()
            )
            if parts.scheme == "https"
            else http.client.HTTPConnection(parts.hostname, parts.port, timeout=SOON)
        )
        target = path[1:] if path.startswith("//") else self.base_path + path
        connection.request("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        found: dict[str, str] = {}
        for name, value in answer.getheaders():
            found[name.lower()] = ", ".join(filter(None, [found.get(name.lower()), value]))
        try:
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()


def make_certificate(folder: Path) -> None:
    """Write `fullchain.pem` and `privkey.pem` of a host at 127.0.0.1, which trusts itself."""
    require("openssl", shutil.which("openssl") is not None)
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(command, check=True, capture_output=True)


def write_nginx(folder: Path, text: str) -> list[str]:
    """The configuration as Debian's nginx reads one of conf.d, but as whoever runs the tests."""
    (folder / "site.conf").write_text(text, encoding="utf-8")
    places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    around = [f"load_module {BROTLI};", f"pid {folder}/pid;", "daemon off; master_process off;", "error_log stderr;"]
    around += ["events {}", "http { access_log off;", *(f"{place}_temp_path {folder}/temp;" for place in places)]
    (folder / "nginx.conf").write_text("\n".join([*around, f"include {folder}/site.conf; }}"]), encoding="utf-8")
    return ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


def write_caddy(folder: Path, text: str) -> list[str]:
    (folder / "site.caddy").write_text(text, encoding="utf-8")
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\nimport {folder}/site.caddy\n")
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


WRITERS = {"nginx": write_nginx, "caddy": write_caddy}


@contextmanager
def running(name: str, base_url: str, site: TinySite, folder: Path, served: Path | None = None) -> Iterator[Server]:
    """A server of the site as it is built for an address.

    Args:
        folder: where the server's own files are put.
        served: where the site lies; where it is built when None.
    """
    require(name, shutil.which(name, path=PATH) is not None and (name != "nginx" or BROTLI.exists()))
    site.report(base_url=base_url, compress=True)
    told = run(site.root, "hosts", name, "--base-url", base_url, "--folder", str(served or site.public)).stdout
    told = told.replace("/etc/letsencrypt/live/127.0.0.1", str(folder))
    with started(name, told, urlsplit(base_url).port or 0, folder):
        yield Server(name, base_url, site)


@contextmanager
def hosts_of_languages(name: str, site: TinySite, port: int) -> Iterator[None]:
    """A server of a site, whose languages have the hosts that its settings name, all at one port."""
    require(name, shutil.which(name, path=PATH) is not None and (name != "nginx" or BROTLI.exists()))
    site.report()
    options = Options(root=site.root, output=site.public)
    told = with_site(options, lambda _, read: HOSTS[name].write(hosting_of(read.library, site.public)))
    folder = site.root.parent / "server"
    folder.mkdir()
    with started(name, told, port, folder):
        yield


@contextmanager
def started(name: str, told: str, port: int, folder: Path) -> Iterator[None]:
    """A server with a configuration that answers at a port; its own files are put into a folder."""
    homes = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(folder))
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            WRITERS[name](folder, told), stderr=log, stdout=log, env={**os.environ, "PATH": PATH, **homes}
        ) as process,
    ):
        try:
            wait_for(port, process, folder / "log")
            yield
        finally:
            process.terminate()


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a server answers at a port."""

    def answers() -> bool:
        with socket.socket() as connection:
            return connection.connect_ex(("127.0.0.1", port)) == 0

    assert within(SOON, lambda: process.poll() is not None or answers()), log.read_text()
    assert process.poll() is None, log.read_text()
