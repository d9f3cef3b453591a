// Real WebSockets, by ws and socket.io: connections are spans in one trace with the request for them, messages are events.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runBoth } from "./run-both.js";

const programs = join(import.meta.dirname, "../programs/sockets");

describe("sockets", () => {
  it("ws: a span for each end of a connection, with its messages and what their handlers do", async () => {
    const { plain, recorded, program } = await runBoth([join(programs, "ws.mjs")]);
    expect(recorded).toEqual(plain);
    expect([plain.code, plain.err]).toEqual([0, ""]);
    const spans = program.spans.filter(({ name }) => name !== "client");
    const [request, server, client] = ["GET", "server", "client"].map((what) =>
      spans.find(({ name, kind }) => (what === "GET" ? name === what : name !== "GET" && kind === what)),
    );
    expect(request?.attributes["http.response.status_code"]).toBe(101);
    expect(spans.map(({ status }) => status)).toEqual(["unset", "unset", "unset"]);
    expect(server).toMatchObject({ traceId: request?.traceId, parentSpanId: request?.spanId });
    expect(client?.traceId).toBe(request?.traceId);
    expect(server?.attributes).toMatchObject({
      "url.path": "/chat",
      "url.query": "room=7",
      "websocket.close.code": 1000,
    });
    const eventsIn = (span: number | undefined): readonly unknown[] =>
      program.events
        .filter((event) => event.span === span)
        .map(({ name, attributes }) => [name, ...Object.values(attributes)]);
    expect(eventsIn(server?.number)).toEqual([
      ["connected"],
      ["websocket.message", "receive", 5, "text"],
      ["handled", 5],
      ["websocket.message", "transmit", 10, "text"],
      ["websocket.message", "receive", 1000, "binary"],
      ["handled", 1000],
      ["websocket.message", "transmit", 3, "binary"],
    ]);
    const ofClient = program.events.filter(({ name, span }) => name === "websocket.message" && span !== server?.number);
    expect(ofClient.map(({ attributes }) => attributes["network.io.direction"])).toEqual([
      "transmit",
      "receive",
      "transmit",
      "receive",
    ]);
  });

  it("socket.io: messages by the names that the program gave them", async () => {
    const { plain, recorded, program } = await runBoth([join(programs, "socket-io.cjs")]);
    expect(recorded).toEqual(plain);
    expect([plain.code, plain.err]).toEqual([0, ""]);
    const events = program.events.filter(({ name }) => name === "socket.io.message");
    const once = [
      ["transmit", "order", "/shop"],
      ["receive", "order", "/shop"],
      ["transmit", "news", "/shop"],
      ["receive", "news", "/shop"],
    ];
    // Some are sent in the context of a request that has been answered.
    const said = events.map(({ attributes: { "hindcast.context": _context, ...rest } }) => Object.values(rest));
    expect(said).toEqual([...once, ...once]);
    // What a handler does belongs to the connection or the request that brought the message.
    const handled = program.events.filter(({ name }) => name === "handled");
    const kinds = handled.map(({ span }) => program.spans.find(({ number }) => number === span)?.name);
    expect(kinds).toEqual(["POST", "websocket connection"]);
  });
});
