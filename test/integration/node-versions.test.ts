// The agent on every line of Node it promises, with real binaries: what a service did, in CommonJS and ESM, is in the
// recording. On the oldest and the newest, and on all with HINDCAST_TEST_NODES=all. A version whose binary cannot be fetched (no registry, no package for this system) is skipped and named.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nodeBinary, nodeVersionsAtEnds } from "../../tools/node-binaries.js";
import { Place } from "./hindcast-process.js";
import { lineageTexts } from "./lineage-text.js";
import { runBoth } from "./run-both.js";

const body = `
class Order { constructor(id) { this.id = id; this.lines = []; } }
const shop = track("shop", { orders: new Map(), total: 0 });
const server = http.createServer((request, response) => {
  const order = new Order(shop.orders.size + 1);
  shop.orders.set(order.id, order);
  order.lines.push(request.url);
  shop.total += 5;
  console.warn("order", order.id);
  response.end("ok");
});
server.listen(0, "127.0.0.1", async () => {
  for (const path of ["/a", "/b"]) {
    const response = await fetch("http://127.0.0.1:" + server.address().port + path);
    console.log(await response.text(), process.versions.node);
  }
  server.close();
  server.closeAllConnections();
});
`;
const programs = {
  "app.cjs": `const http = require("node:http");\nconst { track } = require("hindcast");${body}`,
  "app.mjs": `import http from "node:http";\nimport { track } from "hindcast";${body}`,
} as const;

const state = {
  orders: {
    $type: "Map",
    entries: [
      [1, { id: 1, lines: ["/a"] }],
      [2, { id: 2, lines: ["/b"] }],
    ],
  },
  total: 10,
};

const place = new Place();
afterAll(() => place.remove());
for (const [name, source] of Object.entries(programs)) writeFileSync(place.path(name), source);

const jsonLines = (text: string): unknown[] =>
  text
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

async function printed(...args: string[]): Promise<string> {
  const ended = await place.start(args).ended;
  expect(ended).toMatchObject({ code: 0 });
  return ended.out;
}

describe.each(nodeVersionsAtEnds)("a program on Node %s", (version) => {
  it.for(Object.keys(programs))("is recorded as it ran (%s)", async (name, { skip }) => {
    const binary = await nodeBinary(version);
    if ("missing" in binary) return skip(binary.missing);
    const file = `${version}-${name}.hindcast`;
    expect(await printed("record", "-o", file, "--", binary.path, name)).toBe(`ok ${version}\n`.repeat(2));
    expect(JSON.parse(await printed("state", file, "--scope", "shop", "--at", "+60s", "--json"))).toEqual(state);
    const spans = jsonLines(await printed("spans", file, "--json"));
    const kinds = spans.map((span) => (typeof span === "object" && span !== null && "kind" in span ? span.kind : ""));
    // The runtime's own are internal: what blocked the loop, long collections.
    expect(kinds.filter((kind) => kind !== "internal").toSorted()).toEqual(["client", "client", "server", "server"]);
    const logs = jsonLines(await printed("logs", file, "--json"));
    expect(logs).toEqual(expect.arrayContaining([expect.objectContaining({ body: "order 2", severity: "warn" })]));
    const writes = jsonLines(await printed("history", file, "--scope", "shop", "--path", "total", "--json"));
    expect(writes.at(-1)).toMatchObject({ old: 5, new: 10, location: { line: 9 } });
  });

  it.for(["json", "advanced"])("tells its children what it tells them without us (%s)", async (mode, { skip }) => {
    const binary = await nodeBinary(version);
    if ("missing" in binary) return skip(binary.missing);
    const file = join(import.meta.dirname, "../programs/guest/ipc.cjs");
    const { plain, recorded, program } = await runBoth([file, mode], [], {}, "welcome", binary.path);
    expect(recorded).toEqual(plain);
    expect(program.records.filter(({ kind }) => kind === "message").length).toBeGreaterThan(8);
  });

  it.for(["threads.mjs"])("is recorded with its threads and children (%s)", async (name, { skip }) => {
    const binary = await nodeBinary(version);
    if ("missing" in binary) return skip(binary.missing);
    const file = join(import.meta.dirname, "../programs/lineage", name);
    const { plain, recorded, programs } = await runBoth([file], [], {}, "welcome", binary.path);
    expect(recorded).toEqual(plain);
    expect(programs.length).toBeGreaterThan(2);
    expect(lineageTexts(programs).filter((text) => !text.startsWith(`process ${plain.code}`))).toEqual([]);
  });
});
