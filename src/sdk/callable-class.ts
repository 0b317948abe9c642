/**
 * The classes of the module can be called with `new` or without, as the guide
 * writes them: `trackio.Image(…)` and `new trackio.Image(…)` are the same.
 */

/** `Class`, which also makes an instance where it is called without `new`; `instanceof` and `extends` work as ever. */
export function callable<Callable extends abstract new (...given: never[]) => object>(
  Class: abstract new (...given: never[]) => object,
): Callable {
  const both: object = new Proxy(Class, {
    apply: (target, _this, given: unknown[]) =>
      Reflect.construct(target as new (...given: unknown[]) => object, given) as object,
  });
  Object.defineProperty(Class.prototype, "constructor", {
    value: both,
    writable: true,
    configurable: true,
  });
  return both as Callable;
}

/**
 * What a constructor was given as `(value, options)`, or as one object that has
 * the value in it, the way of the guide: `({ value, caption: "…" })`. Nothing
 * here fails: what is wrong with it is told when it is logged.
 */
export function readGiven<Value, Options extends object>(
  first: unknown,
  second: unknown,
): { readonly value: Value; readonly options: Partial<Options> } {
  try {
    if (isBag(first)) {
      const { value, ...options } = { ...first, ...(isObject(second) ? second : {}) };
      return { value: value as Value, options: options as Partial<Options> };
    }
    return {
      value: first as Value,
      options: isObject(second) ? ({ ...second } as Partial<Options>) : {},
    };
  } catch {
    // An object that cannot even be looked at; whoever logs it finds that out again.
    return { value: first as Value, options: {} };
  }
}

/** A plain object with a member `value`: no picture, tensor or canvas has one. */
function isBag(given: unknown): given is { readonly value: unknown } {
  if (!isObject(given)) return false;
  const prototype: unknown = Object.getPrototypeOf(given);
  return (prototype === Object.prototype || prototype === null) && Object.hasOwn(given, "value");
}

function isObject(given: unknown): given is object {
  return typeof given === "object" && given !== null;
}
