// Junk from pages to `hindcast serve`, over real WebSockets: wrong calls, wrong frames, floods, pages that vanish. The host
// and its engine live on, hold no more memory than stated, and a page that behaves is answered all the while.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createCodec } from "../../src/shared/protocol/codec.js";
import type { RecordingSummary } from "../../src/shared/protocol/recording-summary.js";
import { type EngineClient, type Transport, connectToEngine } from "../../src/shared/protocol/rpc.js";
import { mutated, validCalls } from "../fuzz/page-calls.js";
import { type Junk, fuzz } from "../fuzz/random.js";
import { RawPage, encodeFrame, opcodes } from "../fuzz/raw-page.js";
import { Place, type Running } from "./hindcast-process.js";

const minutes = 60_000;
const mostHostKb = 500_000;
const mostEngineKb = 900_000;

const place = new Place();
const codec = createCodec();
let serving: Running;
let enginePid: number;
let port: number;
let cookie: string;
let good: EngineClient;
let summary: RecordingSummary;

const script = `const { event, track } = require("hindcast");
  const cart = track("cart", { items: [], total: 0 });
  for (let n = 0; n < 500; n++) { cart.items.push({ n }); cart.total += n; event("added", { n }); console.log("line " + n); }`;

beforeAll(async () => {
  const recorded = await place.run(["record", "-o", "a.hindcast", "--", "node", "-e", script]);
  expect([recorded.code, recorded.err]).toEqual([0, ""]);
  serving = place.start(["serve", "--no-open"]);
  const link = new URL(await serving.printed(/(http:\S+)/));
  port = Number(link.port);
  const answer = await fetch(link, { redirect: "manual" });
  cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  good = await newPage();
  const opened = await good.call("recording.open", { path: place.path("a.hindcast") });
  if (!opened.ok) throw new Error(opened.error.code);
  summary = opened.value;
  enginePid = place.pidOf(/engine-process/);
});
afterAll(async () => {
  serving.child.kill("SIGINT");
  await serving.ended;
  place.remove();
});

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/engine`, {
    headers: { cookie, origin: `http://127.0.0.1:${port}` },
  });
  socket.on("error", () => undefined);
  await once(socket, "open");
  return socket;
}

async function newPage(): Promise<EngineClient> {
  const socket = await openSocket();
  const transport: Transport = {
    send: (bytes) => socket.send(bytes),
    onMessage: (listener) => void socket.on("message", (bytes) => bytes instanceof Buffer && listener(bytes)),
    onClose: (listener) => void socket.on("close", listener),
    close: () => socket.close(),
  };
  return connectToEngine(transport, codec);
}

