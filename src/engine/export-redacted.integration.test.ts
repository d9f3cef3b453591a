// What looks like a secret is taken out of what leaves: out of every place that a recording has, in every form it leaves as.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RedactAlso } from "../shared/protocol/export-calls.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { TestEngine } from "./engine.test-support.js";
import { Planted, foundIn, plantedHello, plantedRecords } from "./planted-secrets.test-support.js";
import { SocketAgent, helloOf } from "./socket-agent.test-support.js";

const redact: RedactAlso = { keys: ["customer"], prefixes: [], texts: ['Acme & "Rockets"\n'], allow: [] };

describe("an export that secrets are taken out of", () => {
  let engine: TestEngine;
  let planted: Planted;
  let whole: RecordingSummary;
  beforeEach(async () => {
    engine = new TestEngine(20);
    planted = new Planted();
    const { summary, socketPath, token } = await engine.record();
    const agent = await SocketAgent.greet(socketPath, helloOf({ token, ...plantedHello(planted) }));
    agent.batch(1, plantedRecords(planted));
    await agent.acknowledged(1);
    await agent.bye(100, 0);
    whole = await engine.call("recording.stop", summary);
    const middle = whole.start + (whole.end - whole.start) / 2n;
    const note = {
      from: middle,
      text: `look: ${planted.token("note")}`,
      label: "note",
      author: planted.token("author"),
    };
    await engine.call("notes.put", { ...whole, note: { ...note, label: "note" }, settled: true });
  });
  afterEach(() => engine.dispose());

  it("has none of them left in any byte of it, as a recording, as Parquet and as JSON lines", async () => {
    const plain = engine.path("plain.hindcast");
    await engine.call("recording.export", { ...whole, path: plain, format: "hindcast" });
    const there = new Set((await foundIn(planted, plain)).map((found) => found.split(": ")[0]));
    expect(
      [...planted.all.keys()].filter((where) => !there.has(where)),
      "what was planted is there before",
    ).toEqual([]);

    const third = (whole.end - whole.start) / 3n;
    for (const stretch of [undefined, { from: whole.start + third, to: whole.end - third }])
      for (const [format, ending] of [
        ["hindcast", ".hindcast"],
        ["parquet", ""],
        ["jsonl", ".jsonl"],
      ] as const) {
        const path = engine.path(`${stretch === undefined ? "whole" : "part"}-${format}${ending}`);
        const { removed } = await engine.call("recording.export", { ...whole, path, format, stretch, redact });
        expect(await foundIn(planted, path), path).toEqual([]);
        expect(new Set(removed.map(({ place }) => place))).toEqual(
          new Set(["names", "processes", "events", "spans", "logs", "metrics", "state", "notes"]),
        );
      }
  });

  it("shows pseudonyms in their place, nothing below a name that is a secret's, and counts what the report told", async () => {
    const path = engine.path("out.hindcast");
    const report = await engine.call("recording.exportReport", { ...whole, also: redact });
    const { removed } = await engine.call("recording.export", { ...whole, path, format: "hindcast", redact });
    expect(removed).toEqual(report.found);
    expect(report.found).toContainEqual({ kind: "customer", place: "state", count: 1 });
    const out = await engine.call("recording.open", { path });
    expect([out.start, out.end, out.counts.logs, out.counts.spans]).toEqual([
      whole.start,
      whole.end,
      whole.counts.logs,
      whole.counts.spans,
    ]);
    const at = { kind: "instant", instant: out.end } as const;
    const { value } = await engine.call("state.at", { ...out, process: 1, scope: "accounts", at });
    const pseudonym = (kind: string): unknown =>
      expect.stringMatching(new RegExp(`^\\[redacted:${kind}#[0-9a-f]{12}\\]$`));
    expect(value).toMatchObject({
      password: pseudonym("password"),
      pin: pseudonym("pin"),
      token: pseudonym("token"),
      credentials: pseudonym("credentials"),
      customer: pseudonym("customer"),
      who: pseudonym("text"),
    });
    const about = {
      kinds: ["log"],
      text: "redacted",
      order: "oldest",
      limit: 10,
      from: out.start,
      to: out.end,
    } as const;
    const found = await engine.call("search.page", { ...out, ...about, kinds: ["log"] });
    expect(found.seq.length).toBe(3);
    // What nobody asked to take out leaves as it is.
    const fine = await engine.call("recording.exportReport", { ...out });
    expect(fine.found).toEqual([]);
  });
});
