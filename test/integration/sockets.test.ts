// Real WebSockets, by ws and socket.io: connections are spans in one trace with the request for them, messages are events. HTTPS
// and HTTP/2: requests are spans at both ends.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeBinary } from "../../tools/node-binaries.js";
import type { SpanSeen } from "./agent-listener.js";
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

  it("socket.io: messages by the names that the program gave them, also those to many at once", async () => {
    const { plain, recorded, program } = await runBoth([join(programs, "socket-io.cjs")]);
    expect(recorded).toEqual(plain);
    expect([plain.code, plain.err]).toEqual([0, ""]);
    const events = program.events.filter(({ name }) => name === "socket.io.message");
    const once = [
      ["transmit", "order", "/shop"],
      ["receive", "order", "/shop"],
      ["transmit", "news", "/shop"],
      ["transmit", "sale", "/shop"],
      ["receive", "news", "/shop"],
      ["receive", "sale", "/shop"],
    ];
    // Some are sent in the context of a request that has been answered.
    const said = events.map(({ attributes: { "hindcast.context": _context, ...rest } }) => Object.values(rest));
    expect(said).toEqual([...once, ...once]);
    // What a handler does belongs to the connection or the request that brought the message.
    const handled = program.events.filter(({ name }) => name === "handled");
    const kinds = handled.map(({ span }) => program.spans.find(({ number }) => number === span)?.name);
    expect(kinds).toEqual(["POST", "websocket connection"]);
  });

  it("HTTPS: requests are spans at both ends, in one trace, by node:https and by fetch", async () => {
    const environment = { NODE_EXTRA_CA_CERTS: join(programs, "https-certificate.pem") };
    const { plain, recorded, program } = await runBoth([join(programs, "https.mjs")], [], environment);
    expect(recorded).toEqual(plain);
    expect([plain.code, plain.err]).toEqual([0, ""]);
    const served = program.spans.filter(({ kind }) => kind === "server");
    expect(served.map(({ status, attributes }) => [attributes["url.path"], attributes["url.scheme"], status])).toEqual([
      ["/by-https", "https", "unset"],
      ["/failing", "https", "error"],
      ["/by-fetch", "https", "unset"],
    ]);
    for (const span of served) {
      const client = program.spans.find(({ spanId }) => spanId === span.parentSpanId);
      const { port, path } = { port: span.attributes["server.port"], path: span.attributes["url.path"] };
      expect(client).toMatchObject({ kind: "client", traceId: span.traceId });
      expect(client?.attributes["url.full"]).toMatch(
        new RegExp(`^https://[^/]*:${Number(port)}${JSON.stringify(path).slice(1, -1)}$`),
      );
    }
    const refused = program.spans.find(
      ({ kind, attributes }) => kind === "client" && attributes["http.response.status_code"] === undefined,
    );
    expect(refused).toMatchObject({ status: "error", attributes: { "error.type": "DEPTH_ZERO_SELF_SIGNED_CERT" } });
    expect(program.logs.filter(({ body }) => body.startsWith("asked")).map(({ span }) => span)).toEqual(
      served.map(({ number }) => number),
    );
  });

  const versions = ["18.19.1", "20.20.2", "22.23.3"];
  it.for(versions)("HTTP/2 on Node.js %s: each request is a span at both ends", async (version, { skip }) => {
    const binary = await nodeBinary(version);
    if ("missing" in binary) return skip(binary.missing);
    const { plain, recorded, program } = await runBoth([join(programs, "http2.mjs")], [], {}, "welcome", binary.path);
    const sorted = (text: string): string[] => text.split("\n").toSorted();
    expect({ ...recorded, out: sorted(recorded.out) }).toEqual({ ...plain, out: sorted(plain.out) });
    expect([plain.code, plain.err]).toEqual([0, ""]);
    const pathOf = ({ attributes }: SpanSeen): string =>
      JSON.stringify(attributes["url.path"] ?? attributes["url.full"]).replace(/^"(?:http:\/\/[^/]*)?|"$/g, "");
    const text = (span: SpanSeen): string =>
      `${span.kind} ${span.name} ${pathOf(span)} ${JSON.stringify(span.attributes["http.response.status_code"])} ${JSON.stringify(span.attributes["error.type"])}`;
    expect(program.spans.map(text).toSorted()).toEqual(
      [
        ...["/a", "/b"].flatMap((path) => [`client POST ${path} 201 undefined`, `server POST ${path} 201 undefined`]),
        'client POST /missing 404 "404"',
        "server POST /missing 404 undefined",
        'client GET /refused undefined "http2 error 7"',
        'server GET /refused undefined "http2 error 7"',
        "client GET /plain 200 undefined",
        "server GET /plain 200 undefined",
        'client GET /failing 500 "500"',
        'server GET /failing 500 "500"',
        ...(version === "22.23.3" ? ['client GET / undefined "ERR_INVALID_HTTP_TOKEN"'] : []),
      ].toSorted(),
    );
    const server = (path: string): SpanSeen | undefined =>
      program.spans.find((span) => span.kind === "server" && pathOf(span) === path);
    // The first request of a process by `connect` that was imported by its name carries no header.
    for (const span of program.spans)
      if (span.kind === "client" && pathOf(span) !== "/" && pathOf(span) !== "/plain")
        expect([pathOf(span), server(pathOf(span))?.parentSpanId]).toEqual([pathOf(span), span.spanId]);
    for (const { body, span } of program.logs) {
      const path = /^(?:begins|has all of|answers) (\S+)$/.exec(body)?.[1];
      if (path !== undefined) expect([body, span]).toEqual([body, server(path)?.number]);
    }
    expect(program.events.filter(({ name }) => name === "hindcast.agent.fault")).toEqual([]);
  });
});
