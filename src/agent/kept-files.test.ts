import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { keptFolder, nameOfKept, readKept, readKeptText, writeKept } from "./kept-files.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-kept-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a kept file", () => {
  const name = nameOfKept("source", ["a", "b"]);
  const body = Buffer.from("what was wörked out");

  it("comes back as it was kept, and nothing else is left", () => {
    writeKept(folder, { name, body });
    writeKept(folder, { name, body });
    expect([readKept(folder, name)?.toString(), readKeptText(folder, name)]).toEqual([String(body), String(body)]);
    expect(readdirSync(folder)).toEqual([name]);
  });

  it("is as good as none when it is damaged at any place, cut short, or empty", () => {
    const whole = readFileSync(join(folder, name));
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(join(folder, name), damaged);
      expect([readKept(folder, name), readKeptText(folder, name)]).toEqual([undefined, undefined]);
      writeFileSync(join(folder, name), whole.subarray(0, at));
      expect([readKept(folder, name), readKeptText(folder, name)]).toEqual([undefined, undefined]);
    }
  });

  it("is not there in a folder that is not", () => {
    writeKept(join(folder, "nowhere"), { name, body });
    expect(readKept(join(folder, "nowhere"), name)).toBeUndefined();
  });

  it("has another name for whatever differs", () => {
    const texts = [["a", "b"], ["ab", ""], ["", "ab"], ["ab"], ["\ud800"], ["\udc00"], ["\ufffd"], ["ä"], ["é"]];
    expect(new Set(texts.map((each) => nameOfKept("source", each))).size).toBe(texts.length);
  });
});

describe("the folder", () => {
  it("is one of the user's that nobody else may enter", () => {
    const [own, open, link] = ["own", "open", "link"].map((name) => join(folder, name));
    mkdirSync(String(own), { mode: 0o700 });
    mkdirSync(String(open));
    chmodSync(String(open), 0o755);
    symlinkSync(String(own), String(link));
    const given = [own, open, link, "relative", "off", "", join(folder, "none"), undefined];
    expect(given.map((each) => keptFolder(each === undefined ? {} : { HINDCAST_CACHE: each }))).toEqual(
      given.map((each) => (each === own ? own : undefined)),
    );
  });
});
