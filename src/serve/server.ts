// The serve host: the built page over HTTP and the engine over a WebSocket, on loopback only. Everything asked for must
// come by a loopback name, from this origin, with a session; the one exception is the link that starts a session.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, explain, hindcastError } from "../shared/protocol/errors.js";
import { contentSecurityPolicy, cspNoncePlaceholder, pageFileAt, pageHeaders } from "../shared/protocol/page.js";
import type { Transport } from "../shared/protocol/rpc.js";
import { Access, isLoopbackHost, isSameOrigin } from "./access.js";
import { Connections } from "./connections.js";
import { Door, doorPath, parsed, textOf } from "./door.js";
import { type SocketBounds, joinToEngine, socketBounds } from "./engine-socket.js";

export interface ServeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number | undefined;
  /** The built page. */
  readonly pageFolder: string;
  /** Where a second start of Hindcast finds this host; absent: it does not. */
  readonly doorFile?: string | undefined;
  /** A new line to the engine; undefined while there is none. */
  connectEngine(): Promise<Transport | undefined>;
  /** Only tests set them lower. */
  readonly bounds?: SocketBounds;
}

export interface ServeHost {
  readonly port: number;
  /** A link that works once, showing the recording at `open` first. */
  newLink(open?: string): string;
  close(): Promise<void>;
}

/** More than a page ever asks in one message. */
const maxRequestBytes = 4 * 1024 * 1024;
/** One user's pages, each with the few connections a browser opens. */
const maxPages = 32;
const maxConnections = 256;
/** A request's head is a few lines on this machine: who takes longer holds a connection for nothing. */
const headWithinMs = 10_000;

export async function startServeHost(options: ServeOptions): Promise<Result<ServeHost, HindcastError>> {
  const server = createServer({
    headersTimeout: headWithinMs,
    requestTimeout: headWithinMs,
    connectionsCheckingInterval: headWithinMs / 10,
  });
  const connections = new Connections(maxConnections);
  server.on("connection", (socket) => connections.add(socket));
  const listening = await listen(server, options.port ?? 0);
  if (!listening.ok) return listening;
  const port = listening.value;
  const access = new Access(port);
  const newLink = (open?: string): string => {
    const link = new URL(`http://127.0.0.1:${port}/`);
    link.searchParams.set("token", access.newToken());
    if (open !== undefined) link.searchParams.set("open", open);
    return link.href;
  };
  const door = options.doorFile === undefined ? undefined : new Door(options.doorFile, newLink);
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxRequestBytes });

  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (access.hasSession(request.headers)) connections.know(request.socket);
    answer(request, response, { access, door, folder: options.pageFolder }).catch(() => {
      if (!response.headersSent) refuse(response, 500, "The page could not be read.");
      response.end();
    });
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A peer that resets the connection in this moment.
    socket.on("error", () => socket.destroy());
    if (request.url !== "/engine" || !mayConnect(request, access)) return endUpgrade(socket, "403 Forbidden");
    connections.know(socket);
    if (sockets.clients.size >= maxPages) return endUpgrade(socket, "503 Service Unavailable");
    sockets.handleUpgrade(request, socket, head, (client) => {
      void joinToEngine(client, () => options.connectEngine(), options.bounds ?? socketBounds);
    });
  });

  await door?.open(port);
  return ok({
    port,
    newLink,
    close: async () => {
      await door?.close();
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  });
}

const endUpgrade = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
};

async function listen(server: Server, port: number): Promise<Result<number, HindcastError>> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
  } catch (error) {
    const isTaken =
      error instanceof Error && "code" in error && (error.code === "EADDRINUSE" || error.code === "EACCES");
    if (isTaken) return failed(hindcastError("port-in-use", { port: String(port) }));
    throw error;
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has an address");
  return ok(address.port);
}

