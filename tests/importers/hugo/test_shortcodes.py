"""Shortcodes become Markdown and blocks; those without a counterpart become blocks of the site."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import MoveHugo
from lxml import html

from sitegen.content.markdown import parse_body
from sitegen.importers.hugo import shortcode_blocks
from sitegen.importers.hugo.shortcode_conversions import Leaf, Ways
from sitegen.importers.hugo.shortcode_parser import parse_arguments
from sitegen.importers.hugo.shortcode_uses import PageUses
from sitegen.importers.hugo.site import HugoPage
from sitegen.model.page import Key
from sitegen.source.edits import Traced
from sitegen.source.text import Source


def replaced(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The text without the shortcodes that are known; what is told, and what stands at the place told."""
    told: list[tuple[str, str]] = []

    def tell(message: str, offset: int, hint: str) -> None:
        told.append((message, text[offset : offset + 10]))

    page = HugoPage(
        path="a.md",
        language="en",
        key=Key("/a/"),
        folder=Key("/"),
        is_section=False,
        front={},
        names={},
        body=text,
        first_line=1,
    )
    pages, params = {"one.md": "/posts/one/", "one.md#a": "/posts/one/#a"}, {"city": "Minsk"}
    uses = PageUses(page, Traced(text))
    uses.look_up(Ways(find=pages.get, param=params.get, target=lambda written: written))
    return uses.replaced(lambda use: None, lambda use: isinstance(use.made, Leaf), tell).text, told


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ('[a]({{< ref "one.md" >}})', "[a](/posts/one/)"),
        ('[a]({{% relref path="one.md#a" %}})', "[a](/posts/one/#a)"),
        ('{{< figure src="a b.jpg" alt="A" link="/x/" >}}', "[![A](<a b.jpg>)](/x/)"),
        ('{{< figure src="a.jpg" title="T" caption="C" >}}', '::figure[T · C]{src="a.jpg" alt="C"}'),
        ('{{< figure src="a.jpg" caption="[C](/x/)" >}}', "![C(/x/)](a.jpg)\n\n[C](/x/)\n"),
        ("a {{< comment >}}b{{< /comment >}} c", "a  c"),
        ("{{< rawhtml >}}<p>a <b>b</b></p>{{< /rawhtml >}}", "a **b**"),
        ("{{< highlight go >}}\nx\n{{< /highlight >}}", "```go\nx\n```"),
        ('{{< param "city" >}}', "Minsk"),
        ('{{< figure\n  src="a.jpg"\n  alt="A"\n>}}', "![A](a.jpg)"),
        ("`{{</* ref x */>}}`", "`{{< ref x >}}`"),
        ("{{%/* /note */%}}", "{{% /note %}}"),
    ],
    ids=[
        "ref",
        "relref",
        "figure",
        "caption",
        "marked caption",
        "comment",
        "raw",
        "highlight",
        "param",
        "many lines",
        "example",
        "closing example",
    ],
)
def test_shortcode_becomes_its_counterpart(text: str, markdown: str) -> None:
    assert replaced(text) == (markdown, [])


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("a {{< youtube abc >}}", "https://www.youtube.com/watch?v=abc"),
        ('{{< x user="a" id="1" >}}', "https://x.com/a/status/1"),
        ("{{< gist a 1 >}}", "https://gist.github.com/a/1"),
    ],
)
def test_embed_of_another_site_becomes_a_link_and_is_reported(text: str, address: str) -> None:
    now, told = replaced(text)

    assert now.removeprefix("a ") == f"<{address}>"
    assert [message for message, _ in told] == [f"the shortcode '{text.removeprefix('a ').split()[1]}' became a link"]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("{{< youtube abc >}}", '::video[YouTube]{src="https://www.youtube.com/watch?v=abc"}'),
        ('{{< youtube id="abc" title="A film" >}}', '::video[A film]{src="https://www.youtube.com/watch?v=abc"}'),
        ("{{< vimeo 12 >}}", '::video[Vimeo]{src="https://vimeo.com/12"}'),
    ],
    ids=["youtube", "with a title", "vimeo"],
)
def test_video_becomes_a_card_and_is_reported(text: str, made: str) -> None:
    now, told = replaced(text)

    assert now == made
    assert [message for message, _ in told] == [f"the shortcode '{text.split()[1]}' became a card that leads there"]


def test_shortcode_in_an_address_is_removed_and_in_code_stays() -> None:
    text = "[a]({{< cdn >}}/b)\n\n```\n{{< icon >}}\n```\n\n{{< /open >}}\n"

    now, told = replaced(text)

    assert now == "[a](/b)\n\n```\n{{< icon >}}\n```\n\n\n"
    assert sorted(told) == [
        ("the shortcode 'cdn' in an address is left out", "{{< cdn >}"),
        ("the shortcode 'icon' is in code and stays as it is written", "{{< icon >"),
        ("the shortcode 'open' is closed and was never opened", "{{< /open "),
    ]


