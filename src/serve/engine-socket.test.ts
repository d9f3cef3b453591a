// A real WebSocket between both ends; the engine's end of the line is the test itself.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { Transport } from "../shared/protocol/rpc.js";
import { type SocketBounds, joinToEngine } from "./engine-socket.js";

const roomy: SocketBounds = { earlyBytes: 2 ** 30, unreadBytes: 2 ** 30, pingEveryMs: 2 ** 30 };
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

interface EngineEnd {
  readonly transport: Transport;
  send(bytes: Uint8Array): void;
  readonly received: number[];
  readonly closed: Promise<void>;
}

function engineEnd(): EngineEnd {
  let listener: (bytes: Uint8Array) => void = () => undefined;
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const received: number[] = [];
  return {
    transport: {
      send: (bytes) => void received.push(bytes.length),
      onMessage: (given) => (listener = given),
      onClose: () => undefined,
      close: () => close(),
    },
    send: (bytes) => listener(bytes),
    received,
    closed,
  };
}

/** A page's socket, and a promise of how it ended. */
async function join(
  bounds: SocketBounds,
  connectEngine: () => Promise<Transport | undefined>,
  page: { readonly autoPong: boolean } = { autoPong: true },
): Promise<{ readonly client: WebSocket; readonly joined: Promise<void> }> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  let joined: (promise: Promise<void>) => void = () => undefined;
  const isJoined = new Promise<void>((resolve) => (joined = (promise) => void promise.then(resolve)));
  sockets.on("connection", (socket) => joined(joinToEngine(socket, connectEngine, bounds)));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, page);
  client.on("error", () => undefined);
  closers.push(() => {
    client.terminate();
    sockets.close();
    server.closeAllConnections();
    server.close();
  });
  await once(client, "open");
  return { client, joined: isJoined };
}

describe("joinToEngine", () => {
  it("keeps what a page says before the engine is there, in order", async () => {
    const engine = engineEnd();
    let arrive: (transport: Transport) => void = () => undefined;
    const { client, joined } = await join(roomy, () => new Promise((resolve) => (arrive = resolve)));
    for (const size of [1, 2, 3]) await new Promise((sent) => client.send(Buffer.alloc(size), sent));
    client.ping();
    await once(client, "pong"); // all three have been read
    arrive(engine.transport);
    await joined;
    expect(engine.received).toEqual([1, 2, 3]);
  });

  it("drops a page that says too much before that", async () => {
    const { client } = await join({ ...roomy, earlyBytes: 2500 }, () => new Promise(() => undefined));
    const closed = once(client, "close");
    for (let i = 0; i < 3; i++) client.send(Buffer.alloc(1000));
    expect((await closed)[0]).toBe(1006);
  });

  it("drops a page that does not read, and lets the engine's line go", async () => {
    const engine = engineEnd();
    const { client, joined } = await join({ ...roomy, unreadBytes: 4_000_000 }, () =>
      Promise.resolve(engine.transport),
    );
    await joined;
    client.pause();
    const end = engine.closed.then(() => "closed");
    let sent = 0;
    // What the kernel takes on loopback and the bound are less than this.
    for (let outcome = ""; outcome !== "closed" && sent < 100; sent++) {
      engine.send(Buffer.alloc(1_000_000));
      outcome = await Promise.race([end, new Promise<string>((resolve) => setImmediate(resolve, "open"))]);
    }
    expect(sent).toBeLessThan(100);
  });

  it("keeps a page that reads, however much that is", async () => {
    const engine = engineEnd();
    const { client, joined } = await join({ ...roomy, unreadBytes: 4_000_000 }, () =>
      Promise.resolve(engine.transport),
    );
    await joined;
    for (let i = 0; i < 30; i++) {
      const read = once(client, "message");
      engine.send(Buffer.alloc(1_000_000));
      await read;
    }
    expect(client.readyState).toBe(WebSocket.OPEN);
  });

  it("drops a page that is gone without a word", async () => {
    const engine = engineEnd();
    const { client } = await join({ ...roomy, pingEveryMs: 10 }, () => Promise.resolve(engine.transport), {
      autoPong: false,
    });
    await once(client, "close");
    await engine.closed;
  });

  it("keeps a quiet page that answers pings", async () => {
    const engine = engineEnd();
    const { client } = await join({ ...roomy, pingEveryMs: 20 }, () => Promise.resolve(engine.transport));
    for (let i = 0; i < 5; i++) await once(client, "ping");
    expect(client.readyState).toBe(WebSocket.OPEN);
  });
});
