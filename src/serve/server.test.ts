// A real server and real requests: node:http instead of fetch, which would not send a forged Host.
import { once } from "node:events";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Transport } from "../shared/protocol/rpc.js";
import { type ServeHost, startServeHost } from "./server.js";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An engine that answers every message with the same bytes, and can be made to die. */
class EchoEngine {
  readonly #lost: (() => void)[] = [];
  isThere = true;

  connect(): Promise<Transport | undefined> {
    if (!this.isThere) return Promise.resolve(undefined);
    let answer: (bytes: Uint8Array) => void = () => undefined;
    return Promise.resolve({
      send: (bytes) => answer(bytes),
      onMessage: (listener) => (answer = listener),
      onClose: (listener) => void this.#lost.push(listener),
      close: () => undefined,
    });
  }

  die(): void {
    for (const lose of this.#lost.splice(0)) lose();
  }
}

const engine = new EchoEngine();
let folder: string;
let host: ServeHost;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hindcast-serve-"));
  mkdirSync(join(folder, "page/assets"), { recursive: true });
  writeFileSync(join(folder, "secret.html"), "secret");
  writeFileSync(join(folder, "page/index.html"), '<meta nonce="__CSP_NONCE__"><script nonce="__CSP_NONCE__"></script>');
  writeFileSync(join(folder, "page/assets/index-abc.js"), "export {};");
  const started = await startServeHost({ pageFolder: join(folder, "page"), connectEngine: () => engine.connect() });
  if (!started.ok) throw new Error(started.error.code);
  host = started.value;
});

afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port: host.port, path, headers, method }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on("error", reject).end();
  });
}

const pathOf = (link: string): string => link.slice(new URL(link).origin.length);
const own = (): string => `127.0.0.1:${host.port}`;

async function newSession(): Promise<string> {
  const { headers } = await ask(pathOf(host.newLink()));
  return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

/** "open", or the status that the handshake was refused with. */
function joinEngine(
  headers: Record<string, string>,
  path = "/engine",
): Promise<{ outcome: string; socket: WebSocket }> {
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers, perMessageDeflate: true });
  return new Promise((resolve) => {
    socket.on("open", () => resolve({ outcome: "open", socket }));
    socket.on("unexpected-response", (_request, response) => {
      socket.terminate();
      resolve({ outcome: String(response.statusCode), socket });
    });
    socket.on("error", () => undefined);
  });
}

describe("the link", () => {
  it("starts a session, leads to a clean address that keeps what to open, and works once", async () => {
    const link = host.newLink("/tmp/a b.hindcast");
    const first = await ask(pathOf(link));
    expect([first.status, first.headers.location]).toEqual([303, "/?open=%2Ftmp%2Fa+b.hindcast"]);
    expect(first.headers["set-cookie"]?.[0]).toMatch(/; HttpOnly; SameSite=Strict$/);
    const second = await ask(pathOf(link));
    expect([second.status, second.headers["set-cookie"]]).toEqual([401, undefined]);
    expect(second.body).toContain("hindcast serve");
  });

  it("is not used up by asking for its head only", async () => {
    const link = pathOf(host.newLink());
    const head = await ask(link, {}, "HEAD");
    expect([head.status, head.headers["set-cookie"]]).toEqual([405, undefined]);
    expect((await ask(link)).status).toBe(303);
  });

  it("used again by the browser that has the session leads to the page", async () => {
    const link = host.newLink();
    const cookie = (await ask(pathOf(link))).headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    const again = await ask(pathOf(link), { cookie });
    expect([again.status, again.headers.location]).toEqual([303, "/"]);
  });

  it("clicked in another page asks again by itself, since the browser keeps the cookie back there", async () => {
    const cross = { "sec-fetch-site": "cross-site" };
    const answer = await ask("/?open=x", cross);
    expect([answer.status, answer.headers["refresh"]]).toEqual([401, "0;url=/?open=x"]);
    expect((await ask("/?open=x", { "sec-fetch-site": "same-origin" })).headers["refresh"]).toBeUndefined();
  });
});

