// The npm package undici, a copy of its own beside the one that is Node's `fetch`.
import { join } from "node:path";
import { expect, it } from "vitest";
import { runBoth } from "./run-both.js";

it("requests of the npm package undici are spans, joined with those of who answers", async () => {
  const program = join(import.meta.dirname, "../programs/context/undici.cjs");
  const { plain, recorded, program: seen } = await runBoth([program]);
  expect(recorded).toEqual(plain);
  expect(plain).toEqual({ code: 0, out: "GET /request\nGET /fetch\nPOST /pool\n", err: "" });
  const told = seen.spans.map(({ kind, name, status }) => `${kind} ${name} ${status}`);
  const clients = seen.spans.filter(({ kind }) => kind === "client");
  const servers = seen.spans.filter(({ kind }) => kind === "server");
  expect([clients.length, servers.length], told.join()).toEqual([3, 3]);
  expect(servers.map(({ parentSpanId }) => parentSpanId)).toEqual(clients.map(({ spanId }) => spanId));
  expect(servers.map(({ traceId }) => traceId)).toEqual(clients.map(({ traceId }) => traceId));
});
