/** JSON texts as Python's parser takes them, the odd ones among them. */

import fc from "fast-check";

const integers = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map(String);
const floats = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((number) => (Object.is(number, -0) ? "-0.0" : JSON.stringify(number)));
const odd = fc.constantFrom(
  "NaN",
  "Infinity",
  "-Infinity",
  "-0",
  "-0.0",
  "1e400",
  "-1e400",
  "1e-400",
  "-1E-999",
  "0.10",
  "1E5",
  "null",
  "true",
  "9007199254740993",
);
const texts = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '"\\ud800"',
    '"\\u0000"',
    '"__proto__"',
    '""',
    '"\\"\\\\"',
    '"e\\u0301"',
    '"\\u00e9"',
    '"NaN"',
    '"0"',
    '"$"',
  ),
);
const names = fc.oneof(
  texts,
  fc.nat({ max: 20 }).map((key) => `"${key}"`),
  fc.constantFrom('"$"', '"\\u0031"', '"\\u0024"', '"__proto__"', '"constructor"'),
);
const blanks = fc.constantFrom("", " ", "\n\t ", "\r");
export const { value: jsonTexts } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    integers,
    floats,
    odd,
    texts,
    fc
      .tuple(blanks, fc.array(tie("value"), { maxLength: 5 }))
      .map(([blank, items]) => `[${blank}${items.join(`${blank},${blank}`)}${blank}]`),
    fc
      .tuple(blanks, fc.array(fc.tuple(names, tie("value")), { maxLength: 5 }))
      .map(
        ([blank, members]) =>
          `{${members.map(([key, value]) => `${blank}${key}${blank}:${blank}${value}`).join(",")}${blank}}`,
      ),
  ),
}));
