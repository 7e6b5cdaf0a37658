/**
 * Keeps the underscores of words in the rich text: those that Markdown would take for emphasis keep a backslash.
 *
 * The editor writes a backslash before each underscore and backslash, and then takes all of these away again, for the sake of
 * snake_case and of what was shielded by a person. So `_b_`, which somebody had pasted, became italics, though `*b*` did not.
 */
/** What was shielded; in tags and addresses a backslash shields nothing. The first group: the text's own backslashes. */
const SHIELDED = /<[a-z/][^<>\n]*>|((?:\\\\)*)\\_|\\\\/giu;
const OPENING = String.raw`(?<![\p{L}\p{N}])\\_(?=\S)`;
const CLOSING = String.raw`(?<=\S)\\_(?![\p{L}\p{N}])`;
const EDGES = new RegExp(`(?<opening>${OPENING})|${CLOSING}`, 'gu');
const BOTH = new RegExp(CLOSING, 'gu');
const PARAGRAPHS = /(\n[ \t>]*\n)/;

/** What the editor has written, without the backslashes that Markdown does not need. */
export function unshielded(written) {
  return written.includes('\\') ? written.split(PARAGRAPHS).map(ofParagraph).join('') : written;
}

/** An emphasis begins and ends in one paragraph; `x_{1}` alone does neither. */
function ofParagraph(text) {
  const edges = [...text.matchAll(EDGES)];
  const first = edges.find(({ groups }) => groups.opening)?.index ?? Infinity;
  const last = [...text.matchAll(BOTH)].at(-1)?.index ?? -1;
  const marks = new Set(first < last ? edges.map(({ index }) => index).filter((index) => first <= index && index <= last) : []);
  return text.replace(SHIELDED, (found, own, place) => {
    if (own === undefined) return found.replace(/\\([_\\])/g, '$1');
    const isShielded = own.length % 4; // by an own backslash
    return own.slice(own.length / 2) + (marks.has(place + own.length) && !isShielded ? '\\_' : '_');
  });
}
