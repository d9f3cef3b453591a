// A program that traces itself with OpenTelemetry: it does so as without a recorder, and what is recorded belongs to its traces.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SpanSeen } from "./agent-listener.js";
import { runBoth } from "./run-both.js";

const program = join(import.meta.dirname, "../programs/context/open-telemetry.cjs");

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? ""));
const pathOf = ({ attributes }: SpanSeen): string =>
  shown(attributes["url.path"] ?? attributes["url.full"] ?? "").replace(/^http:\/\/[^/]*/, "");

describe("a program that runs OpenTelemetry", () => {
  it("has its own traces and headers as without us, and ours are in the same traces", async () => {
    const { plain, recorded, program: seen } = await runBoth([program]);
    expect(recorded).toEqual(plain);
    expect([plain.code, plain.err]).toEqual([0, ""]);
    expect(plain.out).toContain("/by-http traceparent true\n/by-fetch traceparent true");
    expect(plain.out).toContain("1 trace\n");
    const made = seen.events.filter(({ name }) => name === "made").map(({ attributes }) => attributes);
    const [first] = made;
    expect(made.length).toBe(7);
    expect(seen.spans.map((span) => [span.traceId, `${span.kind} ${pathOf(span)}`])).toEqual(
      ["client /front", "server /front", "internal ", "client /by-http", "server /by-http"]
        .concat("client /by-fetch", "server /by-fetch")
        .map((text) => [first?.["traceId"], text]),
    );
    // Node tells of a request that is sent as it is made from version 22 on: then it has a span of theirs, which is its own.
    const isEarly = Number(seen.hello?.nodeVersion.split(".")[0]?.replace("v", "")) >= 22;
    const ids = new Map(made.map(({ spanId, kind, path }) => [spanId, `${shown(kind)} ${shown(path)}`]));
    const told = seen.spans.map((span) => ids.get(span.attributes["hindcast.otel.span_id"] ?? "") ?? "none");
    const client = isEarly ? ["2 /front", "2 /by-http"] : ["none", "0 "];
    expect(told.map((text) => text.replace(/http:\/\/[^/]*/, ""))).toEqual([
      client[0],
      "1 /front",
      "1 /front",
      client[1],
      "1 /by-http",
      "0 ",
      "1 /by-fetch",
    ]);
    const byPath = (kind: string, path: string) =>
      seen.spans.find((span) => span.kind === kind && pathOf(span) === path);
    for (const path of isEarly ? ["/front", "/by-http"] : [])
      expect(byPath("server", path)?.parentSpanId).toBe(byPath("client", path)?.spanId);
    const log = seen.logs.find(({ body }) => body === "asked for /by-http");
    expect(log?.span).toBe(byPath("server", "/by-http")?.number);
    expect(seen.events.filter(({ name }) => name === "hindcast.agent.fault")).toEqual([]);
  });
});
