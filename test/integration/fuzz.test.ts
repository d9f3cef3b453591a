// Junk at every boundary that takes bytes or words from outside, against the real engine in its process. Nothing may crash
// or hang, what others have is not touched, and memory stays bounded. Recording files are fuzzed in recovery's tests.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { once } from "node:events";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Parsed, parse } from "../../src/cli/parse.js";
import { options } from "../../src/cli/option-table.js";
import { commandNames, commands } from "../../src/cli/command-table.js";
import { RecordMaker, SocketAgent, batchBody, helloOf } from "../../src/engine/socket-agent.test-support.js";
import { EngineChild } from "../../src/serve/engine-child.js";
import { type Result } from "../../src/shared/base/result.js";
import type { AgentRecord } from "../../src/shared/protocol/agent-records.js";
import { readRecords } from "../../src/shared/protocol/agent-record-codec.js";
import { frameHeader, frameTypes } from "../../src/shared/protocol/agent-wire.js";
import { MalformedBytes } from "../../src/shared/protocol/bytes.js";
import { createCodec } from "../../src/shared/protocol/codec.js";
import { engineCalls } from "../../src/shared/protocol/engine-calls.js";
import type { HindcastError } from "../../src/shared/protocol/errors.js";
import { type EngineClient, connectToEngine } from "../../src/shared/protocol/rpc.js";
import { objectId } from "../../src/shared/trace/value.js";
import { withoutPaths } from "../fuzz/page-calls.js";
import { type Junk, fuzz } from "../fuzz/random.js";

const minutes = 60_000;
const mostEngineKb = 900_000;
/** Not asked for at random: there would soon be thousands of programs and files. */
const startsSomething = new Set(["recording.launch", "recording.demo", "recording.create"]);

let folder: string;
let child: EngineChild;
let client: EngineClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
  mkdirSync(join(folder, "tmp"));
  child = new EngineChild({
    entry: join(process.cwd(), "out/node/engine-process.js"),
    environment: {
      ...process.env,
      TMPDIR: join(folder, "tmp"),
      XDG_DATA_HOME: join(folder, "data"),
      XDG_STATE_HOME: join(folder, "state"),
    },
  });
  client = await newClient();
});
afterAll(async () => {
  await child.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function newClient(): Promise<EngineClient> {
  const transport = await child.connect();
  if (transport === undefined) throw new Error("the engine did not start");
  return connectToEngine(transport, createCodec());
}

/** Linux tells; elsewhere memory is not judged. */
function engineKb(): number {
  if (process.platform !== "linux") return 0;
  const status = readFileSync(`/proc/${child.pid ?? 0}/status`, "utf8");
  return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1]);
}

async function startRecording(name: string): Promise<{ recordingId: string; socketPath: string; token: string }> {
  const created = await client.call("recording.create", { path: join(folder, name), capture: {} });
  if (!created.ok) throw new Error(created.error.code);
  const { summary, environment } = created.value;
  return {
    recordingId: summary.recordingId,
    socketPath: environment["HINDCAST_SOCKET"] ?? "",
    token: environment["HINDCAST_TOKEN"] ?? "",
  };
}

function someRecords(maker: RecordMaker, junk: Junk): AgentRecord[] {
  const place = { location: 0, span: 0, afterMs: Number.NaN };
  const contents = { kind: "object", className: "Object", entries: [] } as const;
  const value = { kind: "primitive", value: junk.chance(0.5) ? junk.text(20) : junk.number() } as const;
  return [
    maker.make({ kind: "string", id: 1, text: junk.text(30) }),
    maker.make({ kind: "event", name: 1, span: 0, attributes: { a: junk.text(5), b: 1 } }),
    maker.make({ kind: "log", severity: 9, span: 0, source: 1, body: junk.text(60), attributes: {} }),
    maker.make({ kind: "write", ...place, operation: { kind: "contents", target: objectId(1), contents } }),
    maker.make({ kind: "write", ...place, operation: { kind: "set", target: objectId(1), key: "n", value } }),
  ];
}

