/**
 * Config and summary as a script sees them: an object that is read like any
 * other, and writes down what is set, be it by `set` or by a plain assignment.
 */

/** Readable by key; {@link set} merges new values in. */
export type NotedValues<Values extends object> = Omit<Values, "set"> & {
  set(values: { readonly [Key in keyof Values]?: Values[Key] | undefined }): void;
};

/**
 * @param initial What it holds at first.
 * @param note Writes down what is set and returns what it then holds of it; never throws.
 */
export function createNotedValues<Values extends object>(
  initial: { readonly [key: string]: unknown },
  note: (values: { readonly [key: string]: unknown }) => { readonly [key: string]: unknown },
): NotedValues<Values> {
  const set = (values: { readonly [key: string]: unknown }): void => {
    assign(note(values));
  };
  const held: { [key: string]: unknown } = Object.create({ set }) as { [key: string]: unknown };
  const assign = (values: { readonly [key: string]: unknown }): void => {
    for (const [key, value] of Object.entries(values)) {
      if (key === "set") continue;
      // Defined, not assigned: a key may be called __proto__. Reflect: the script may have frozen it.
      Reflect.defineProperty(held, key, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
  };
  assign(initial);
  return new Proxy(held, {
    set(_target, key, value): boolean {
      if (typeof key === "string") set({ [key]: value });
      return true;
    },
    deleteProperty: () => true,
  }) as NotedValues<Values>;
}
