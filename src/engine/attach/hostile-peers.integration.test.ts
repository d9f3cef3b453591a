// Whatever may listen at an address that somebody takes for an inspector's: each ends in one sentence, within its time.
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import * as v from "valibot";
import type { Result } from "../../shared/base/result.js";
import { type HindcastError, explain } from "../../shared/protocol/errors.js";
import { attachTo } from "./attaching.js";
import { InspectorSession } from "./inspector-session.js";
import { NodeBinaries } from "./node-binaries.js";

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  server.on("connection", (socket) => sockets.add(socket.on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const socketPeer = (talk: (socket: Socket) => void): Promise<number> => portOf(createServer(talk));

/** It lists a program as an inspector does; what it makes of the connection to that is its own affair. */
const listingPeer = (upgrade: (socket: Socket) => void): Promise<number> =>
  portOf(
    createHttpServer((_request, response) => response.end('[{"id":"a-1","type":"node"}]')).on(
      "upgrade",
      (_request, socket: Socket) => upgrade(socket),
    ),
  );

/** It speaks the protocol's language, and says of its own what it likes. */
function talkingPeer(talk: (line: WebSocket, question: { readonly id: number }) => void): Promise<number> {
  const http = createHttpServer((_request, response) => response.end('[{"id":"a-1","type":"node"}]'));
  new WebSocketServer({ server: http }).on("connection", (line) =>
    line
      .on("error", () => undefined)
      .on("message", (data: Buffer) => talk(line, JSON.parse(data.toString("utf8")) as { id: number })),
  );
  return portOf(http);
}

const answer = (line: WebSocket, id: number, value: unknown): void =>
  line.send(JSON.stringify({ id, result: { result: { type: "number", value } } }));

async function attached(port: number, track: readonly string[] = []): Promise<Result<number, HindcastError>> {
  return attachTo(
    {
      target: { kind: "address", host: "127.0.0.1", port },
      maySignal: false,
      track: track.map((name) => ({ name, expression: name })),
      settings: { level: "requests", include: [], exclude: [], writes: false },
      agentFile: "/nowhere/agent.cjs",
      address: { socketPath: "/nowhere/socket", token: "t", hostPid: undefined },
      atStage: () => undefined,
    },
    new NodeBinaries(),
  );
}

async function told(port: number, track?: readonly string[]): Promise<string> {
  const outcome = await attached(port, track);
  if (outcome.ok) return "attached";
  const { message } = explain(outcome.error);
  return `${outcome.error.code}: ${message.replaceAll(`127.0.0.1:${port}`, "PEER")}`;
}

describe("what listens where an inspector is expected", () => {
  it.concurrent("takes connections and never says anything", async () => {
    expect(await told(await socketPeer(() => undefined))).toBe(
      "no-inspector: PEER has no inspector: it takes connections, and had said nothing after 3 s.",
    );
  });

  it.concurrent("is gone", async () => {
    const port = await socketPeer(() => undefined);
    const server = servers.find((one) => (one.address() as AddressInfo | null)?.port === port);
    await new Promise((resolve) => server?.close(resolve));
    expect(await told(port)).toBe("no-inspector: PEER has no inspector: connect ECONNREFUSED PEER.");
  });

  it.concurrent("hangs up at once", async () => {
    expect(await told(await socketPeer((socket) => socket.destroy()))).toMatch(
      /^no-inspector: PEER has no inspector: /,
    );
  });

  it.concurrent("speaks something else", async () => {
    expect(await told(await socketPeer((socket) => socket.write("220 mail.example ESMTP\r\n")))).toBe(
      "bad-inspector: What PEER answers is not what an inspector of Node.js says: it does not speak HTTP.",
    );
  });

  it.concurrent("never comes to an end", async () => {
    const port = await socketPeer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const more = (): void => void socket.write(" ".repeat(16_384), (error) => error ?? more());
      more();
    });
    expect(await told(port)).toBe(
      "bad-inspector: What PEER answers is not what an inspector of Node.js says: it talks without end.",
    );
  });

  it.concurrent("answers in crumbs", async () => {
    const port = await socketPeer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const timer = setInterval(() => socket.write("."), 100);
      socket.on("close", () => clearInterval(timer));
    });
    expect(await told(port)).toMatch(/^no-inspector: .* 3 s\.$/);
  });

  it.concurrent("lists a program and lets nobody talk to it", async () => {
    expect(await told(await listingPeer(() => undefined))).toMatch(/^bad-inspector: .*handshake has timed out\.$/);
    expect(await told(await listingPeer((socket) => socket.destroy()))).toMatch(/^(?:bad|no)-inspector: /);
  });

  it.concurrent("sends frames that are none", async () => {
    const port = await talkingPeer((line) => {
      const { _socket: socket } = line as unknown as { _socket: Socket };
      socket.write(Buffer.alloc(64, 0xff));
    });
    expect(await told(port)).toMatch(/^bad-inspector: .*Invalid WebSocket frame/);
  });

  it.concurrent("sends text that is no message, and no answer", async () => {
    const port = await talkingPeer((line) => {
      for (const text of ["", "no", "[]", "null", '{"id":"1"}', '{"id":99,"result":{}}']) line.send(text);
    });
    expect(await told(port)).toBe(
      "program-busy: PEER did not let Hindcast in within 5 s: it computes without a pause, or stands in a debugger.",
    );
  });

  it.concurrent("answers what was not asked for", async () => {
    const port = await talkingPeer((line, { id }) => line.send(JSON.stringify({ id, result: { result: 7 } })));
    expect(await told(port)).toMatch(/^bad-inspector: .*Runtime\.evaluate: Invalid type/);
    const other = await talkingPeer((line, { id }) => answer(line, id, "no pid"));
    expect(await told(other)).toMatch(/^bad-inspector: .*it belongs to another program\.$/);
  });

  it.concurrent("floods", async () => {
    const port = await talkingPeer((line) => {
      const flood = (): void => line.send(Buffer.alloc(1 << 20, 32), (error) => error ?? flood());
      flood();
    });
    expect(await told(port)).toMatch(/^bad-inspector: .*it talks without end\.$/);
  });

  it.concurrent("dies halfway", async () => {
    const port = await talkingPeer((line, { id }) => (id === 1 ? answer(line, id, 4711) : line.terminate()));
    expect(await told(port, ["carts"])).toBe(
      "no-inspector: PEER has no inspector: it closed the connection before it had answered.",
    );
  });

  it.concurrent("answers each question just in time", async () => {
    const port = await talkingPeer((line, { id }) => setTimeout(() => answer(line, id, id), 200));
    const session = await InspectorSession.connect("127.0.0.1", port, 1000);
    if (!session.ok) throw new Error(session.error.reason);
    const answers = [];
    do answers.push(await session.value.ask("Runtime.evaluate", {}, v.unknown(), 60_000));
    while (answers.at(-1)?.ok === true && answers.length < 50);
    session.value.close();
    expect(answers.at(-1)).toMatchObject({ ok: false, error: { kind: "silent" } });
    expect(answers.length).toBeLessThan(10);
  });
});
