import { describe, expect, it } from "vitest";
import { sourceRedaction } from "../../redact/sources.js";

const redacted = sourceRedaction(undefined, "token");
const hidden = (text: string): string => redacted(text).replace(/#[0-9a-f]{12}\]/g, "]");

describe("sourceRedaction", () => {
  it("takes out what is written in quotation marks under a secret's name", () => {
    expect(hidden(`const password = "hunter2";`)).toBe(`const password = "[redacted:password]";`);
    expect(hidden("({ apiKey: 'abc-def', 'client_secret': `ghi` })")).toBe(
      "({ apiKey: '[redacted:api-key]', 'client_secret': `[redacted:secret]` })",
    );
    expect(hidden(`options["password"] = "hun\\"ter2"`)).toBe(`options["password"] = "[redacted:password]"`);
  });

  it("leaves code alone", () => {
    for (const code of [
      "const token = await read(request);",
      "function login(user: string, password: string): Session {",
      "this.#secret = options.secret ?? fallback;",
      "const password = `${first}${second}`;",
      `const tokenCount = "many";`,
      `if (password === "") throw new Error("no password");`,
    ])
      expect(redacted(code)).toBe(code);
  });

  it("takes out what is a secret by its form, wherever it stands, and leaves lines where they were", () => {
    const key = [
      "-----BEGIN RSA PRIVATE KEY-----",
      "MIIEpAIBAAKCAQEA7Zc",
      "abcabcabcabcabcabc",
      "-----END RSA PRIVATE KEY-----",
    ];
    const source = [
      "const key = `" + key.join("\n") + "`;",
      `connect("postgres://app:s3cretpass@db/app"); // last`,
    ].join("\n");
    const lines = hidden(source).split("\n");
    expect(lines).toHaveLength(source.split("\n").length);
    expect(lines[0]).toBe("const key = `[redacted:private-key]");
    expect(lines.at(-1)).toMatch(/^connect\("postgres:\/\/app:\[redacted:[a-z-]+\]@db\/app"\); \/\/ last$/);
  });

  it("takes nothing out where nothing is to be taken out", () => {
    const text = `const password = "hunter2";`;
    expect(sourceRedaction({ enabled: false, keys: [], prefixes: [], allow: [] }, "token")(text)).toBe(text);
    expect(sourceRedaction({ enabled: true, keys: [], prefixes: [], allow: ["password"] }, "token")(text)).toBe(text);
    expect(
      sourceRedaction({ enabled: true, keys: ["shade"], prefixes: [], allow: [] }, "token")(`shade: "blue-7"`),
    ).toMatch(/redacted:shade/);
  });
});