describe("junk", () => {
  it(
    "on the agents' socket harms nobody but its sender",
    async () => {
      const { recordingId, socketPath, token } = await startRecording("wire.hindcast");
      const good = await SocketAgent.greet(socketPath, helloOf({ token, runId: "good" }));
      const maker = new RecordMaker();
      let batches = 0;
      const rounds = await fuzz({ first: 1, seconds: 2 }, async (junk, seed) => {
        const socket = connect(socketPath);
        const closed = once(socket, "close");
        socket.on("error", () => undefined);
        socket.resume();
        const hello = Buffer.from(JSON.stringify(helloOf({ token, runId: `bad ${seed % 100}` })));
        const batch = batchBody(1 + junk.below(3), someRecords(new RecordMaker(), junk));
        const frame = (type: number, body: Uint8Array) => Buffer.concat([frameHeader(type, body.length), body]);
        const stream = Buffer.concat([
          frame(frameTypes.hello, junk.chance(0.3) ? junk.damaged(hello) : hello),
          frame(junk.chance(0.1) ? junk.below(256) : frameTypes.batch, junk.chance(0.7) ? junk.damaged(batch) : batch),
          junk.chance(0.3) ? frame(frameTypes.bye, junk.bytes(40)) : junk.bytes(40),
        ]);
        socket.end(junk.chance(0.2) ? junk.damaged(stream) : stream);
        // A header that promises more than comes: the sender hangs up, or is hung up on.
        setTimeout(() => socket.destroy(), 200).unref();
        await closed;
        good.batch(++batches, [
          maker.make({ kind: "log", severity: 9, span: 0, source: 0, body: `good ${batches}`, attributes: {} }),
        ]);
        if (seed % 20 === 0) await good.acknowledged(batches);
      });
      await good.acknowledged(batches);
      expect(engineKb()).toBeLessThan(mostEngineKb);
      await good.bye(batches + 1, 0);
      expect((await client.call("recording.stop", { recordingId })).ok).toBe(true);

      const opened = await client.call("recording.open", { path: join(folder, "wire.hindcast") });
      if (!opened.ok) throw new Error(opened.error.code);
      const numbers = new Set<number>();
      for (let first = 0; first < opened.value.counts.logs; first += 2000) {
        const page = await client.call("logs.page", { recordingId: opened.value.recordingId, first, limit: 2000 });
        if (!page.ok) throw new Error(page.error.code);
        for (const body of page.value.bodies) {
          const number = /^good (\d+)$/.exec(body)?.[1];
          if (number !== undefined) numbers.add(Number(number));
        }
      }
      expect(numbers.size).toBe(rounds);
    },
    20 * minutes,
  );

  it(
    "in a batch is refused as malformed or read as records",
    async () => {
      await fuzz({ first: 1000, seconds: 1 }, (junk) => {
        for (let left = 100; left > 0; left--) {
          const batch = batchBody(1, someRecords(new RecordMaker(), junk)).subarray(12);
          try {
            expect(readRecords(junk.damaged(batch))).toBeInstanceOf(Array);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedBytes);
          }
        }
      });
    },
    20 * minutes,
  );

  it(
    "in calls is answered with an error or a value, and the next client does not notice",
    async () => {
      const names = Object.keys(engineCalls).filter((name) => !startsSomething.has(name));
      const codec = createCodec();
      const opened = await client.call("recording.open", {
        path: join(process.cwd(), "recordings/ledger-first.hindcast"),
      });
      if (!opened.ok) throw new Error(opened.error.code);
      const { recordingId } = opened.value;
      // Whatever is made is made below the test's folder.
      const known = ["", recordingId, "ledger", "accounts", join(folder, "none"), join(folder, "a\0b"), "+1s"];
      await fuzz({ first: 2000, seconds: 2, least: 4 }, async (junk) => {
        const transport = await child.connect();
        if (transport === undefined) throw new Error("the engine is gone");
        let answers = 0;
        transport.onMessage(() => void answers++);
        const argument = (): unknown => (junk.chance(0.5) ? junk.pick(known) : withoutPaths(junk.value()));
        for (let id = 1; id <= 30; id++) {
          const args = Object.fromEntries(
            ["recordingId", "path", "process", "scope", "at", "from", "to", "first", "limit", "query", junk.text(4)]
              .filter(() => junk.chance(0.7))
              .map((name) => [name, name === "recordingId" && junk.chance(0.8) ? recordingId : argument()]),
          );
          const message = codec.encode({ kind: "call", id, name: junk.pick(names), args });
          transport.send(junk.chance(0.3) ? junk.damaged(message) : message);
          if (junk.chance(0.2)) transport.send(codec.encode({ kind: "cancel", id: junk.below(30) }));
          if (junk.chance(0.2)) transport.send(junk.bytes(60));
        }
        expect(await client.call("recordings.list", {})).toMatchObject({ ok: true });
        await expect.poll(() => answers, { timeout: minutes }).toBeGreaterThan(0);
        transport.close();
      });
      expect(engineKb()).toBeLessThan(mostEngineKb);
    },
    20 * minutes,
  );

  it(
    "on the command line ends in a usage error or a command that says what was meant",
    async () => {
      const flags = Object.values(options).flatMap(({ flags: text }) => text.match(/--?[a-z-]+/g) ?? []);
      const words = [
        ...commandNames,
        ...flags,
        "--",
        "-o",
        "a.hindcast",
        "+1s",
        "node",
        "help",
        "--help",
        "-V",
        "1e9",
        "0",
      ];
      await fuzz({ first: 3000, seconds: 1 }, (junk) => {
        for (let left = 50; left > 0; left--) {
          const given = Array.from({ length: junk.below(9) }, () => {
            const word = junk.chance(0.7) ? junk.pick(words) : junk.text(10);
            return junk.chance(0.2) ? `${junk.pick(flags)}=${word}` : word;
          });
          if (junk.chance(0.7)) given.unshift(junk.pick(commandNames));
          expect(shapeOf(parse(given, "0.0.0")), JSON.stringify(given)).toBe("as documented");
        }
      });
    },
    20 * minutes,
  );
});

function shapeOf(parsed: Result<Parsed, HindcastError>): string {
  if (!parsed.ok)
    return ["bad-usage", "bad-time", "bad-path"].includes(parsed.error.code) ? "as documented" : parsed.error.code;
  return parsed.value.kind === "text" || Object.hasOwn(commands, parsed.value.name)
    ? "as documented"
    : "something else";
}
