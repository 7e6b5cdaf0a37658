/** What is the same to the editor: it trims, shows numbers as text or the reverse, and has what is empty. */

/** Whether two values are the same to the editor. */
export function isSame(one, other) {
  const [own, others] = [leaves(one), leaves(other)];
  return own.size === others.size && [...own].every(([path, value]) => others.has(path) && isSameLeaf(value, others.get(path)));
}

function isSameLeaf(one, other) {
  return (typeof other === 'number' && Number(one) === other) || String(one).trim() === String(other).trim();
}

/** Path → value of what is filled in, as the editor keeps it; it does not tell a list from keys that are numbers. */
function leaves(value, path = '', found = new Map()) {
  if (isObject(value)) {
    for (const [key, own] of Object.entries(value)) leaves(own, `${path}.${key}`, found);
  } else if (!isEmpty(value)) found.set(path, value);
  return found;
}

export function isEmpty(value) {
  if (isObject(value)) return !leaves(value).size;
  return value === undefined || value === null || value === false || (typeof value === 'string' && !value.trim());
}

/** The value of a key that a table has itself: `constructor` may be a key of somebody's, and every object answers to it. */
export function valueAt(table, key) {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

export function isObject(value) {
  return value !== null && typeof value === 'object';
}

export function isTable(value) {
  return isObject(value) && !Array.isArray(value);
}

/**
 * The place that each item had in the list of before; undefined for a new one.
 *
 * An item is the old one with its value, else one that has a part in common with it, else the next one of its sort. So nothing
 * is dropped but from a list that has fewer items now: a comment that stays in vain can be seen, one that is gone can't.
 */
export function origins(before, now) {
  const [old, own] = [before, now].map((items) => items.map(signs));
  const whole = (item) => [...item].sort().join('\n');
  const places = new Map();
  old.forEach((item, place) => places.set(whole(item), [...(places.get(whole(item)) ?? []), place]));
  const free = new Set(old.keys());
  const found = [];
  const pass = (origin) =>
    own.forEach((item, index) => {
      found[index] ??= origin(index, (found[index - 1] ?? -1) + 1);
      free.delete(found[index]);
    });
  pass((index, next) => {
    const same = (places.get(whole(own[index])) ?? []).filter((place) => free.has(place));
    return same.find((place) => place >= next) ?? same[0];
  });
  pass((index) => mostAlike(own[index], old, free));
  pass((index, next) => {
    const alike = [...free].filter((place) => sortOf(before[place]) === sortOf(now[index]));
    return alike.includes(next) ? next : alike[0];
  });
  pass(() => [...free][0]);
  return found;
}

function sortOf(value) {
  return isObject(value) ? (Array.isArray(value) ? 'list' : 'table') : 'text';
}

/** The parts of an item, by which it is known wherever they stand in its lists; those of one without any are what it is. */
function signs(item) {
  const found = [...leaves(item)].map(([path, leaf]) => JSON.stringify([path.replace(/\.\d+(?=\.|$)/g, '.'), String(leaf).trim()]));
  return new Set(found.length ? found : [JSON.stringify(item) ?? '']);
}

function mostAlike(item, old, free) {
  let [best, most] = [undefined, 0];
  for (const place of free) {
    const shared = [...item].filter((sign) => old[place].has(sign)).length;
    if (shared > most) [best, most] = [place, shared];
  }
  return best;
}
