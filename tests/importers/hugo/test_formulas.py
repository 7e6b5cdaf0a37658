"""Formulas, emoji and options of code, which Hugo reads where a site asks for them."""

from __future__ import annotations

import pytest
from conftest import Moved, MoveHugo

PASSING = """title: Old
baseURL: https://e.org/
enableEmoji: true
markup:
  goldmark:
    renderer: {unsafe: true}
    extensions:
      passthrough:
        enable: true
        delimiters:
          block: [['\\[', '\\]'], ['$$', '$$']]
          inline: [['\\(', '\\)']]
"""


def moved(move_hugo: MoveHugo, text: str, settings: str = PASSING) -> tuple[Moved, str]:
    site = move_hugo({"hugo.yaml": settings, "content/a.md": f"---\ntitle: A\n---\n{text}\n"})
    return site, site.text("content/a/index.en.md").split("---\n\n")[1].strip()


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (r"Here \(a_1 < b*c\) and \( x \).", "Here $a_1 < b*c$ and $x$."),
        ("\\[\na_b\n\\]", "$$\na_b\n$$"),
        ("$$a^2$$", "$$a^2$$"),
        (r"- one \(x\)", "- one $x$"),
        (r"`\(a\)` and \(b\)", r"`\(a\)` and $b$"),
        ("\\(b\\)\n\n```tex\n\\(a\\)\n```", "$b$\n\n```tex\n\\(a\\)\n```"),
        (r"\(b\) costs $5-$6", r"$b$ costs \$5-$6"),
        (r"\(b\) and \\(c)", r"$b$ and \\(c)"),
        (r"<p>So \(a_1*b_2*c\).</p>", "So $a_1*b_2*c$."),
        (r"{{< katex >}}x_1*y*{{< /katex >}}", "$x_1*y*$"),
    ],
    ids=["inline", "block", "dollars", "list", "code", "fence", "money", "escaped", "HTML", "shortcode"],
)
def test_formulas_are_written_between_dollars(move_hugo: MoveHugo, text: str, made: str) -> None:
    site, now = moved(move_hugo, text)

    assert now == made
    assert "math: true" in site.text("content/site.yaml")
    assert "<math " in site.build()["en/a/index.html"] or "can't be drawn" in site.told_then


def test_dollars_are_not_formulas_if_the_old_site_had_none(move_hugo: MoveHugo) -> None:
    site, now = moved(move_hugo, r"costs $5-$6 \(a\)", "title: Old\nbaseURL: https://e.org/\n")

    assert now == r"costs $5-$6 \(a\)"
    assert "math" not in site.text("content/site.yaml")


def test_formula_that_cannot_be_drawn_is_reported_at_its_place(move_hugo: MoveHugo) -> None:
    site, now = moved(move_hugo, "One\n\ntwo \\(\\ce{H2O}\\)")

    assert now == "One\n\ntwo $\\ce{H2O}$"
    assert "a.md:6:5: warning[not-imported]: the formula '\\ce{H2O}' can't be drawn" in site.told_then


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Done :tada: and :white_check_mark:", "Done 🎉 and ✅"),
        ("[see :+1:](https://x.org/)", "[see 👍](https://x.org/)"),
        ("`:tada:` 10:30:45 :nothing-such:", "`:tada:` 10:30:45 :nothing-such:"),
        ("Words. :smile: <b>:x:</b>", "Words. 😄 **❌**"),
    ],
    ids=["text", "link", "code", "HTML"],
)
def test_codes_of_emoji_become_emoji(move_hugo: MoveHugo, text: str, made: str) -> None:
    assert moved(move_hugo, text)[1] == made


def test_codes_of_emoji_stay_where_the_old_site_showed_them(move_hugo: MoveHugo) -> None:
    assert moved(move_hugo, "Done :tada:", "title: Old\nbaseURL: https://e.org/\n")[1] == "Done :tada:"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('```go {linenos=inline hl_lines=[3,"6-8"] style=emacs}\nx\n```', 'linenos=inline, hl_lines=[3,"6-8"]'),
        ('{{< highlight go "linenos=table" >}}\nx\n{{< /highlight >}}', "'highlight' is without its linenos"),
        ("```go {linenos=false}\nx\n```", ""),
        ('```go {file="a.go"}\nx\n```', ""),
    ],
    ids=["fence", "shortcode", "off", "file"],
)
def test_numbers_of_lines_and_marked_lines_are_reported(move_hugo: MoveHugo, text: str, told: str) -> None:
    then = moved(move_hugo, text)[0].told_then

    assert (told or "a.md") in then if told else "a.md" not in then


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a {{< highlight go \"hl_inline=true\" >}}f(`x`){{< /highlight >}} b", "a ``f(`x`)`` b"),
        ("{{< highlight go >}}\n```\n{{< /highlight >}}", "````go\n```\n````"),
    ],
    ids=["inline", "fence"],
)  # fmt: skip
def test_highlighted_code_is_code_whatever_it_holds(move_hugo: MoveHugo, text: str, made: str) -> None:
    assert moved(move_hugo, text)[1] == made


@pytest.mark.parametrize(("own", "made"), [("", True), ("codeFences: false", False)])
def test_code_is_coloured_as_it_was(move_hugo: MoveHugo, own: str, made: bool) -> None:
    site = moved(move_hugo, "x", f"title: Old\nbaseURL: https://e.org/\nmarkup: {{highlight: {{{own}}}}}\n")[0]

    assert ("highlight: true" in site.text("content/site.yaml")) is made
