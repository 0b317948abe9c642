/** What somebody took for a table, in a few words. Nothing here fails. */

export function describeTableGiven(given: unknown): string {
  try {
    if (Array.isArray(given)) return `A list of ${describeItems(given)}`;
    if (typeof given === "string") return `The text ${JSON.stringify(given.slice(0, 80))}`;
    if (typeof given === "function") return "A function";
    if (typeof given !== "object" || given === null) return String(given);
    const { name } = given.constructor ?? {};
    if (name !== undefined && name !== "Object") return `An instance of ${name}`;
    const entries = Object.entries(given);
    const wrong = entries.find(([, value]) => !Array.isArray(value) && !ArrayBuffer.isView(value));
    if (wrong === undefined) return "An object without columns";
    return `An object whose "${wrong[0]}" is no list`;
  } catch {
    return "What cannot be looked at";
  }
}

function describeItems(list: readonly unknown[]): string {
  const item = list.find((value) => value !== null && value !== undefined);
  if (typeof item === "object") return "dates or typed arrays";
  return item === undefined ? "nulls" : `${typeof item}s`;
}