def test_nested_shortcode_is_replaced_too() -> None:
    now, _ = replaced('{{% note %}}[a]({{< ref "one.md" >}}){{% /note %}}')

    assert now == ":::note\n[a](/posts/one/)\n:::"


def test_unresolved_ref_stays_as_written() -> None:
    assert replaced('[a]({{< ref "two.md" >}})')[0] == "[a](two.md)"


def test_malformed_shortcode_is_reported() -> None:
    assert replaced('a {{< x "y >}} b')[1] == [("a shortcode that can't be read", '{{< x "y >')]


def test_thousands_of_openings_are_read_in_linear_time() -> None:
    now, told = replaced("{{<" * 20_000)

    assert len(now) == 60_000
    assert len(told) == 20_000


def test_arguments_are_passed_by_name_and_by_position() -> None:
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


# those that become blocks of the site's own

LANGUAGES = "title = 'Old'\nbaseURL = 'https://e.org/'\n[languages.en]\nweight = 1\n[languages.fr]\nweight = 2\n"


def moved(move_hugo: MoveHugo, **texts: str) -> tuple[dict[str, str], dict[str, str]]:
    """A page in these languages: its texts here and its visible words."""
    files = {f"content/a.{language}.md": f"---\ntitle: A\n---\n{text}" for language, text in texts.items()}
    site = move_hugo({"hugo.toml": LANGUAGES, "content/b.md": "---\ntitle: B\n---\nText\n", **files})
    pages = site.build()
    texts = {language: site.text(f"content/a/index.{language}.md").split("---\n\n")[1] for language in texts}
    return texts, {language: pages[f"{language}/a/index.html"] for language in texts}


@pytest.mark.parametrize(
    ("text", "made", "shown"),
    [
        ('{{% panel "A title" class="wide" %}}\nTwo *x*\n{{% /panel %}}', ':::panel[A title]{class="wide"}\nTwo *x*\n:::', "<p>A title</p>"),
        ("One {{< icon github />}} two", 'One :icon{arg1="github"} two', 'One <span class="icon"></span> two'),
        ("x{{< icon github >}}", 'x<!---->:icon{arg1="github"}', 'x<span class="icon"></span>'),
        ("One {{< tag red >}}new [x](b.md){{< /tag >}} two", 'One :tag[new [x](/b/)]{arg1="red"} two', '<span class="tag">new <a href="/en/b/">x</a></span>'),
        ('{{< card link="b" title=`Raw "q"` >}}', '::card[Raw "q"]{link="/b/"}', '<a href="/en/b/">Raw &#34;q&#34;</a>'),
        ('{{< card link="https://x.org/a?b=1" title="T" >}}', '::card[T]{link="https://x.org/a?b=1"}', 'href="https://x.org/a?b=1"'),
        ('{{< stats lines=10 wide="true" version="1.10" >}}', '::stats{lines="10" wide="true" version="1.10"}', '<div class="stats">'),
        ("{{< outer >}}\n      {{< inner >}}\n      a\n      {{< /inner >}}\n{{< /outer >}}", "::::outer\n:::inner\n      a\n:::\n::::", '<div class="inner">'),
        ("- a\n  {{% box %}}\n  b\n  {{% /box %}}", "- a\n  :::box\n  b\n  :::", "<li>a<div"),
        ("| a | b |\n|---|---|\n| {{< tag >}}n{{< /tag >}} | {{< icon q >}} |", "| :tag[n]{} | :icon{arg1=\"q\"} |", '<td><span class="tag">n</span></td>'),
        ("{{< dir/tree_view >}}", "::dir-tree-view", '<div class="dir-tree-view">'),
        ("{{< button href=b >}}Go{{< /button >}}", ':::own-button{href="/b/"}\nGo\n:::', "Go"),
        ('{{% tabs items="One,Two" %}}\n{{% tab %}}\na\n{{% /tab %}}\n{{% tab %}}\nb\n{{% /tab %}}\n{{% /tabs %}}', ":::tab[Two]\nb\n:::", ">Two</label>"),
    ],
    ids=["title", "leaf in a line", "behind a letter", "around words", "raw string", "address", "types", "indent", "list", "table", "name", "taken name", "items"],
)  # fmt: skip
def test_unknown_shortcode_becomes_a_block_with_its_arguments(
    move_hugo: MoveHugo, text: str, made: str, shown: str
) -> None:
    texts, pages = moved(move_hugo, en=f"{text}\n")

    assert made in texts["en"]
    assert shown in pages["en"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1. One\n2. Two\n\n   {{% note %}}\nwords\n   {{% /note %}}\n\n3. Three\n", "//ol[count(li) = 3]/li[2]//p[. = 'words']"),
        ("1. One\n\n   {{< panel >}}\n```text\n  code\n```\n{{< /panel >}}\n\n2. Two\n", "//ol[count(li) = 2]//code[. = '  code\n']"),
        ("- One\n\n  {{< tabs >}}\n{{% tab A %}}\n- a\n  - b\n{{% /tab %}}\n{{< /tabs >}}\n- Two\n", "//ul[count(li) = 2]/li[1]//ul/li/ul/li[. = 'b']"),
    ],
    ids=["text", "code", "lists"],
)  # fmt: skip
def test_text_that_a_shortcode_of_a_list_item_encloses_stays_in_the_item(
    move_hugo: MoveHugo, text: str, found: str
) -> None:
    page = html.document_fromstring(moved(move_hugo, en=text)[1]["en"])

    assert len(page.xpath(f"//main{found}")) == 1
    assert ":::" not in page.text_content()


