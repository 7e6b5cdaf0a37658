"""The public API, which follows SemVer; the rest of the package may change at any time.

from pathlib import Path
from sitegen.api import Options, SiteError, build

try:
    report = build(Options(root=Path("site"), output=Path("public")))
except SiteError as error:
    for problem in error.problems:
        print(problem)
"""

from __future__ import annotations

from sitegen.build.options import Options
from sitegen.build.pipeline import Report, build, check, with_site
from sitegen.library.library import Library
from sitegen.problems.problem import Problem, SiteError

__all__ = ["Library", "Options", "Problem", "Report", "SiteError", "build", "check", "load"]


def load(options: Options) -> Library:
    """The pages of a site in all languages, read and checked; nothing is rendered or written to the output folder.

    Raises:
        SiteError: with every problem found so far.
    """
    return with_site(options, lambda inputs, site: site.library)
