import { expect, test } from "vitest";
import { parseServerAddress, withoutSecrets } from "./server-address.ts";

test.each([
  ["http://127.0.0.1:7860", { url: "http://127.0.0.1:7860" }],
  ["http://127.0.0.1:7860/", { url: "http://127.0.0.1:7860" }],
  ["HTTPS://Host.Example/", { url: "https://host.example" }],
  ["http://h:80/?write_token=a-b_c", { url: "http://h", token: "a-b_c" }],
  ["https://h/prefix/?project=p&write_token=t%20#x", { url: "https://h/prefix", token: "t " }],
  ["http://h/?write_token=", { url: "http://h" }],
])("%s is an address, and its token apart from it", (text, address) => {
  expect(parseServerAddress(text)).toEqual(address);
});

test.each(["", "localhost", "localhost:7860", "ftp://h", "http://", "http://me:word@h", "//h"])(
  "%j is none",
  (text) => {
    expect(parseServerAddress(text)).toBeUndefined();
  },
);

test("what is shown of an address has no secret in it", () => {
  expect(withoutSecrets("ftp://me:word@h/?a=1&write_token=t&b=2")).toBe(
    "ftp://…@h/?a=1&write_token=…&b=2",
  );
});
