/** A text from each of its lines on, in time that does not depend on its length. */
const known = new WeakMap();
/** Lines edited from which on the search for those that have stayed would take too long at each key, and for saving. */
export const MOST_EDITED = 2000;

/** The text from a line on; the editor asks for it at each line, for each sort of block. */
export function textFrom(lines, start) {
  if (!known.has(lines)) known.set(lines, placed(lines));
  const { text, places } = known.get(lines);
  return text.slice(places[start]);
}

function placed(lines) {
  let end = 0;
  const places = lines.map((line) => (end += line.length + 1) - line.length - 1);
  return { text: lines.join('\n'), places };
}