def test_facts_are_written_in_the_source_alone_and_words_in_each_language(move_hugo: MoveHugo) -> None:
    texts, _ = moved(
        move_hugo,
        en='{{< card link="b" title="Card B" icon="moon" >}}\n\n{{< youtube abc >}}\n',
        fr='{{< card link="b" title="Carte B" icon="moon" >}}\n\n{{< youtube abc >}}\n',
    )

    assert texts["en"].startswith('::card[Card B]{link="/b/" icon="moon"}\n')
    assert texts["fr"] == "::card[Carte B]\n\n::video[YouTube]\n"


def test_argument_that_differs_in_a_translation_becomes_a_word(move_hugo: MoveHugo) -> None:
    texts, pages = moved(
        move_hugo,
        en="{{< youtube abc >}}\n\n{{< map place=minsk >}}\n",
        fr="{{< youtube def >}}\n\n{{< map place=paris >}}\n",
    )

    assert '::map{place="minsk"}' in texts["en"]
    assert '::map{place="paris"}' in texts["fr"]
    assert "<https://www.youtube.com/watch?v=def>" in texts["fr"]
    assert "minsk" not in pages["en"]


def test_each_shortcode_is_reported_with_its_count(move_hugo: MoveHugo) -> None:
    files = {
        f"content/{name}.md": f"---\ntitle: {name}\n---\nx {{{{< icon a >}}}} y {{{{< icon b >}}}}\n" for name in "abc"
    }

    site = move_hugo({"hugo.toml": LANGUAGES, **files})

    message = "the shortcode 'icon' became the block ':icon' (6 uses in 3 files), and shows only its words"
    assert f"content/a.md:4:3: warning[shortcode]: {message}" in site.told_then
    assert site.told_then.count("[shortcode]") == 1


def test_shortcodes_beyond_a_number_are_left_out_and_told(move_hugo: MoveHugo, monkeypatch: pytest.MonkeyPatch) -> None:
    """20,000 different ones on one page took 5 s, and made a blocks.yaml of 2 MB, which no site can have."""
    monkeypatch.setattr(shortcode_blocks, "MOST_BLOCKS", 2)
    text = "".join(f"Text {{{{< {name} x />}}}} {name}\n\n" for name in ("one", "two", "three"))
    site = move_hugo(
        {"hugo.toml": LANGUAGES, "content/a.md": f"---\ntitle: A\n---\n{text}{{{{% one %}}}}words{{{{% /one %}}}}\n"}
    )

    assert 'Text :one{arg1="x"} one\n\nText :two{arg1="x"} two\n\nText  three' in site.text("content/a/index.en.md")
    assert "content/a.md:8:6: warning[shortcode]: the shortcode 'three' is left out" in site.told_then
    assert sorted(path.name for path in (site.root / "templates/blocks").iterdir()) == ["one.html", "two.html"]


def test_text_used_as_data_by_a_template_becomes_code(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "hugo.toml": LANGUAGES,
            "layouts/shortcodes/toggle.html": '{{ highlight .Inner "toml" "" }}',
            "content/a.md": "---\ntitle: A\n---\n{{< toggle file=hugo >}}\n[a_b]\nc = '*'\n{{< /toggle >}}\n",
        }
    )

    assert ":::toggle{file=\"hugo\"}\n```\n[a_b]\nc = '*'\n```\n:::" in site.text("content/a/index.en.md")
    assert "[a_b]\nc = &#x27;*&#x27;" in site.build()["en/a/index.html"].replace("'", "&#x27;").replace(
        "&#39;", "&#x27;"
    )