/** Linux tells; elsewhere memory is not judged. */
function residentKb(pid: number): number {
  if (process.platform !== "linux") return 0;
  return Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

let copies = 0;
/** Valid calls, and those with something wrong in them; some damaged on their way, some taken back. */
function messages(junk: Junk, count: number): Uint8Array[] {
  const calls = validCalls(summary, place.path(`copy-${++copies % 4}.hindcast`));
  return Array.from({ length: count }, (_, at) => {
    const bytes = codec.encode({ kind: "call", id: at + 1, ...mutated(junk, junk.pick(calls)) });
    if (junk.chance(0.15)) return junk.damaged(bytes);
    return junk.chance(0.1) ? codec.encode({ kind: "cancel", id: junk.below(count) }) : bytes;
  });
}

/** What one page does before it is gone. */
const pages: readonly ((junk: Junk) => Promise<void>)[] = [
  async function asksWronglyAndWaits(junk) {
    const socket = await openSocket();
    for (const message of messages(junk, 20)) socket.send(message);
    // Behind them in the same line: whatever they were, this one is answered.
    const answered = new Promise<void>((resolve) => {
      socket.on("message", (bytes) => {
        const told: unknown = bytes instanceof Buffer ? codec.decode(bytes) : undefined;
        if (typeof told === "object" && told !== null && "id" in told && told.id === 9000) resolve();
      });
    });
    socket.send(codec.encode({ kind: "call", id: 9000, name: "engine.versions", args: {} }));
    await answered;
    if (junk.chance(0.5)) socket.terminate();
    else socket.close(junk.pick([1000, 3000, 4999]), "x".repeat(junk.below(120)));
    await once(socket, "close");
  },
  async function asksThousandsAndVanishes(junk) {
    const page = await RawPage.join(port, cookie);
    const some = messages(junk, 50).map((payload) => encodeFrame({ opcode: opcodes.binary, payload }));
    for (let left = 2000; left > 0; left--) page.send(junk.pick(some));
    if (junk.chance(0.5)) await good.call("engine.versions", {});
    await page.leave();
  },
  async function doesNotRead(junk) {
    const page = await RawPage.join(port, cookie);
    page.socket.pause();
    const { recordingId } = summary;
    const ask = codec.encode({ kind: "call", id: 1, name: "logs.page", args: { recordingId, first: 0, limit: 2000 } });
    for (let left = 50 + junk.below(300); left > 0; left--)
      page.send(encodeFrame({ opcode: opcodes.binary, payload: ask }));
    await good.call("recordings.list", {});
    await page.leave();
  },
  async function sendsBytes(junk) {
    const page = await RawPage.join(port, cookie);
    for (let left = junk.below(20); left > 0; left--) page.send(junk.bytes(300));
    await page.leave();
  },
  async function sendsWrongFrames(junk) {
    const page = await RawPage.join(port, cookie);
    const payload = junk.pick(messages(junk, 5));
    const wrong = junk.pick([
      { opcode: opcodes.binary, reserved: 1 + junk.below(7) },
      { opcode: 3 + junk.below(5) },
      { opcode: opcodes.binary, isMasked: false },
      { opcode: opcodes.continuation },
      { opcode: opcodes.ping, payload: new Uint8Array(126 + junk.below(1000)) },
      { opcode: opcodes.close, payload: junk.bytes(124) },
      { opcode: opcodes.binary, length: 5_000_000 },
      { opcode: opcodes.binary, length: Number.MAX_SAFE_INTEGER },
    ]);
    page.send(encodeFrame({ payload, ...wrong }));
    // A promise of bytes within the limit is waited for; everything else is hung up on.
    if (!("isMasked" in wrong) && !("opcode" in wrong && wrong.opcode === opcodes.close)) {
      page.send(encodeFrame({ opcode: opcodes.binary, payload: new Uint8Array(10) }));
      await page.closed;
    } else await page.leave();
  },
  async function sendsHugeMessages(junk) {
    const page = await RawPage.join(port, cookie);
    const isTooLarge = junk.chance(0.5);
    const payload = Buffer.alloc(isTooLarge ? 5_000_000 : 3_000_000, junk.below(256));
    page.send(encodeFrame({ opcode: opcodes.binary, payload }));
    if (isTooLarge) await page.closed;
    else await page.leave();
  },
  async function sendsFragments(junk) {
    const page = await RawPage.join(port, cookie);
    for (const message of messages(junk, 10)) {
      let opcode: number = opcodes.binary;
      for (let at = 0; at < message.length; opcode = opcodes.continuation) {
        const size = 1 + junk.below(junk.chance(0.5) ? 2 : message.length);
        const isLast = at + size >= message.length;
        page.send(encodeFrame({ opcode, payload: message.subarray(at, at + size), isLast }));
        if (junk.chance(0.05)) page.send(encodeFrame({ opcode: opcodes.ping, payload: junk.bytes(20) }));
        at += size;
        if (at > 3000) break;
      }
      if (junk.chance(0.2)) break;
    }
    // One message without an end: what is held of it is bounded as if it came at once.
    if (junk.chance(0.3)) {
      page.send(encodeFrame({ opcode: opcodes.binary, payload: new Uint8Array(1), isLast: false }));
      const part = encodeFrame({ opcode: opcodes.continuation, payload: new Uint8Array(500_000), isLast: false });
      for (let left = 9; left > 0; left--) page.send(part);
      await page.closed;
    } else await page.leave();
  },
  async function sendsHostileTrees(junk) {
    const socket = await openSocket();
    // Millions of levels; lengths that nothing follows; maps whose keys are what objects inherit.
    const [level, long] = [junk.pick([[0x91], [0x81, 0xa1, 0x61]]), [0xdd, junk.below(256), 255, 255, 240]];
    const repeated = junk.chance(0.5) ? level : long;
    const start = codec.encode({ kind: "call", id: 1, name: "state.rows" }).subarray(1);
    const tree = Buffer.alloc(junk.below(3_000_000), Buffer.from(repeated));
    socket.send(Buffer.concat([Buffer.from([0x84]), start, codec.encode("args"), tree]));
    socket.send(tree);
    socket.close();
    await once(socket, "close");
  },
  async function sendsText(junk) {
    const socket = await openSocket();
    for (let left = 10; left > 0; left--) socket.send(junk.text(200));
    socket.terminate();
    await once(socket, "close");
  },
];

describe("pages that send junk to hindcast serve", () => {
  it(
    "are answered or hung up on; the page that behaves does not notice",
    async () => {
      let [mostHost, mostEngine] = [0, 0];
      await fuzz({ first: 4000, seconds: 12, least: 8 }, async (junk) => {
        await Promise.all(Array.from({ length: 1 + junk.below(3) }, () => junk.pick(pages)(junk)));
        const { recordingId } = summary;
        expect(await good.call("recording.summary", { recordingId })).toMatchObject({ ok: true });
        expect(await good.call("logs.page", { recordingId, first: 0, limit: 10 })).toMatchObject({
          ok: true,
          value: { total: 500 },
        });
        mostHost = Math.max(mostHost, residentKb(serving.child.pid ?? 0));
        mostEngine = Math.max(mostEngine, residentKb(enginePid));
      });
      // The same engine throughout: it did not crash and start anew.
      expect(place.pidOf(/engine-process/)).toBe(enginePid);
      expect(mostHost).toBeLessThan(mostHostKb);
      expect(mostEngine).toBeLessThan(mostEngineKb);
      // None of theirs is left: there is room for as many pages as there may be.
      const later = await newPage();
      expect(await later.call("engine.versions", {})).toMatchObject({ ok: true });
      later.close();
    },
    30 * minutes,
  );
});
