"""Shortcodes become Markdown; those without a counterpart go, and are told where they stood."""

from __future__ import annotations

import pytest

from sitegen.content.markdown import parse_body
from sitegen.importers.hugo.shortcodes import parse_arguments, replace_shortcodes
from sitegen.source.text import Source


def replaced(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The text without shortcodes; what is told, and what stands at the place told."""
    told: list[tuple[str, str]] = []

    def tell(message: str, offset: int, hint: str) -> None:
        told.append((message, text[offset : offset + 10]))

    pages, params = {"one.md": "/posts/one/", "one.md#a": "/posts/one/#a"}, {"city": "Minsk"}
    return replace_shortcodes(text, pages.get, params.get, tell).text, told


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ('[a]({{< ref "one.md" >}})', "[a](/posts/one/)"),
        ('[a]({{% relref path="one.md#a" %}})', "[a](/posts/one/#a)"),
        ('{{< figure src="a b.jpg" alt="A" link="/x/" >}}', "[![A](<a b.jpg>)](/x/)"),
        ('{{< figure src="a.jpg" title="T" caption="C" >}}', "![C](a.jpg)\n\n**T** C\n"),
        ("{{< highlight go >}}\nx\n{{< /highlight >}}", "```go\nx\n```"),
        ('{{< param "city" >}}', "Minsk"),
        ('{{< figure\n  src="a.jpg"\n  alt="A"\n>}}', "![A](a.jpg)"),
        ("`{{</* ref x */>}}`", "`{{< ref x >}}`"),
        ("{{%/* /note */%}}", "{{% /note %}}"),
    ],
    ids=["ref", "relref", "figure", "caption", "highlight", "param", "many lines", "example", "closing example"],
)
def test_shortcode_with_a_counterpart_becomes_it(text: str, markdown: str) -> None:
    assert replaced(text) == (markdown, [])


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("{{< youtube abc >}}", "https://www.youtube.com/watch?v=abc"),
        ('{{< youtube id="abc" >}}', "https://www.youtube.com/watch?v=abc"),
        ("{{< vimeo 12 >}}", "https://vimeo.com/12"),
        ('{{< x user="a" id="1" >}}', "https://x.com/a/status/1"),
        ("{{< gist a 1 >}}", "https://gist.github.com/a/1"),
    ],
)
def test_what_showed_another_site_becomes_a_link_and_is_told(text: str, address: str) -> None:
    now, told = replaced(text)

    assert now == f"<{address}>"
    assert [message for message, _ in told] == [f"the shortcode '{text.split()[1]}' became a link"]


def test_unknown_shortcode_goes_and_what_it_encloses_stays() -> None:
    text = 'One\n\n{{% panel "x" %}}\nTwo {{< icon />}} three\n{{% /panel %}}\n'

    now, told = replaced(text)

    assert now == 'One\n\n<!-- {{% panel "x" %}} -->\nTwo  three\n<!-- {{% /panel %}} -->\n'
    assert told == [
        ("the shortcode 'panel' has no counterpart and is left out, what it encloses stays", "{{% panel "),
        ("the shortcode 'icon' has no counterpart and is left out", "{{< icon /"),
    ]


def test_shortcode_within_another_is_replaced_too() -> None:
    now, _ = replaced('{{% panel %}}[a]({{< ref "one.md" >}}){{% /panel %}}')

    assert now == "[a](/posts/one/)"


def test_page_that_ref_can_not_find_stays_as_it_is_named() -> None:
    assert replaced('[a]({{< ref "two.md" >}})')[0] == "[a](two.md)"


def test_shortcode_that_can_not_be_read_is_told() -> None:
    assert replaced('a {{< x "y >}} b')[1] == [("a shortcode that can't be read", '{{< x "y >')]


def test_thousands_of_openings_take_no_longer_than_reading_them() -> None:
    now, told = replaced("{{<" * 20_000)

    assert len(now) == 60_000
    assert len(told) == 20_000


def test_arguments_are_told_by_name_and_by_number() -> None:
    assert parse_arguments('"a \\"b\\"" c=`d e` f g="" /') == {"0": 'a "b"', "c": "d e", "2": "f", "g": ""}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ('{{% note "Mind" %}}\nthe *gap*\n{{% /note %}}\n', ":::note[Mind]\nthe *gap*\n:::\n"),
        ("{{< warning >}}gap{{< /warning >}}", ":::warning\ngap\n:::"),
        ('{{< notice tip "A [b]" >}}\nx\n{{< /notice >}}', ":::tip[A \\[b\\]]\nx\n:::"),
        ('{{< alert title="T" color="danger" >}}\nx\n{{< /alert >}}', ":::warning[T]\nx\n:::"),
        ("{{< callout >}}\nx\n{{< /callout >}}", ":::note\nx\n:::"),
        ('- {{< tip >}}\n  x\n  {{< /tip >}}\n', "- :::tip\n  x\n  :::\n"),
        ('a {{< tip >}}b{{< /tip >}} c', "a \n:::tip\nb\n:::\n c"),
        ('{{< expand "More" >}}\nx\n{{< /expand >}}', ":::details[More]\nx\n:::"),
        (
            '{{< tabs >}}\n{{< tab name="One" >}}\na\n{{< note >}}\nb\n{{< /note >}}\n{{< /tab >}}\n{{< tab "Two" >}}\nc\n{{< /tab >}}\n{{< /tabs >}}',
            ":::::tabs\n::::tab[One]\na\n:::note\nb\n:::\n::::\n:::tab[Two]\nc\n:::\n:::::",
        ),
    ],
)  # fmt: skip
def test_shortcode_that_encloses_a_text_becomes_a_block(text: str, made: str) -> None:
    now, told = replaced(text)

    assert now == made
    assert told == []
    assert [problem for problem in parse_body(Source.of("a.md", now), 1)[2] if problem.code.endswith("block")] == []
