// Calls of @grpc/grpc-js, with a real server and client over loopback: spans at both ends, in the trace of who called.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeBinary } from "../../tools/node-binaries.js";
import type { ProgramSeen, SpanSeen } from "./agent-listener.js";
import { runBoth } from "./run-both.js";

const programs = join(import.meta.dirname, "../programs/rpc");
const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

async function recorded(binary?: string): Promise<ProgramSeen> {
  const { plain, recorded: seen, program } = await runBoth([join(programs, "grpc.cjs")], [], {}, "welcome", binary);
  const sorted = (out: string): string[] => out.split("\n").toSorted();
  expect({ ...seen, out: sorted(seen.out) }).toEqual({ ...plain, out: sorted(plain.out) });
  expect([plain.code, plain.err]).toEqual([0, ""]);
  expect(program.events.filter(({ name }) => name === "hindcast.agent.fault")).toEqual([]);
  return program;
}

function expectCalls(program: ProgramSeen): void {
  const calls = program.spans.filter(({ attributes }) => attributes["rpc.system.name"] === "grpc");
  const line = ({ kind, name, status, attributes }: SpanSeen): string =>
    `${kind} ${name} ${text(attributes["rpc.response.status_code"])} ${status}`;
  const one = (kind: string, method: string, end: string): string => `${kind} bank.Accounts/${method} ${end}`;
  const both = (method: string, end: string): string[] => ["client", "server"].map((kind) => one(kind, method, end));
  expect(calls.map(line).toSorted()).toEqual(
    [
      ...Array.from({ length: 21 }, () => both("Ask", "OK unset")).flat(),
      ...both("Ask", "INTERNAL error"),
      ...[one("client", "Ask", "NOT_FOUND error"), one("server", "Ask", "NOT_FOUND unset")],
      ...[one("client", "Ask", "DEADLINE_EXCEEDED error"), one("client", "Missing", "UNIMPLEMENTED error")],
      // Which of the two it notices first is the server's affair.
      calls
        .filter(({ kind }) => kind === "server")
        .map(line)
        .find((each) => /\/Ask (?:CANCELLED|DEADLINE)/.test(each)),
      ...[...both("Collect", "OK unset"), ...both("List", "OK unset"), ...both("Chat", "OK unset")],
    ].toSorted(),
  );
  expect(calls[0]?.attributes).toMatchObject({ "rpc.method": "bank.Accounts/Ask", "server.address": "127.0.0.1" });

  // Whose a call is: of twenty requests at once, over one connection.
  const byNumber = new Map(program.spans.map((span) => [span.number, span]));
  const clients = calls.filter(({ kind, parent }) => kind === "client" && byNumber.get(parent)?.kind === "server");
  expect(clients.length).toBe(20);
  const pathOfTrace = new Map(clients.map((span) => [span.traceId, byNumber.get(span.parent)?.attributes["url.path"]]));
  const traceOf = (number: number): string | undefined => byNumber.get(number)?.traceId;
  const told = program.logs.flatMap(({ body, span }) => {
    const path = /^(?:served|answered) (\/ask\/\d+)$/.exec(body)?.[1];
    return path === undefined ? [] : [[body, pathOfTrace.get(traceOf(span) ?? "")]];
  });
  expect(told.length).toBe(40);
  for (const [body, path] of told) expect(body).toMatch(new RegExp(`${text(path)}$`));
  // What is logged in a handler belongs to the call, and what is done with the answer to who asked.
  const kindsOf = (start: string): Set<unknown> =>
    new Set(
      program.logs.flatMap(({ body, span }) => {
        const within = byNumber.get(span);
        return body.startsWith(start) ? [within && (within.attributes["rpc.method"] ?? within.name)] : [];
      }),
    );
  expect([kindsOf("served"), kindsOf("answered")]).toEqual([new Set(["bank.Accounts/Ask"]), new Set(["GET"])]);
  const above = (span: SpanSeen | undefined): SpanSeen | undefined =>
    program.spans.find(({ spanId }) => spanId === span?.parentSpanId);
  for (const served of calls.filter(({ kind, traceId }) => kind === "server" && pathOfTrace.has(traceId))) {
    let caller = above(served);
    while (caller !== undefined && !clients.includes(caller)) caller = above(caller);
    expect(caller?.name).toBe("bank.Accounts/Ask");
  }
}

describe("gRPC", () => {
  it("calls are spans at both ends, each in the trace of the request that it was made for", async () => {
    expectCalls(await recorded());
  });

  it("the request that carries a call hangs on it, where Node.js tells of HTTP/2", async ({ skip }) => {
    const binary = await nodeBinary("22.23.3");
    if ("missing" in binary) return skip(binary.missing);
    const program = await recorded(binary.path);
    expectCalls(program);
    const byNumber = new Map(program.spans.map((span) => [span.number, span]));
    const carriers = program.spans.filter(
      ({ kind, attributes }) => kind === "client" && text(attributes["url.full"] ?? "").includes("/bank.Accounts/Ask"),
    );
    expect(carriers.length).toBe(24);
    // One brought a header of the program's own, which stays.
    expect(carriers.filter(({ parent }) => byNumber.get(parent)?.attributes["rpc.method"] !== undefined).length).toBe(
      24,
    );
  });
});
