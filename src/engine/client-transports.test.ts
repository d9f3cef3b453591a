import { once } from "node:events";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { connectToEngine, serveEngine } from "../shared/protocol/rpc.js";
import { type PortLike, portTransport } from "./client-transports.js";
import { createCodec } from "../shared/protocol/codec.js";
import { TestEngine } from "./engine.test-support.js";

/** A port as Electron's main process and utility processes see it: messages arrive as events. */
function electronPort(port: MessagePort): PortLike {
  return {
    postMessage: (message) => {
      port.postMessage(message);
    },
    on: (event: "message" | "close", listener: ((event: { readonly data: unknown }) => void) & (() => void)) =>
      event === "message"
        ? port.on("message", (data: unknown) => listener({ data }))
        : port.on("close", () => listener()),
    start: () => undefined,
    close: () => {
      port.close();
    },
  };
}

describe("a client with a port of its own", () => {
  it("is answered, and is gone when its port closes", async () => {
    const engine = new TestEngine();
    const { port1, port2 } = new MessageChannel();
    const transport = portTransport(electronPort(port1));
    const closed = new Promise<void>((resolve) => {
      transport.onClose(resolve);
    });
    serveEngine(transport, createCodec(), engine.handlers);
    const client = connectToEngine(portTransport(electronPort(port2)), createCodec());
    const listed = await client.call("recordings.list", {});
    expect(listed.ok).toBe(true);
    expect(await client.call("recording.open", { path: engine.path("none") })).toMatchObject({
      ok: false,
      error: { code: "no-such-file" },
    });
    client.close();
    await closed;
    await engine.dispose();
  });

  it("does not take what is no bytes", async () => {
    const { port1, port2 } = new MessageChannel();
    const transport = portTransport(electronPort(port1));
    const received: Uint8Array[] = [];
    transport.onMessage((bytes) => received.push(bytes));
    port2.postMessage("text");
    port2.postMessage({ length: 3 });
    port2.postMessage(new Uint8Array([1, 2]));
    port2.close();
    await once(port1, "close");
    expect(received.map((bytes) => [...bytes])).toEqual([[1, 2]]);
  });
});
