# The two commands: `make site` builds the site, `make test` runs every test that this machine has the tools for.
PYTHON ?= python3
BIN = .venv/bin
# On a terminal pip and pytest tell what they do; in a pipe they are quiet.
QUIET = $(shell test -t 1 || echo -q)
# Commands of build.py by their own names; ARGS is what else is said to them.
COMMANDS = archive check compare merge publish serve verify

# Pins with hashes and without addresses, for every system and every Python from the oldest that pyproject.toml allows.
COMPILE = $(BIN)/uv pip compile -q --generate-hashes --no-header --universal --python-version 3.11.0

# What a site that publishes an editor needs besides.
EDITOR = $(shell grep -qs '^editor:' content/site.yaml && echo build/editor/entry.js)

# The engine starts a hundred times in the tests, and would be compiled each time where Python may not keep what it compiled.
test soak: export PYTHONDONTWRITEBYTECODE =

.PHONY: site $(COMMANDS) test every-test soak lint lock bench preview lighthouse sheet fonts shards faults slips editor edit fuzz clean help
site: .venv/ready $(EDITOR)  ## build the site into public/
	@$(BIN)/python build.py $(ARGS)

serve:  ## live preview of all languages
check:  ## every check, nothing published
compare:  ## what a change means to readers; ARGS=main
publish:  ## the built site to its readers, all of it or nothing; ARGS=/srv/site
verify:  ## build once more and compare every byte; ARGS=public
archive:  ## the built site, its manifest and its bill of materials as files; ARGS=build/release
merge:  ## the parts of a build into public/; ARGS="part-1 part-2"
$(COMMANDS): .venv/ready $(EDITOR)
	@$(BIN)/python build.py $@ $(ARGS)

# Lint runs beside the tests, which often wait for a browser or a server.
test: .venv/tested  ## format, types and tests: the quick ones, or those in ARGS, or all where CI is set
	@$(MAKE) --no-print-directory -j2 every-test lint

every-test: .venv/tested
	@$(BIN)/python -m pytest $(QUIET) -n auto --dist worksteal $(or $(ARGS),$(if $(CI),,--quick))

soak: .venv/tested  ## the tests that are slow and broad, as each night has them
	@$(BIN)/python -m pytest $(QUIET) -n auto --dist worksteal -m "soak or hypothesis" --hypothesis-profile=random $(ARGS)

lint: .venv/tested
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet . && $(BIN)/mypy --no-error-summary

.venv/ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it as in: make site PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install $(QUIET) --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/tested: .venv/ready tests/requirements.lock
	@$(BIN)/python -m pip install $(QUIET) --disable-pip-version-check --require-hashes -r tests/requirements.lock
	@touch $@

lock: .venv/ready  ## pin the newest versions that pyproject.toml allows, for every Python from the oldest on
	@$(BIN)/python -m pip install -q uv
	@$(COMPILE) --upgrade -o requirements.lock pyproject.toml
	@$(COMPILE) --extra test -c requirements.lock -o tests/requirements.lock pyproject.toml
	@$(COMPILE) --upgrade --extra fuzz -c requirements.lock -o tests/scripts/fuzz.lock pyproject.toml

bench: .venv/tested  ## time this generator beside Hugo, Pelican and Eleventy; ARGS="100 1000 10000"
	@$(BIN)/python tests/bench/bench.py $(ARGS)

preview: .venv/tested  ## how soon the preview of this site shows what is saved; ARGS=5
	@$(BIN)/python tests/bench/preview.py $(ARGS)

lighthouse: .venv/tested  ## phone profile on six kinds of page in three scripts, five runs each
	@$(BIN)/python tests/bench/lighthouse.py $(ARGS)

shards: .venv/tested  ## a site of 100,000 pages in 8 parts, and in one; ARGS="25000 8"
	@$(BIN)/python tests/bench/shards.py $(ARGS)

faults: .venv/tested  ## kill builds and publications at 200 moments while a client reads; ARGS="200 1"
	@$(BIN)/python tests/scripts/faults.py $(ARGS)

