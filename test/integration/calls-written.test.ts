// What was written before a call ended, and calls from the latest on: against what a program wrote down itself, and against the pages in
// the order of time.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as v from "valibot";
import { createEngine, type Engine } from "../../src/engine/index.js";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import type { CallResult } from "../../src/shared/protocol/engine-calls.js";
import { type CallEngine, callsTo } from "./engine-calls.js";
import { Place } from "./hindcast-process.js";

/** Random writes to two scopes, and calls among them that throw; what was written until each did is printed. */
const program = `
const stock = new Map([["tea", 5], ["pot", 7]]);
const coupons = { SPRING: 1, SUMMER: 2 };
const written = ["stock. = Map(2)", "coupons. = {SPRING: 1, SUMMER: 2}"];
let seed = 7;
const random = (n) => (seed = (seed * 16807) % 2147483647) % n;
const names = ["tea", "pot", "cup", "SPRING", "SUMMER"];
function put(name) {
  const value = random(1000) + 1000;
  stock.set(name, value);
  written.push("stock." + name + " = " + value);
}
function change(name) {
  const value = random(1000) + 1000;
  coupons[name] = value;
  written.push("coupons." + name + " = " + value);
}
function fail(name) {
  throw new Error("no " + name);
}
for (let at = 0; at < 120; at++) {
  const name = names[random(5)];
  if (at % 5 === 4) {
    try { fail(name); } catch { console.log(JSON.stringify({ name, written: [...written] })); }
  } else if (random(2) === 0) put(name);
  else change(name);
}
`;
const account = v.object({ name: v.string(), written: v.array(v.string()) });

describe("calls", () => {
  const place = new Place();
  let engine: Engine;
  let call: CallEngine;
  let accounts: v.InferOutput<typeof account>[] = [];
  let recordingId = "";
  let range = { recordingId: "", from: 0n, to: 0n };
  beforeAll(async () => {
    writeFileSync(place.path("shop.mjs"), program);
    const words = [
      "record",
      "-o",
      "a.hindcast",
      "--level",
      "calls",
      "--state",
      "stock,coupons",
      "--",
      "node",
      "shop.mjs",
    ];
    const { out, code } = await place.start(words).ended;
    expect(code).toBe(0);
    accounts = out.split("\n").flatMap((line) => (line.startsWith("{") ? [v.parse(account, JSON.parse(line))] : []));
    engine = createEngine({ packageFolder: join(import.meta.dirname, "../.."), environment: {} });
    call = callsTo(() => engine);
    const opened = await call("recording.open", { path: place.path("a.hindcast") });
    recordingId = opened.recordingId;
    range = { recordingId, from: opened.start, to: opened.end };
  });
  afterAll(async () => {
    await engine.dispose();
    place.remove();
  });

  it("that threw are told with the writes before that, those first that mention what they were given", async () => {
    const failed = await call("calls.page", { ...range, function: "fail", limit: 100 });
    expect(failed.calls.names).toHaveLength(accounts.length);
    for (const [row, { name, written }] of accounts.entries()) {
      const limit = [100, 5, 1][row % 3] ?? 1;
      const asked = {
        recordingId,
        process: failed.calls.process[row] ?? 0,
        spanId: failed.calls.spanIds[row] ?? "",
        limit,
      };
      const { writes, mentioned } = await call("calls.writes", asked);
      const texts = writes.map(({ scope, path, newText }) => `${scope}.${path} = ${newText}`);
      const isOfIt = (text: string): boolean => text.includes(`.${name} `);
      const wanted = [...written.filter(isOfIt).reverse(), ...written.filter((text) => !isOfIt(text)).reverse()];
      expect(texts).toEqual(wanted.slice(0, limit));
      expect(mentioned).toEqual(texts.map((text) => (isOfIt(text) ? name : "")));
    }
  });

  it.each([1, 2])(
    "from the latest on are those in the order of time, reversed, on pages of any length (seed %d)",
    async (seed) => {
      const random = randomFrom(seed);
      for (const name of ["fail", undefined]) {
        const of = name === undefined ? range : { ...range, function: name };
        const forwards = await call("calls.page", { ...of, limit: 5000 });
        const found: string[] = [];
        for (let after: CallResult<"calls.page">["next"]; ;) {
          const limit = 1 + Math.floor(random() * 30);
          const page = await call("calls.page", { ...of, isBackwards: true, limit, ...(after && { after }) });
          found.push(...page.calls.spanIds);
          if (page.next === undefined) break;
          after = page.next;
        }
        expect(found.length).toBeGreaterThan(20);
        expect(found).toEqual(forwards.calls.spanIds.toReversed());
      }
    },
  );
});