interface Served {
  readonly access: Access;
  readonly door: Door | undefined;
  readonly folder: string;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { access, door, folder }: Served,
): Promise<void> {
  const { headers, method } = request;
  if (!isLoopbackHost(headers.host)) return refuse(response, 403, "Ask for this page as 127.0.0.1 or localhost.");
  if (headers.origin !== undefined && !isSameOrigin(headers)) return refuse(response, 403, "Another page may not ask.");
  // Pages name their origin whenever they post: only a program asks without one.
  if (method === "POST" && door !== undefined && request.url === doorPath && headers.origin === undefined)
    return answerAtDoor(request, response, door);
  if (method !== "GET" && method !== "HEAD") return refuse(response, 405, "Only GET is answered here.");
  const address = addressOf(request);
  if (address === undefined) return refuse(response, 400, "This is no address.");

  const token = address.searchParams.get("token");
  if (token !== null && address.pathname === "/") {
    // A preview of a link must not use it up.
    if (method !== "GET") return refuse(response, 405, "A link is opened with GET.");
    const cookie = access.exchange(token);
    address.searchParams.delete("token");
    if (cookie === undefined && !access.hasSession(headers)) return refuseStranger(request, response, address);
    response.writeHead(303, {
      ...pageHeaders,
      "cache-control": "no-store",
      location: `/${address.search}`,
      ...(cookie === undefined ? {} : { "set-cookie": cookie }),
    });
    response.end();
    return;
  }
  if (!access.hasSession(headers)) return refuseStranger(request, response, address);
  await sendFile(address.pathname, response, folder, method === "HEAD");
}

async function answerAtDoor(request: IncomingMessage, response: ServerResponse, door: Door): Promise<void> {
  const body = door.answer(parsed(await textOf(request)));
  if (body === undefined) return refuse(response, 403, "Only Hindcast itself may ask for a link.");
  response.writeHead(200, { ...pageHeaders, "content-type": "application/json", "cache-control": "no-store" });
  response.end(body);
}

async function sendFile(pathname: string, response: ServerResponse, folder: string, headOnly: boolean): Promise<void> {
  const file = pageFileAt(pathname);
  const contents = file === undefined ? undefined : await readFile(join(folder, file.path)).catch(() => undefined);
  if (file === undefined || contents === undefined) return refuse(response, 404, "There is no such file.");
  if (file.path !== "index.html") {
    response.writeHead(200, {
      ...pageHeaders,
      "content-type": file.contentType,
      "content-length": contents.length,
      "cache-control": file.isImmutable ? "private, max-age=31536000, immutable" : "no-cache",
    });
    response.end(headOnly ? undefined : contents);
    return;
  }
  const nonce = randomBytes(16).toString("base64");
  response.writeHead(200, {
    ...pageHeaders,
    "content-type": file.contentType,
    "content-security-policy": contentSecurityPolicy(nonce),
    "cache-control": "no-store",
  });
  response.end(headOnly ? undefined : contents.toString("utf8").replaceAll(cspNoncePlaceholder, nonce));
}

/** An address that is none (`//`, a foreign scheme) is undefined. */
function addressOf(request: IncomingMessage): URL | undefined {
  const target = request.url ?? "";
  return target.startsWith("/") && !target.startsWith("//") && URL.canParse(target, "http://127.0.0.1")
    ? new URL(target, "http://127.0.0.1")
    : undefined;
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, {
    ...pageHeaders,
    "content-type": "text/plain; charset=utf-8",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
  });
  response.end(`${sentence}\n`);
}

/**
 * A link clicked in another page (a terminal in the browser) starts a session whose cookie the browser keeps back from
 * that same navigation. The page then asks once more by itself, and that request is its own.
 */
function refuseStranger(request: IncomingMessage, response: ServerResponse, address: URL): void {
  if (request.headers["sec-fetch-site"] === "cross-site") response.setHeader("refresh", `0;url=/${address.search}`);
  const { message, next } = explain(hindcastError("bad-token"));
  refuse(response, 401, `${message} ${next}`);
}

const mayConnect = ({ headers }: IncomingMessage, access: Access): boolean =>
  isLoopbackHost(headers.host) && isSameOrigin(headers) && access.hasSession(headers);