def test_included_text_replaces_its_shortcode(move_hugo: MoveHugo) -> None:
    site = move_hugo(
        {
            "hugo.toml": LANGUAGES,
            "content/_parts/one.md": "---\ntitle: P\nheadless: true\n---\nPart {{< icon x >}} one\n",
            "content/a.md": '---\ntitle: A\n---\nBefore\n\n{{% include "/_parts/one.md" %}}\n\nAfter\n',
        }
    )

    assert 'Before\n\nPart :icon{arg1="x"} one\n\nAfter' in site.text("content/a/index.en.md")


def test_name_of_a_shortcode_cannot_inject_template_code(move_hugo: MoveHugo, tmp_path: Path) -> None:
    run = "{{lipsum.__globals__['os'].mkdir('" + str(tmp_path / "run") + "')}}"
    files = {"content/a.md": "---\ntitle: A\n---\n{{< x#}" + run + "{# a=1 >}}\n\n{{< y#}{{7*7}}{#- ²=1 >}}\n"}
    site = move_hugo({"content/_index.md": "---\ntitle: Home\n---\n", **files})
    site.build()
    assert not (tmp_path / "run").exists()
    made = [path.read_text("utf-8") for path in (site.root / "templates/blocks").iterdir()]
    assert len(made) == 2
    assert all("of the old site" in text.partition("#}")[0] for text in made)


def test_texts_that_include_each_other_do_not_grow_endlessly(move_hugo: MoveHugo) -> None:
    fan = {
        f"content/{name}.md": f"---\ntitle: A\n---\n{f'{{{{< include {other}.md >}}}}' * 200}\n"
        for name, other in ("bc", "cb")
    }
    site = move_hugo({"content/_index.md": "---\ntitle: Home\n---\n", **fan})
    assert len(site.text("content/b/index.en.md")) < 1_000_000


def test_words_that_a_known_shortcode_does_not_take_are_reported(move_hugo: MoveHugo) -> None:
    text = '{{< callout type="info" emoji="🌐" class="wide" >}}\nx\n{{< /callout >}}\n'

    site = move_hugo({"hugo.toml": LANGUAGES, "content/a.md": f"---\ntitle: A\n---\n{text}"})

    assert "a.md:4:1: warning[shortcode]: the shortcode 'callout' is without its emoji\n" in site.told_then


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ('![Hall](hall.png "The *great* hall")', "![Hall](hall.png)\n\nThe *great* hall"),
        ('One\n\n![Hall](hall.png "The great hall")\n', '::figure[The great hall]{src="hall.png" alt="Hall"}'),
        ('One ![Hall](hall.png "The great hall")', 'One ![Hall](hall.png "The great hall")'),
        ('```\n\n![Hall](hall.png "The great hall")\n\n```', '```\n\n![Hall](hall.png "The great hall")\n\n```'),
        ('![Far](https://e.net/a.png "Far away")', "![Far](https://e.net/a.png)\n\nFar away"),
    ],
    ids=["marks", "alone", "in a line", "code", "elsewhere"],
)
@pytest.mark.parametrize("has_captions", [True, False])
def test_titles_of_pictures_are_captions_where_they_were(
    move_hugo: MoveHugo, text: str, made: str, has_captions: bool
) -> None:
    hook = "<figure><img><figcaption>{{ .Title }}</figcaption></figure>" if has_captions else "<img>"
    files = {"layouts/_default/_markup/render-image.html": hook, "content/a/hall.png": "x", "hugo.toml": LANGUAGES}

    site = move_hugo({**files, "content/a/index.md": f"---\ntitle: A\n---\n{text}\n"})

    assert (made if has_captions else text.strip()) in site.text("content/a/index.en.md")


@pytest.mark.parametrize("name", ["callout", "own"])
def test_shortcodes_in_shortcodes_take_no_more_than_their_text(move_hugo: MoveHugo, name: str) -> None:
    depth = 300
    text = f"{{{{< {name} >}}}}\n" * depth + "innermost\n" + f"{{{{< /{name} >}}}}\n" * depth
    layouts = {"layouts/shortcodes/own.html": "<div>{{ .Inner | markdownify }}</div>"}

    site = move_hugo({"hugo.toml": LANGUAGES, "content/a.md": f"---\ntitle: A\n---\n{text}", **layouts})

    now = site.text("content/a/index.en.md")
    assert "innermost" in now
    assert max(len(line) for line in now.splitlines() if line.startswith(":")) < 70
    assert len(now) < len(text)
    assert f"a.md:4:1: warning[shortcode]: the shortcode '{name}'" in site.told_then
