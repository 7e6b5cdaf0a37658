/** The configuration with its parts in their places: each is written once, behind the parts that it has itself. */
export function whole({ parts, ...config }) {
  const made = [];
  const placed = (value) => {
    if (Array.isArray(value)) return value.map(placed);
    if (Object(value) !== value) return value;
    if ('part' in value) return made[value.part];
    return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, placed(own)]));
  };
  for (const part of parts) made.push(placed(part));
  return placed(config);
}
