// How much of a file is read to open it and to answer about a place in it: counted by the operating system.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RecordMaker, SocketAgent, helloOf } from "../../src/engine/socket-agent.test-support.js";
import { EngineChild } from "../../src/serve/engine-child.js";
import { steadyCallTo } from "../../src/serve/steady-call.js";
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import type { AgentRecord } from "../../src/shared/protocol/agent-records.js";
import type { CallArgs, CallResult, EngineCallName } from "../../src/shared/protocol/engine-calls.js";
import { objectId } from "../../src/shared/trace/value.js";

const entry = fileURLToPath(new URL("../../out/node/engine-process.js", import.meta.url));
const [batches, perBatch] = [60, 1000];

describe.skipIf(process.platform !== "linux")("opening a recording", () => {
  let folder: string;
  let engine: EngineChild;
  const startEngine = () => {
    engine = new EngineChild({ entry, environment: { ...process.env, XDG_DATA_HOME: folder, XDG_STATE_HOME: folder } });
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
    startEngine();
  });
  afterEach(async () => {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function call<Name extends EngineCallName>(name: Name, args: CallArgs<Name>): Promise<CallResult<Name>> {
    const answer = await steadyCallTo(engine)(name, args);
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    return answer.value;
  }

  /** By the engine's process, from wherever the system has it. */
  const bytesRead = (): number =>
    Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${engine.pid ?? 0}/io`, "utf8"))?.[1]);

  it("reads a small part of it, and so does an answer about its middle", async () => {
    const path = join(folder, "long.hindcast");
    const { summary, environment } = await call("recording.create", { path, capture: {} });
    const [socketPath, token] = [environment["HINDCAST_SOCKET"] ?? "", environment["HINDCAST_TOKEN"] ?? ""];
    const agent = await SocketAgent.greet(socketPath, helloOf({ token }));
    const [maker, random] = [new RecordMaker(), randomFrom(1)];
    const text = () => Array.from({ length: 40 }, () => Math.floor(random() * 36 ** 7).toString(36)).join(" ");
    const [span, location, afterMs, target] = [0, 0, NaN, objectId(1)];
    const contents = { kind: "object", className: "Object", entries: [] } as const;
    const first: AgentRecord[] = [
      maker.make({ kind: "string", id: 1, text: "did" }),
      maker.make({ kind: "write", span, location, afterMs, operation: { kind: "contents", target, contents } }),
      maker.make({
        ...{ kind: "write", span, location, afterMs },
        operation: { kind: "scope", scope: "s", value: { kind: "object", id: target } },
      }),
    ];
    const firstSeq = first.length;
    for (let batch = 1; batch <= batches; batch++) {
      const records = batch === 1 ? first : [];
      for (let left = perBatch; left > 0; left -= 2) {
        records.push(maker.make({ kind: "event", name: 1, span, attributes: { text: text() } }));
        const value = { kind: "primitive", value: records.at(-1)?.seq ?? 0 } as const;
        const operation = { kind: "set", target, key: "n", value } as const;
        records.push(maker.make({ kind: "write", span, location, afterMs, operation }));
      }
      agent.batch(batch, records);
    }
    await agent.acknowledged(batches);
    await agent.bye(batches * perBatch, 0);
    await call("recording.stop", { recordingId: summary.recordingId });
    await engine.stop();
    const fileBytes = statSync(path).size;
    expect(fileBytes).toBeGreaterThan(6e6);

    startEngine();
    await call("engine.versions", {});
    const before = bytesRead();
    const { recordingId, counts } = await call("recording.open", { path });
    expect(counts.events).toBe((batches * perBatch) / 2);
    const opening = bytesRead() - before;
    const middle = firstSeq + (batches * perBatch) / 2;
    const at = { kind: "seq", process: 1, seq: middle } as const;
    const { value } = await call("state.at", { recordingId, process: 1, scope: "s", at });
    expect(value).toEqual({ n: middle - 1 });
    const asking = bytesRead() - before - opening;
    expect([opening < fileBytes / 6, asking < fileBytes / 6], `${opening} and ${asking} of ${fileBytes}`).toEqual([
      true,
      true,
    ]);
  });
});
