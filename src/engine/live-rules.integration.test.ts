// Rules over what agents send while it is recorded: what they tell live is what a back-test of the saved recording says, in whatever
// batches it came, also over an engine that is killed.
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import type { Firing } from "../shared/protocol/alert-calls.js";
import { TestEngine } from "./engine.test-support.js";
import { makeRecords } from "./random-records.test-support.js";
import { SocketAgent, helloOf } from "./socket-agent.test-support.js";

const source = `
rule "much" by process severity high { when rate(did, 2s) > 120/s recover when rate(did, 2s) < 60/s then { alert("\${process} does much") } }
rule "errors" for 1s label team = "core" { when count(log where level >= "error", 1s) > 60 then { alert("errors") mark("errors") } }
rule "slow" by service cooldown 2s { when p95(span, 2s) > 5ms then { log("slow") } }
rule "events" { when count(event, 1s) > 200 then { alert("many") } }
rule "sample" by process, series { when did > 9900 then { mark("high") } }
rule "quiet" { when absent(event where name == "other", 3s) then { alert("silence") } }
`;
const timeOriginMs = 1_795_000_000_000.25;

interface Told {
  readonly rule: string;
  readonly group: Readonly<Record<string, string>>;
  readonly at: bigint;
  readonly recovered: bigint | undefined;
  readonly said: readonly string[];
}

describe("rules while a recording is made", () => {
  let engine: TestEngine;
  beforeEach(() => {
    engine = new TestEngine(20);
  });
  afterEach(() => engine.dispose());

  const toldLive = async (recordingId: string): Promise<readonly Told[]> => {
    const { alerts, firings } = await engine.call("alerts.list", { recordingId });
    const byId = new Map(alerts.map((alert) => [alert.id, alert]));
    return firings
      .map(({ alert, at, recovered, said }: Firing) => {
        const { rule = "", group = {} } = byId.get(alert) ?? {};
        return { rule, group, at, recovered, said };
      })
      .sort(inOrder);
  };

  const toldPast = async (recordingId: string): Promise<readonly Told[]> => {
    const { start, end } = await engine.call("recording.summary", { recordingId });
    const { outcomes } = await engine.call("rules.backtest", {
      recordingId,
      source,
      name: "r",
      from: start,
      to: end,
    });
    const told: { -readonly [Name in keyof Told]: Told[Name] }[] = [];
    for (const { rule, group, instant, kind, said } of outcomes) {
      const same = told.findLast((one) => one.rule === rule && JSON.stringify(one.group) === JSON.stringify(group));
      if (kind === "fired") told.push({ rule, group, at: instant, recovered: undefined, said });
      else if (same !== undefined) same.recovered = instant;
    }
    return told.sort(inOrder);
  };

  it.each([1, 2, 3])("tell what a back-test says, however they come (seed %i)", async (seed) => {
    const random = randomFrom(seed);
    const { summary, socketPath, token } = await engine.record();
    const { recordingId } = summary;
    const set = await engine.call("rules.setLive", { recordingId, files: [{ path: "r.rules", source }] });
    expect(set.problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(set.rules.map(({ rule, line, severity }) => [rule, line, severity]).slice(0, 2)).toEqual([
      ["much", 2, "high"],
      ["errors", 3, "medium"],
    ]);
    const senders = [];
    for (const process of [1, 2]) {
      const runId = String(process).repeat(32);
      const agent = await SocketAgent.greet(socketPath, helloOf({ token, runId, timeOriginMs, pid: 4000 + process }));
      const { records } = makeRecords(seed * 10 + process, process, timeOriginMs, 12_000);
      senders.push({ agent, records, sent: 0, batches: 0 });
    }
    // As processes do: what one of them sends is not much older than what another has sent.
    for (let clockMs = 0; senders.some(({ records, sent }) => sent < records.length);) {
      clockMs += random() * 1500;
      for (const sender of senders) {
        const until = sender.records.findIndex((one) => one.clockMs > clockMs);
        const end = until === -1 ? sender.records.length : until;
        while (sender.sent < end) {
          const size = 1 + Math.floor(random() * random() * 3000);
          const batch = sender.records.slice(sender.sent, Math.min(end, sender.sent + size));
          sender.agent.batch(++sender.batches, batch);
          sender.sent += batch.length;
        }
      }
      if (random() < 0.4) await wait(random() * 900);
    }
    for (const { agent, batches } of senders) await agent.acknowledged(batches);
    await expect.poll(async () => (await toldLive(recordingId)).length, { timeout: 20_000 }).toBeGreaterThan(0);
    const early = await toldLive(recordingId);
    for (const { agent, records } of senders) await agent.bye(records.at(-1)?.clockMs ?? 0, 0);
    await engine.call("recording.stop", { recordingId });
    const past = await toldPast(recordingId);
    expect(new Set(past.map(({ rule }) => rule)).size).toBeGreaterThanOrEqual(4);
    expect(await toldLive(recordingId)).toEqual(past);
    // They were told while it was made, not at its end.
    expect(early.length).toBeGreaterThan(0);
    const { late, records } = await engine.call("rules.live", { recordingId });
    expect({ late, isRead: records > 10_000 }).toEqual({ late: 0, isRead: true });
  });
});

const inOrder = (a: Told, b: Told): number =>
  a.at < b.at ? -1 : a.at > b.at ? 1 : JSON.stringify([a.rule, a.group]) < JSON.stringify([b.rule, b.group]) ? -1 : 1;
