"""SVG beside pages: drawings pass, and active content is reported at its line."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from conftest import MakeSite
from published import sampled
from work import calls

from sitegen.media.css import is_nested_too_deeply
from sitegen.media.svg import find_unsafe, find_unsafe_in
from sitegen.media.svg_fix import cleaned
from sitegen.source.text import MAX_FILE

PLAIN = """\
<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 24 24">
  <style>path { fill: url(#shade) } @media print { path { fill: url('#shade') } }</style>
  <title>A sign</title>
  <defs><linearGradient id="shade"><stop offset="0" stop-color="red"/></linearGradient></defs>
  <path id="leaf" d="M4 0v9" style="stroke: url(#shade)"/>
  <use xlink:href="#leaf" x="4"/>
  <image href="data:image/png;base64,iVBORw0KGgo=" width="1" height="1"/>
</svg>
"""
WRONG = [
    ("<script>alert(1)</script>", "<script> is not a part of a drawing"),
    ('<path onload="alert(1)" d="M0 0"/>', "'onload' would run a script"),
    ('<a href="javascript:alert(1)"><text>x</text></a>', "<a> is not a part of a drawing"),
    ('<use href="https://example.org/x.svg#a"/>', "leads out of the drawing"),
    ('<use xlink:href="data:image/svg+xml,x#a"/>', "leads out of the drawing"),
    ('<image href="https://example.org/pixel.png"/>', "leads out of the drawing"),
    ("<foreignObject><p>x</p></foreignObject>", "<foreignObject> is not a part of a drawing"),
    ('<iframe xmlns="http://www.w3.org/1999/xhtml" src="x"/>', "<iframe> is not a part of a drawing"),
    ("<style>@import 'https://example.org/x.css';</style>", "the style leads out of the drawing"),
    ('<rect style="fill: url(https://example.org/x)"/>', "leads out of the drawing"),
    ('<path xml:base="https://example.org/" d="M0 0"/>', "'xml:base' changes where every link leads"),
    ("<style><g/>@import '//example.org/x.css';</style>", "<g> is inside a style"),
    ("<style>@im<![CDATA[port '//example.org/x.css';]]></style>", "out of the drawing by '@import'"),
    ("<style>@im&#112;ort '//example.org/x.css';</style>", "out of the drawing by '@import'"),
    (r"<style>@\69mport '//example.org/x.css';</style>", "out of the drawing by '@import'"),
    ('<style>svg{background:image-set("//example.org/x.png" 1x)}</style>', "out of the drawing by 'image-set(…)'"),
    (r"<style>svg{background:u\72l(//example.org/x)}</style>", "out of the drawing by"),
    ("<style>svg{background:×url(//example.org/x)}</style>", "out of the drawing by 'url(//example.org/x)'"),
    ("<style>svg{background:\x80url(//example.org/x)}</style>", "out of the drawing by 'url(//example.org/x)'"),
    ("<style>svg{--a: '//example.org/x'; background: src(var(--a))}</style>", "out of the drawing by 'src(…)'"),
    ("<style>@font-face{font-family:x;src:url(x.woff2)}</style>", "out of the drawing by 'url(x.woff2)'"),
    ("<style>@namespace url(http://example.org/);</style>", "out of the drawing by"),
    (r'<rect style="background:u\72l(//example.org/x)"/>', "leads out of the drawing"),
    ("<rect style=\"background:url( '//example.org/x' )\"/>", "leads out of the drawing"),
    ('<rect filter="url(x.svg#a)"/>', "leads out of the drawing"),
    ('<rect cursor="URL(x.cur), auto"/>', "leads out of the drawing"),
    ('<rect fill="url(data:image/svg+xml,x)"/>', "leads out of the drawing"),
    ("<g>" * 300 + "</g>" * 300, "nested more than"),
    ('<set attributeName="href" to="javascript:alert(1)"/>', "<set> is not a part of a drawing"),
    ('<animate attributeName="href" values="javascript:alert(1)"/>', "<animate> is not a part of a drawing"),
]


def test_plain_drawing_is_published_unchanged(make_site: MakeSite) -> None:
    site = make_site(
        {"content/a/index.en.md": "---\ntitle: A\n---\n![A sign](sign.svg)\n", "content/a/sign.svg": PLAIN}
    )
    site.report()

    assert site.files()["en/a/sign.svg"] == PLAIN.encode()


@pytest.mark.parametrize(
    ("name", "hint"),
    [("a.SVG", ""), ("a.svgz.SVG", ""), ("a.Svg", "rename it to .svg"), ("a.sVGZ", "rename it to .svgz")],
)
def test_an_ending_in_mixed_case_that_rules_of_hosts_would_miss_is_reported(
    tmp_path: Path, name: str, hint: str
) -> None:
    (tmp_path / name).write_text(PLAIN, encoding="utf-8")

    assert [problem.hint for problem in find_unsafe(tmp_path, name)] == [hint][: bool(hint)]


@pytest.mark.parametrize(("wrong", "told"), WRONG)
def test_active_content_in_a_drawing_is_reported_at_its_line(make_site: MakeSite, wrong: str, told: str) -> None:
    text = PLAIN.replace("  <title>", f"  {wrong}\n  <title>")
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/sign.svg": text})
    problems = [problem for problem in site.problems() if problem.code == "svg"]

    assert any(told in problem.message for problem in problems)
    assert (problems[0].path, problems[0].line) == ("content/a/sign.svg", 4)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '<!DOCTYPE svg [<!ENTITY a "b">]>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
            "a document type with declarations",
        ),
        ('<!DOCTYPE svg SYSTEM "x.dtd" [<!ENTITY % a SYSTEM "x"> %a;]>\n<svg/>', "a document type with declarations"),
        ('<?xml version="1.0" encoding="utf-7"?>\n<svg/>', "the encoding 'utf-7'"),
        ('<?xml version="1.0" encoding="cp037"?>\n<svg/>', "the encoding 'cp037'"),
        ('<?xml-stylesheet href="x.css"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "may load a style"),
        ("<svg", "not valid SVG"),
        ("", "not valid SVG"),
        ("<html><script>alert(1)</script></html>", "<html> is not a part of a drawing"),
    ],
)
def test_invalid_svg_is_reported(make_site: MakeSite, text: str, told: str) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/sign.svg": text})

    assert told in site.told()


STRICT = '<!DOCTYPE svg PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "<!--">'
ENTITIES = [
    "<style>a{x:/&eacute;*} rect{cursor:url(//o.example/c),auto}/*&eacute;*/</style>",
    '<rect style="x:/&eacute;*;cursor:url(//o.example/c),auto;x:*&eacute;/"/>',
    '<use href="#&eacute;"/>',
    "<title>--> caf&eacute;</title>",
    "<!-- --><title>caf&eacute;</title>",
    "<title>\u213c\u2d2d\u3c21 caf&eacute;</title>",  # in UTF-16, the bytes of a comment's beginning
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("text", ENTITIES)
def test_entity_that_only_browsers_know_is_reported_at_its_line(text: str, encoding: str) -> None:
    drawing = f'{STRICT}\n<svg xmlns="http://www.w3.org/2000/svg">\n{text}</svg>'

    mark = "\ufeff" if encoding == "utf-16-be" else ""
    problem, *_ = find_unsafe_in("a.svg", (mark + drawing).encode(encoding))

    assert (problem.message, problem.line) == ("&eacute; is not read alike everywhere", 3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_character_reference_and_what_only_looks_like_an_entity_are_read(encoding: str) -> None:
    text = (
        "<title>caf&#233; &amp; co \u2600</title><!-- &eacute; --><style><![CDATA[/* &eacute; */]]></style><!-- R&D -->"
    )

    drawing = f'{STRICT}<svg xmlns="http://www.w3.org/2000/svg">{text}</svg>'
    assert find_unsafe_in("a.svg", drawing.encode(encoding)) == []


MATPLOTLIB = """\
<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" height="9pt" viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg" version="1.1">
 <metadata>
  <rdf:RDF xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
   <cc:Work><dc:type rdf:resource="http://purl.org/dc/dcmitype/StillImage"/></cc:Work>
  </rdf:RDF>
 </metadata>
 <defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style></defs>
 <g id="figure_1"><path clip-path="url(#p0)" style="fill: none; stroke: #1f77b4"/><use xlink:href="#m1" style="stroke: #000000; stroke-width: 0.8"/></g>
 <defs><clipPath id="p0"><rect x="1" y="1" width="7" height="7"/></clipPath></defs>
</svg>
"""
GRAPHVIZ = """\
<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
 "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<!-- Generated by graphviz version 2.43.0 (0) -->
<svg width="62pt" height="44pt" viewBox="0.00 0.00 62.00 44.00" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
<g id="graph0" class="graph" transform="scale(1 1) rotate(0) translate(4 40)"><title>G</title>
<polygon fill="white" stroke="transparent" points="-4,4 -4,-40 58,-40 58,4 -4,4"/>
</g>
</svg>
"""


@pytest.mark.parametrize("drawing", [MATPLOTLIB, GRAPHVIZ], ids=["matplotlib", "graphviz"])
def test_drawing_of_a_common_program_is_published_unchanged(make_site: MakeSite, drawing: str) -> None:
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/plot.svg": drawing})
    site.report()

    assert site.files()["en/a/plot.svg"] == drawing.encode()


def test_problems_of_a_drawing_are_limited(make_site: MakeSite) -> None:
    text = '<svg xmlns="http://www.w3.org/2000/svg">' + "<script/>" * 500 + "</svg>"
    site = make_site({"content/a/index.en.md": "---\ntitle: A\n---\n", "content/a/a.svg": text})

    assert len([problem for problem in site.problems() if problem.code == "svg"]) == 20


def nested(inner: str, again: str, last: str = "") -> str:
    """Forty elements, each of which draws the one before twice; `{}` stands for its number and `{before}` for that."""
    parts = [again.replace("{before}", str(own - 1)).replace("{}", str(own)) for own in range(1, 40)]
    return "\n".join([inner, *parts, last])


#: The page that the drawings are beside.
PAGE = "---\ntitle: A\n---\n"

DOUBLINGS = {
    "use": nested('<path id="a0" d="M0 0"/>', '<g id="a{}"><use href="#a{before}"/><use xlink:href="#a{before}"/></g>'),
    "symbol": nested('<path id="a0" d="M0 0"/>', '<symbol id="a{}"><use href="#a{before}"/><use href="#a{before}"/></symbol>'),
    "pattern": nested('<rect id="a0"/>', '<pattern id="a{}"><rect fill="url(#a{before})"/><rect style="fill:u\\72l(#a{before})"/></pattern>'),
    "mask": nested('<rect id="a0"/>', '<mask id="a{}"><rect mask="url(#a{before})"/><rect mask="url(#a{before})"/></mask>'),
    "clip": nested('<rect id="a0"/>', '<clipPath id="a{}"><use href="#a{before}"/><use href="#a{before}"/></clipPath>'),
    "marker": nested('<rect id="a0"/>', '<marker id="a{}"><path marker-mid="url(#a{before})" d="M0 0 1 1 2 2 3 3"/></marker>'),
    "class": nested('<rect id="a0"/>', '<style>.c{} {fill: url(#a{before})}</style><pattern id="a{}"><rect class="c{}"/><rect class="b c{}"/></pattern>'),
    "attribute": nested('<rect id="a0"/>', '<style>@media all {[id=x{}], [x=\'x{}\'] {fill: url(#a{before})}}</style><pattern id="a{}"><rect id="x{}"/><rect x="x{}"/></pattern>'),
    "by its place": nested('<rect id="a0"/>', '<style>#a{} :nth-child(n) {fill: url(#a{before})}</style><pattern id="a{}"><rect/><rect/></pattern>'),
    "by what it is not": nested('<rect id="a0"/>', '<style>:not(.b):is(#a{} *) {fill: url(#a{before})}</style><pattern id="a{}"><rect/><rect/></pattern>'),
    "by having an attribute": nested('<rect id="a0"/>', '<style>[x{}] {fill: url(#a{before})}</style><pattern id="a{}"><rect x{}="1"/><rect x{}="2"/></pattern>'),
    "by a part of a value": nested('<rect id="a0"/>', '<style>[x^="a{}-"] {fill: url(#a{before})}</style><pattern id="a{}"><rect x="a{}-1"/><rect x="a{}-2"/></pattern>'),
    "by a long value": nested('<rect id="a0"/>', f'<style>[x="{"l" * 50}{{}}"] {{fill: url(#a{{before}})}}</style><pattern id="a{{}}"><rect x="{"l" * 50}{{}}"/><rect x="{"l" * 50}{{}}"/></pattern>'),
    "property": nested('<rect id="a0"/>', '<style>.c{} {--p: url(#a{before})} rect {fill: var(--p)}</style><pattern id="a{}"><g class="c{}"><rect/><rect/></g></pattern>'),
    "nested rule": nested('<rect id="a0"/>', '<style>.c{} {color: red; &amp;:hover, &amp; {fill: url(#a{before})}}</style><pattern id="a{}"><rect class="c{}"/><rect class="c{}"/></pattern>'),
    "medium in a rule": nested('<rect id="a0"/>', '<style>.c{} {@media all {fill: url(#a{before})}}</style><pattern id="a{}"><rect class="c{}"/><rect class="c{}"/></pattern>'),
    "animation": nested('<rect id="a0"/>', '<style>@keyframes k{} {from {fill: url(#a{before})}} .c{} {animation: k{} 1s}</style><pattern id="a{}"><rect class="c{}"/><rect class="c{}"/></pattern>'),
    "inherited": nested('<rect id="a0"/>', '<pattern id="a{}"><g fill="url(#a{before})"><rect/><rect/></g></pattern>'),
    "inherited by a style": nested('<rect id="a0"/>', '<pattern id="a{}"><g style="stroke:url(#a{before})"><rect/><rect/></g></pattern>'),
    "inherited by a class": nested('<rect id="a0"/>', '<style>.c{} {fill: url(#a{before})}</style><pattern id="a{}"><g class="c{}"><rect/><rect/></g></pattern>'),
    "inherited marker": nested('<rect id="a0"/>', '<marker id="a{}"><g marker-mid="url(#a{before})"><path d="M0 0 1 1 2 2 3 3"/></g></marker>'),
    "inherited by what is used": nested('<g id="two"><rect/><rect/></g><rect id="a0"/>', '<pattern id="a{}"><g fill="url(#a{before})"><use href="#two"/></g></pattern>'),
    "filter": nested('<filter id="f"><feFlood result="a0"/>', '<feBlend in="a{before}" in2="a{before}" result="a{}"/>', "</filter>"),
    "merge": nested('<filter id="f"><feFlood result="a0"/>', '<feMerge result="a{}"><feMergeNode in="a{before}"/><feMergeNode in="a{before}"/></feMerge>', "</filter>"),
}  # fmt: skip


@pytest.mark.parametrize("what", DOUBLINGS)
def test_a_drawing_that_draws_itself_twice_and_again_is_refused_at_its_line(make_site: MakeSite, what: str) -> None:
    """A trillion elements: a browser would draw until its reader closes it."""
    site = make_site(
        {"content/a/index.en.md": PAGE, "content/a/x.svg": PLAIN.replace("<title>", f"{DOUBLINGS[what]}\n<title>")}
    )

    (problem,) = site.problems()
    assert problem.message.startswith("it draws more than 300,000 elements")
    assert 12 < (problem.line or 0) < 60


USES = {
    "a map of signs": "<style>.s {fill: url(#shade)}</style>" + '<use href="#leaf" class="s"/>' * 20_000,
    "a cycle, which browsers do not draw": '<g id="p"><use href="#q"/></g><g id="q"><use href="#p"/></g>',
    "filters": '<filter id="f"><feGaussianBlur/><feOffset/><feMerge><feMergeNode/><feMergeNode in="SourceGraphic"/></feMerge></filter>'
    + '<rect filter="url(#f)"/>' * 2_000,
    "a chart with a dot at each point": '<marker id="dot"><circle r="1"/></marker><path marker-mid="url(#dot)" d="M'
    + " 1 1" * 20_000
    + '"/>',
    "shades of groups": '<g fill="url(#shade)">' + '<g stroke="url(#shade)">' * 20 + "<path/>" * 20_000 + "</g>" * 21,
    "a hatching of a map": '<pattern id="hatch"><path/><path/></pattern><g fill="url(#hatch)">'
    + "<path/>" * 10_000
    + "</g>",
    "signs of their own by place": '<pattern id="hatch"><path/><path/></pattern><style>:nth-child(2) {fill: url(#hatch)} .s:not(.t) {fill: url(#shade)}</style>'
    + '<path class="s"/>' * 2_000,
    "shades by place": "<style>:first-child {fill: url(#shade)} [x] {fill: url(#shade)}</style>" + "<path/>" * 20_000,
    "a style for all": "<style>* {fill: url(#shade)} svg .s:hover {stroke: url(#shade)}</style>"
    + '<path class="s"/>' * 5_000,
}


@pytest.mark.parametrize("what", USES)
def test_a_drawing_may_refer_to_its_parts_often(make_site: MakeSite, what: str) -> None:
    site = make_site(
        {"content/a/index.en.md": PAGE, "content/a/x.svg": PLAIN.replace("<title>", f"{USES[what]}\n<title>")}
    )

    site.build()


@pytest.mark.parametrize(
    "body",
    [
        '<use id="a{}" href="#a{before}"/>',
        "<style>.a{fill:url(#p)}</style>",
        "<path class='a b c' style='fill:url(#a{})'/>",
        "<g>",
    ],
)
def test_elements_of_a_drawing_are_counted_in_proportion_to_their_number(body: str) -> None:
    def work(count: int) -> int:
        text = "".join(body.replace("{before}", str(own - 1)).replace("{}", str(own)) for own in range(count))
        drawing = PLAIN.replace("<title>", f"{text}<title>").encode()
        return calls(lambda: find_unsafe_in("a.svg", drawing))

    assert work(2_000) < 2.2 * work(1_000)


COSTLY = {
    "rules": ("<style>" + ".a{fill:url(#b)}.a{fill:red}\n" * 50_000 + "</style>", "styles"),
    "attributes": ("<g style='fill:url(\"#a\");stroke:red'/>" * 40_000, "styles"),
    "elements": ("<g/>" * 70_000, "elements"),
    "many elements": ("<g/>" * 400_000, "elements"),
    "deep blocks": ("<style>@media x" + "{a" * 400_000 + "}" * 400_000 + "</style>", "styles"),
    "deep names": (
        "<style>" + "".join(f".a{own}{{fill:url(#b);" for own in range(8_000)) + "}" * 8_000 + "</style>",
        "styles",
    ),
    "nested rules": ("<style>" + "a{" * 10_000 + "</style>", "nested more than 100 deep"),
    "nested functions": ("<style>" + ":not(" * 50_000 + "</style>", "nested more than 100 deep"),
    "nested in an attribute": ("<g style='" + "a[" * 101 + "'/>", "nested more than 100 deep"),
    "nested after quotes": (
        r"""<style>a{b:"\"}}}" '}' \} /*}*/""" + "a{" * 101 + "</style>",
        "nested more than 100 deep",
    ),
    "selectors": ("<style>" + ",".join(f".a{own}" for own in range(25_000)) + "{fill:url(#b)}</style>", ""),
    "uses of ids": ("".join(f'<use id="i{own}" href="#i{own - 1}"/>' for own in range(55_000)), "draws"),
    "elements and rules": ("<style>" + ".x{fill:url(#p)}" * 10_000 + "</style>" + '<g class="x y"/>' * 55_000, ""),
    "a long path": ('<path d="' + "M1 1L2 2" * 240_000 + '"/>', ""),
    "transforms": ('<g transform="translate(1,2) rotate(3)"/>' * 45_000, ""),
    "references": ('<g fill="url(#a)" stroke="url(#b)"/>' * 50_000, ""),
    "attributes of one": ("<g " + " ".join(f'a{own}="url(#a)"' for own in range(80_000)) + "/>", ""),
    "gradients": ("".join(f'<linearGradient id="g{own}" href="#g{own + 1}"/>' for own in range(40_000)), "draws"),
    "an embedded picture": (f"<style>.a{{fill:url(data:image/png;base64,{'A' * 1_900_000})}}</style>", ""),
}


def drawing_of(what: str) -> bytes:
    content = PLAIN.replace("<title>", f"{COSTLY[what][0]}<title>").encode()
    assert len(content) < MAX_FILE
    return content


@pytest.mark.slow
@pytest.mark.parametrize(
    "what",
    sampled(
        [what for what, (_, message) in COSTLY.items() if message], {"rules", "attributes", "elements", "uses of ids"}
    ),
)
def test_a_drawing_that_would_take_long_is_reported(what: str) -> None:
    (problem,) = find_unsafe_in("a.svg", drawing_of(what))

    assert problem.code == ("svg" if COSTLY[what][1] == "draws" else "too-costly")
    assert COSTLY[what][1] in problem.message


@pytest.mark.parametrize(
    "css", ["a{}" * 500, "a{" * 90 + "}" * 90, '"' + "{" * 500 + '"', "/*" + "(" * 500 + "*/", r"\{" * 500]
)
def test_brackets_that_are_not_nested_are_no_depth(css: str) -> None:
    assert not is_nested_too_deeply(css)


@pytest.mark.soak
@pytest.mark.parametrize("what", COSTLY)
def test_what_a_drawing_costs_is_bounded_whatever_it_is_made_of(what: str) -> None:
    """Ten million calls take about a second."""
    content = drawing_of(what)

    assert calls(lambda: find_unsafe_in("a.svg", content)) < 10_000_000
    assert bool(find_unsafe_in("a.svg", content)) == bool(COSTLY[what][1])


@pytest.mark.parametrize("count", [18, 19, 20, 21])
def test_drawing_with_as_many_faults_as_are_told_may_end_anywhere(count: int) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg">{"<script/>" * count}<'

    found = list(find_unsafe_in("a.svg", drawing.encode()))

    assert len(found) == min(20, count + 1)


@pytest.mark.parametrize("drawing", ["<svg/>", "<svg><script/></svg>", PLAIN, "<!DOCTYPE svg><svg/>", "<svg"])
def test_nothing_of_a_drawing_that_was_read_waits_for_the_collector(drawing: str) -> None:
    """A build looks for no cycles, and each parser holds 30 KB."""
    gc.collect()
    gc.disable()
    try:
        for _ in range(10):
            find_unsafe_in("a.svg", drawing.encode())
            cleaned(drawing)
        assert gc.collect() < 10
    finally:
        gc.enable()
