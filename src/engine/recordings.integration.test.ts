import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancelSource } from "../shared/base/cancel.js";
import { TestEngine } from "./engine.test-support.js";
import { RecordMaker, SocketAgent, helloOf } from "./socket-agent.test-support.js";

describe("recordings", () => {
  let engine: TestEngine;
  beforeEach(() => {
    engine = new TestEngine();
  });
  afterEach(() => engine.dispose());

  const codeOf = async (answer: Promise<{ readonly ok: boolean; readonly error?: { readonly code: string } }>) =>
    (await answer).error?.code ?? "ok";

  async function recordLines(lines: readonly string[], name?: string): Promise<{ recordingId: string; path: string }> {
    const { summary, socketPath, token } = await engine.record(name);
    const agent = await SocketAgent.greet(socketPath, helloOf({ token, serviceName: "shop" }));
    const maker = new RecordMaker();
    agent.batch(
      1,
      lines.map((body) => maker.make({ kind: "log", severity: 9, span: 0, source: 0, body, attributes: {} })),
    );
    await agent.acknowledged(1);
    await agent.bye(100, 0);
    return summary;
  }

  it("are live, then saved under the same id, and can be opened again", async () => {
    const { recordingId, path } = await recordLines(["one"]);
    expect((await engine.call("recording.summary", { recordingId })).state).toBe("live");
    const saved = await engine.call("recording.stop", { recordingId });
    expect([saved.state, saved.recordingId, existsSync(`${path}.wal`)]).toEqual(["saved", recordingId, false]);
    expect(await codeOf(engine.try("recording.stop", { recordingId }))).toBe("recording-not-live");
    await engine.call("recording.close", { recordingId });
    expect(await codeOf(engine.try("recording.summary", { recordingId }))).toBe("recording-closed");
    const again = await engine.call("recording.open", { path });
    expect({ ...again, recordingId }).toEqual(saved);
  });

  it("are not kept open for who does not wait any more", async () => {
    const { recordingId: live, path } = await recordLines(["one"]);
    await engine.call("recording.stop", { recordingId: live });
    await engine.call("recording.close", { recordingId: live });
    const signal = new CancelSource();
    const asked = engine.handlers["recording.open"]({ path }, signal);
    signal.abort();
    expect(await codeOf(asked)).toBe("cancelled");
    const { recordingId } = await engine.call("recording.open", { path });
    await engine.call("recording.close", { recordingId });
    expect(await codeOf(engine.try("recording.summary", { recordingId }))).toBe("recording-closed");
  });

  it("say what they cost the engine, live and saved", async () => {
    const { summary, socketPath, token } = await engine.record();
    const { recordingId } = summary;
    const agent = await SocketAgent.greet(socketPath, helloOf({ token }));
    const maker = new RecordMaker();
    const lines = Array.from({ length: 100 }, (_, index) =>
      maker.make({ kind: "log", severity: 9, span: 0, source: 0, body: String(index), attributes: {} }),
    );
    agent.batch(1, lines);
    await agent.acknowledged(1);
    await wait(1010);
    agent.batch(2, lines.slice(0, 1));
    await agent.acknowledged(2);
    const live = (await engine.call("recording.summary", { recordingId })).engine;
    expect(live).toMatchObject({ waitingRows: 0 });
    expect(live?.mostWaitingRows).toBeGreaterThanOrEqual(100);
    expect(live?.seconds).toBeGreaterThan(1);
    expect(live?.cpuSeconds).toBeGreaterThan(0);
    await agent.bye(101, 0);
    const saved = (await engine.call("recording.stop", { recordingId })).engine;
    expect(saved?.commits).toBeGreaterThanOrEqual(live?.commits ?? Infinity);
    expect([saved?.mostWaitingRows, saved?.mostWaitingBytes]).toEqual([live?.mostWaitingRows, live?.mostWaitingBytes]);
  });

  it("hold up who sends more than gets into the file, instead of keeping it", async () => {
    await engine.dispose();
    // Nothing is committed because it waits for long, and few rows are no reason either.
    engine = new TestEngine(60_000);
    const { summary, socketPath, token } = await engine.record();
    const { recordingId } = summary;
    const agent = await SocketAgent.greet(socketPath, helloOf({ token }));
    const [maker, count, body] = [new RecordMaker(), 90, "long ".repeat(200_000)];
    for (let batch = 1; batch <= count; batch++)
      agent.batch(batch, [maker.make({ kind: "log", severity: 9, span: 0, source: 0, body, attributes: {} })]);
    await agent.bye(count + 1, 0);
    const { counts, engine: load } = await engine.call("recording.stop", { recordingId });
    expect([counts.logs, counts.lost]).toEqual([count, 0]);
    // And the batch with which it was enough.
    expect(load?.mostWaitingBytes).toBeLessThanOrEqual(64 * 1024 * 1024 + body.length + 64);
  });

  it("are opened once however many ask, live ones too, and stay open for who is left", async () => {
    const { recordingId, path } = await recordLines(["one"]);
    const others = await Promise.all([1, 2].map(() => engine.call("recording.open", { path })));
    expect(others.map((other) => other.recordingId)).toEqual([recordingId, recordingId]);
    await engine.call("recording.stop", { recordingId });
    await engine.call("recording.close", { recordingId });
    await engine.call("recording.close", { recordingId });
    expect((await engine.call("recording.summary", { recordingId })).counts.logs).toBe(1);
    await engine.call("recording.close", { recordingId });
    expect(await codeOf(engine.try("recording.summary", { recordingId }))).toBe("recording-closed");

    for (let round = 0; round < 3; round++) {
      const closing = [1, 2, 3].map(async () => {
        const { recordingId: id } = await engine.call("recording.open", { path });
        await engine.call("recording.close", { recordingId: id });
      });
      await Promise.all(closing);
    }
    const together = await Promise.all([1, 2, 3].map(() => engine.call("recording.open", { path })));
    expect(new Set(together.map((other) => other.recordingId)).size).toBe(1);
  });

  it("answer who asks while they are closed, one way or the other", async () => {
    const { recordingId } = await recordLines(["one"]);
    const asked = Array.from({ length: 12 }, () =>
      engine.try("logs.around", { recordingId, instant: 2n ** 62n, before: 1, after: 0 }),
    );
    await engine.call("recording.close", { recordingId });
    for (const answer of await Promise.all(asked))
      expect(answer.ok ? answer.value.page.bodies[0] : answer.error.code).toMatch(/^(one|recording-closed)$/);
  });

  it("do not overwrite a file, nor what is not theirs", async () => {
    const path = engine.path("mine.hindcast");
    writeFileSync(path, "mine");
    expect(await codeOf(engine.try("recording.create", { path, capture: {} }))).toBe("file-exists");
    expect(await codeOf(engine.try("recording.open", { path }))).toBe("not-a-recording");
    const { summary } = await engine.record("live.hindcast");
    expect(await codeOf(engine.try("recording.create", { path: summary.path, capture: {} }))).toBe("file-exists");
  });

  it("that nobody named have a file each, however many begin in one second", async () => {
    const begun = await Promise.all(Array.from({ length: 6 }, () => engine.call("recording.create", { capture: {} })));
    expect(new Set(begun.map(({ summary }) => summary.path)).size).toBe(6);
    for (const { summary } of begun) await engine.call("recording.stop", { recordingId: summary.recordingId });
  });

  it("are listed with what is in them, newest use first", async () => {
    const first = await recordLines(["a", "b", "c"], "first.hindcast");
    await engine.call("recording.stop", { recordingId: first.recordingId });
    await engine.call("recording.close", { recordingId: first.recordingId });
    await recordLines(["d"], "second.hindcast");
    const recents = (await engine.call("recordings.list", {})).filter(({ origin }) => origin === "recent");
    expect(recents.map(({ name, facts }) => [name, facts?.services, facts?.durationNs])).toEqual([
      ["second", ["shop"], 100_000_000],
      ["first", ["shop"], 100_000_000],
    ]);
    const density = recents.find(({ name }) => name === "first")?.facts?.density ?? new Uint32Array();
    expect([density.length, density.reduce((sum, n) => sum + n, 0)]).toEqual([40, 3]);
  });

  it("are listed without being opened once they were looked into, samples too, until they change", async () => {
    const { recordingId, path } = await recordLines(["a", "b"]);
    await engine.call("recording.stop", { recordingId });
    await engine.call("recording.close", { recordingId });
    // A whole second, as it can be put back.
    utimesSync(path, 1_800_000_000, 1_800_000_000);
    const listed = await engine.call("recordings.list", {});
    expect(listed.filter(({ facts }) => facts === undefined)).toEqual([]);
    expect(listed.some(({ origin }) => origin === "sample")).toBe(true);
    // By the next engine, too.
    const known: unknown = JSON.parse(readFileSync(engine.path("state/hindcast/known-files.json"), "utf8"));
    for (const file of listed) expect(known).toContainEqual(expect.objectContaining({ path: file.path }));
    // Nothing but its time is as it was, and the time is put back: it is not looked into.
    writeFileSync(path, Buffer.alloc(statSync(path).size, 0x5a));
    utimesSync(path, 1_800_000_000, 1_800_000_000);
    const again = await engine.call("recordings.list", {});
    expect(again.find((file) => file.path === path)?.facts).toEqual(listed.find((file) => file.path === path)?.facts);
    utimesSync(path, 1_800_000_000, 1_800_000_005);
    expect((await engine.call("recordings.list", {})).find((file) => file.path === path)?.facts).toBeUndefined();
  });

  it("are listed however damaged one of them is, and without those that vanish meanwhile", async () => {
    for (const name of ["whole", "damaged", "vanishing"]) {
      const { recordingId } = await recordLines([name], `${name}.hindcast`);
      await engine.call("recording.stop", { recordingId });
      await engine.call("recording.close", { recordingId });
    }
    const damaged = readFileSync(engine.path("damaged.hindcast"));
    // Its headers are whole, so that it can be opened: only queries find out.
    writeFileSync(engine.path("damaged.hindcast"), damaged.fill(0x5a, 12_288));
    const listing = engine.call("recordings.list", {});
    await new Promise((resolve) => setTimeout(resolve, 5));
    rmSync(engine.path("vanishing.hindcast"));
    const listed = (await listing).filter(({ origin }) => origin === "recent");
    expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(["whole", "damaged"]));
    expect(listed.map(({ name, facts }) => `${name} ${facts?.services.join() ?? "-"}`)).toEqual(
      expect.arrayContaining(["whole shop", "damaged -"]),
    );
    const again = (await engine.call("recordings.list", {})).map(({ name }) => name);
    expect(again).not.toContain("vanishing");
    expect(await codeOf(engine.try("recording.open", { path: engine.path("vanishing.hindcast") }))).toBe(
      "no-such-file",
    );
  });

  it("are removed when discarded, unless something was recorded", async () => {
    const { summary } = await engine.record("empty.hindcast");
    await engine.call("recording.discard", { recordingId: summary.recordingId });
    expect([existsSync(summary.path), existsSync(`${summary.path}.wal`)]).toEqual([false, false]);
    const again = await engine.record("empty.hindcast");
    await engine.call("recording.stop", { recordingId: again.summary.recordingId });
    const { recordingId } = again.summary;
    expect(await codeOf(engine.try("recording.discard", { recordingId }))).toBe("recording-not-live");
    const kept = await recordLines(["one"], "kept.hindcast");
    await engine.call("recording.discard", { recordingId: kept.recordingId });
    expect((await engine.call("recording.open", { path: kept.path })).counts.logs).toBe(1);
  });

  it("keep their files private and gather in the user's own folder when nobody named them", async () => {
    const { summary } = await engine.call("recording.create", { capture: {} });
    expect(summary.path.startsWith(engine.path("data"))).toBe(true);
    expect(summary.path).toMatch(/recording-\d{8}-\d{6}\.hindcast$/);
    expect(statSync(summary.path).mode & 0o777).toBe(0o600);
  });
});