editor: build/editor/entry.js  ## the editor in the browser, for `editor:` in site.yaml; needs Node

# Its packages are installed outside the engine, whose files every build looks at.
build/editor/entry.js: $(addprefix sitegen/editor/,package.json package-lock.json build.js entry.js disk.js format.js front.js rewriting.js same.js merge.js lines.js parts.js blocks.js focus.js paste.js breaks.js underscores.js preview.css)
	@mkdir -p build/editor-source && cp $^ build/editor-source/ && cd build/editor-source && \
	  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && node build.js

edit: .venv/ready build/editor/entry.js  ## preview with the editor in the browser, which writes to this folder
	@$(BIN)/python build.py serve --editor $(ARGS)

slips: .venv/tested  ## 300 slips of an editor in the site's content: is each told at its place? ARGS="300 1"
	@$(BIN)/python tests/scripts/slips.py $(ARGS)

fuzz: .venv/tested  ## hostile bytes for every parser, for a minute each; ARGS=60
	@$(BIN)/python -m pip install $(QUIET) --disable-pip-version-check --require-hashes -r tests/scripts/fuzz.lock
	@$(BIN)/python tests/scripts/fuzz.py $(ARGS)

sheet: .venv/tested  ## screenshots of every kind of page in each script, phone and desktop, light and dark, into build/
	@$(BIN)/python tests/browser/sheet.py $(ARGS)

# Letters of the faces that the Center's site ships, and what a heading in that script holds besides.
URDU = 20,21,28,29,2C-3A,A0,AB,BB,200C-200F,2013,2014,2018,2019,201C,201D,60C,61B,61F,621-63A,640-646,648,64B-658,66A-66C,670,679,67E,686,688,691,698,6A9,6AF,6BA,6BE,6C1-6C3,6CC,6D2-6D4,6F0-6F9
LATIN = 20-7E,A0-FF,2BB,2BC,2013,2014,2018-201D,2026
CYRILLIC = 20-40,A0,AB,BB,400-45F,462,463,472-475,490-4FF,2013,2014,2018-201E,2026,2116

fonts:  ## subsets of Noto (Debian's fonts-noto-core) into static/assets/fonts/
	@$(BIN)/python -m pip install $(QUIET) --disable-pip-version-check fonttools==4.68.0 brotli
	@set -e; subset() { $(BIN)/pyftsubset /usr/share/fonts/truetype/noto/$$1.ttf --unicodes="$$2" --no-hinting \
	  --flavor=woff2 --output-file=static/assets/fonts/$$3.woff2; }; \
	subset NotoNastaliqUrdu-Regular "$(URDU)" nastaliq; \
	subset NotoSerif-Regular "$(LATIN)" serif-latin; subset NotoSerif-Bold "$(LATIN)" serif-latin-bold; \
	subset NotoSerif-Regular "$(CYRILLIC)" serif-cyrillic; subset NotoSerif-Bold "$(CYRILLIC)" serif-cyrillic-bold

package: .venv/tested build/editor/entry.js  ## the wheel, with the browser's editor and the documentation, into build/dist/
	@PYTHONPATH=.:tests/scripts $(BIN)/python tests/scripts/reference.py
	@rm -rf sitegen/editor/dist sitegen/documentation build/dist && cp -r build/editor sitegen/editor/dist
	@mkdir sitegen/documentation && cp -r docs/content docs/templates sitegen/documentation/
	@$(BIN)/python -m pip wheel $(QUIET) --no-deps --no-build-isolation --wheel-dir build/dist .
	@$(BIN)/python -m pytest $(QUIET) tests/whole/test_package.py

picture: .venv/tested  ## the picture of the README anew; needs Chromium
	@PYTHONPATH=. $(BIN)/python tests/scripts/picture.py

docs: .venv/ready  ## the documentation, a site of its own, into docs/public/
	@PYTHONPATH=.:tests/scripts $(BIN)/python tests/scripts/reference.py
	@$(BIN)/python build.py build --root docs $(ARGS)

clean:  ## remove what was built and installed
	rm -rf .venv .cache public build

help:
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile
