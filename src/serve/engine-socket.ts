// One page's WebSocket, joined to a line of its own to the engine. What a page may make us hold is bounded in both
// directions: a page that does not read, or that is gone without a word, loses its connection and may ask again.
import type { WebSocket } from "ws";
import type { Transport } from "../shared/protocol/rpc.js";

export interface SocketBounds {
  /** Messages of the page's that wait until the engine is there. */
  readonly earlyBytes: number;
  /** Answers that the page has not read yet. */
  readonly unreadBytes: number;
  /** A page that answers no ping within this time is gone. */
  readonly pingEveryMs: number;
}

export const socketBounds: SocketBounds = {
  earlyBytes: 8 * 1024 * 1024,
  unreadBytes: 128 * 1024 * 1024,
  pingEveryMs: 30_000,
};

/** Codes of RFC 6455's registry: the page connects anew after any of them. */
const serviceRestart = 1012;
const tryAgainLater = 1013;

export async function joinToEngine(
  client: WebSocket,
  connectEngine: () => Promise<Transport | undefined>,
  bounds: SocketBounds,
): Promise<void> {
  const early: Uint8Array[] = [];
  let earlyBytes = 0;
  let forward = (bytes: Uint8Array): void => {
    earlyBytes += bytes.length;
    if (earlyBytes > bounds.earlyBytes) client.terminate();
    else early.push(bytes);
  };
  client.on("message", (bytes, isBinary) => {
    if (isBinary && bytes instanceof Buffer) forward(bytes);
  });
  // ws closes the connection after an error (a frame that is too large, a broken peer); there is nothing else to do.
  client.on("error", () => undefined);
  dropWhenGone(client, bounds.pingEveryMs);

  const engine = await connectEngine();
  if (engine === undefined || client.readyState !== client.OPEN) {
    engine?.close();
    client.close(serviceRestart, "engine-lost");
    return;
  }
  engine.onMessage((bytes) => {
    if (client.bufferedAmount + bytes.length <= bounds.unreadBytes) return client.send(bytes);
    client.close(tryAgainLater, "slow");
    client.terminate();
  });
  engine.onClose(() => client.close(serviceRestart, "engine-lost"));
  client.on("close", () => engine.close());
  for (const bytes of early) engine.send(bytes);
  forward = (bytes) => engine.send(bytes);
}

function dropWhenGone(client: WebSocket, pingEveryMs: number): void {
  let answered = true;
  client.on("pong", () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) return client.terminate();
    answered = false;
    client.ping();
  }, pingEveryMs);
  timer.unref();
  client.on("close", () => clearInterval(timer));
}
