/** What was given, in a few words for a message; never fails, whatever it is. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return "a date";
  return value instanceof Map || value instanceof Set ? "a map or set" : "an object";
}