describe("the page", () => {
  it("comes with a policy without unsafe sources and a nonce of its own each time, also after a reload", async () => {
    const cookie = await newSession();
    const answers = [await ask("/", { cookie }), await ask("/", { cookie })];
    const nonces = answers.map(({ headers, body }) => {
      const policy = String(headers["content-security-policy"]);
      const nonce = /script-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(policy).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
      expect(body).toBe(`<meta nonce="${nonce}"><script nonce="${nonce}"></script>`);
      expect(headers["cache-control"]).toBe("no-store");
      return nonce;
    });
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it("has files that may be kept for ever where their name carries a hash", async () => {
    const { status, headers } = await ask("/assets/index-abc.js", { cookie: await newSession() });
    expect([status, headers["content-type"], headers["cache-control"]]).toEqual([
      200,
      "text/javascript; charset=utf-8",
      "private, max-age=31536000, immutable",
    ]);
  });

  it("is for sessions only, its files included", async () => {
    const paths = ["/", "/index.html", "/assets/index-abc.js", "/?token=guess"];
    const answers = await Promise.all(paths.map((path) => ask(path, { cookie: `hindcast-${host.port}=guess` })));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  });

  it.each([
    "/../secret.html",
    "/assets/../../secret.html",
    "/%2e%2e/secret.html",
    "/..%2fsecret.html",
    "/assets/..%2f..%2fsecret.html",
    "/%2e%2e%2fsecret.html",
    "/..%5csecret.html",
    "/assets/%00/../index.html%00",
    "/%ff",
    "//secret.html",
    "/.hidden",
    "/assets",
    "/missing.html",
  ])("gives nothing outside its folder for %s", async (path) => {
    const { status, body } = await ask(path, { cookie: await newSession() });
    expect([400, 404]).toContain(status);
    expect(body).not.toContain("secret");
  });

  it("is not given under a foreign name (DNS rebinding), whatever else is right", async () => {
    const cookie = await newSession();
    const answer = await ask("/", { cookie, host: `rebound.example:${host.port}` });
    expect([answer.status, answer.body.includes("script")]).toEqual([403, false]);
    expect((await ask(pathOf(host.newLink()), { host: "rebound.example" })).headers["set-cookie"]).toBeUndefined();
  });

  it("is not given to another page's script, nor to methods that change things", async () => {
    const cookie = await newSession();
    expect((await ask("/", { cookie, origin: "http://evil.example" })).status).toBe(403);
    expect((await ask("/", { cookie, origin: `http://localhost:${host.port}` })).status).toBe(403);
    expect((await ask("/", { cookie, origin: `http://${own()}` })).status).toBe(200);
    expect((await ask("/", { cookie }, "POST")).status).toBe(405);
  });

  it("works through a tunnel, where the browser's address has another port", async () => {
    const cookie = await newSession();
    expect((await ask("/", { cookie, host: "localhost:9000" })).status).toBe(200);
    const { outcome, socket } = await joinEngine({ cookie, host: "localhost:9000", origin: "http://localhost:9000" });
    socket.terminate();
    expect(outcome).toBe("open");
  });
});

describe("the line to the engine", () => {
  it("carries messages both ways, uncompressed, and again after a reconnect", async () => {
    const headers = { cookie: await newSession(), origin: `http://${own()}` };
    for (const word of ["first", "second"]) {
      const { socket } = await joinEngine(headers);
      const answer = new Promise<string>((resolve) =>
        socket.on("message", (bytes: Buffer) => resolve(bytes.toString())),
      );
      socket.send(Buffer.from(word));
      expect(await answer).toBe(word);
      expect(socket.extensions).toBe("");
      socket.terminate();
    }
  });

  it.each<[why: string, change: Record<string, string>]>([
    ["without the session", { cookie: "" }],
    ["from another site", { origin: "http://evil.example" }],
    ["from another port of this machine", { origin: "http://127.0.0.1:3000" }],
    ["from a sandboxed page", { origin: "null" }],
    ["under a foreign name", { host: "rebound.example", origin: "http://rebound.example" }],
  ])("is refused %s", async (_why, change) => {
    const headers = { cookie: await newSession(), origin: `http://${own()}`, ...change };
    expect((await joinEngine(headers)).outcome).toBe("403");
  });

  it("is refused to what is no page at all, and at any other address", async () => {
    const cookie = await newSession();
    expect((await joinEngine({ cookie })).outcome).toBe("403");
    expect((await joinEngine({ cookie, origin: `http://${own()}` }, "/other")).outcome).toBe("403");
  });

  it("is cut at a message that is too large", async () => {
    const { socket } = await joinEngine({ cookie: await newSession(), origin: `http://${own()}` });
    const closed = new Promise<number>((resolve) => socket.on("close", resolve));
    socket.send(Buffer.alloc(5 * 1024 * 1024));
    expect(await closed).toBe(1009);
  });

  it("tells the page when the engine died, and when there is none", async () => {
    const headers = { cookie: await newSession(), origin: `http://${own()}` };
    const first = await joinEngine(headers);
    const firstClosed = new Promise<number>((resolve) => first.socket.on("close", resolve));
    engine.die();
    expect(await firstClosed).toBe(1012);
    engine.isThere = false;
    const second = await joinEngine(headers);
    expect(await new Promise((resolve) => second.socket.on("close", resolve))).toBe(1012);
    engine.isThere = true;
  });
});

describe("the server", () => {
  it("listens on loopback only", async () => {
    const { networkInterfaces } = await import("node:os");
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ internal, family }) => !internal && family === "IPv4");
    if (outside === undefined) return;
    const refused = await new Promise<boolean>((resolve) => {
      const socket = connect(host.port, outside.address, () => resolve(false));
      socket.on("error", () => resolve(true));
    });
    expect(refused).toBe(true);
  });

  it("has room for a page while others hold as many connections as there may be, and asks none that is there to go", async () => {
    const headers = { cookie: await newSession(), origin: `http://${own()}` };
    const { socket: before } = await joinEngine(headers);
    const idle = Array.from({ length: 300 }, (_, at) => {
      const socket = connect(host.port, "127.0.0.1");
      // Some say nothing, some begin to ask, some are refused a line to the engine and stay.
      if (at % 3 === 1) socket.write("GET / HTTP/1.1\r\nhost: ");
      if (at % 3 === 2)
        socket.write("GET /engine HTTP/1.1\r\nconnection: upgrade\r\nupgrade: websocket\r\nhost: x\r\n\r\n");
      socket.on("error", () => undefined);
      return socket;
    });
    await Promise.all(idle.map((socket) => once(socket, "connect")));
    expect((await ask("/", headers)).status).toBe(200);
    const { outcome, socket: after } = await joinEngine(headers);
    expect(outcome).toBe("open");
    for (const socket of [before, after]) {
      const answered = once(socket, "message");
      socket.send(Buffer.from("still here"));
      expect(String((await answered)[0])).toBe("still here");
      socket.terminate();
    }
    for (const socket of idle) socket.destroy();
  });

  it("says when its port is taken", async () => {
    const second = await startServeHost({ port: host.port, pageFolder: folder, connectEngine: () => engine.connect() });
    expect(second).toEqual({ ok: false, error: { code: "port-in-use", details: { port: String(host.port) } } });
  });
});
