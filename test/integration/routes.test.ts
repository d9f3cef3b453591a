// Real servers of each framework: spans are called by the route that answered, and have the route of it; what is answered
// is what is answered without a recorder.
import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runBoth } from "./run-both.js";

const programs = join(import.meta.dirname, "../programs/routes");
const modules = join(import.meta.dirname, "../../node_modules");
const root = realpathSync(mkdtempSync(join(tmpdir(), "hindcast-routes-")));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Where an earlier version of a package stands under its own name. */
function withEarlier(name: string, alias: string): string {
  const folder = join(root, alias);
  cpSync(programs, folder, { recursive: true });
  cpSync(join(modules, alias), join(folder, "node_modules", name), { recursive: true });
  return folder;
}

async function served(file: string, environment: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const { plain, recorded, program } = await runBoth([file], [], environment);
  expect(recorded).toEqual(plain);
  expect([plain.code, plain.err]).toEqual([0, ""]);
  return program.spans.flatMap(({ kind, name, attributes }) => {
    const { "http.route": route, "http.response.status_code": status } = attributes;
    const method = text(attributes["http.request.method"]);
    expect(name).toBe(route === undefined ? method : `${method} ${text(route)}`);
    return kind === "server" ? [`${name} ${text(status)}`] : [];
  });
}

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const ofExpress = [
  "GET /shops/:shop/items/:item 200",
  "GET /shops/:shop/items/:item/broken 500",
  "GET /shops/:shop/items/:item/later 200",
  "GET /shops 200",
  "GET /again/:item 200",
  "GET /admin/users/:user 200",
  "GET /admin/reports/:year 200",
  "GET /one,/two 200",
  "GET /^\\/ab+c$/ 200",
  "GET 404",
  "GET 404",
  "POST /both 200",
  "GET 500",
];

const ofFastify = [
  "GET / 200",
  "GET /shops/:shop/items/:item 200",
  "GET /shops/:shop/broken/:item 500",
  "GET /shops/:shop/admin/users/:user 200",
  "GET /files/* 200",
  "GET 404",
];

describe("routes", () => {
  it("of express 5", async () => {
    expect(await served(join(programs, "express.cjs"))).toEqual(ofExpress);
  });

  it("of express 4", async () => {
    const folder = withEarlier("express", "express4");
    expect(await served(join(folder, "express.cjs"), { NODE_PATH: modules })).toEqual(ofExpress);
  });

  it("of fastify 5", async () => {
    expect(await served(join(programs, "fastify.cjs"))).toEqual(ofFastify);
  });

  it("of fastify 4", async () => {
    const folder = withEarlier("fastify", "fastify4");
    expect(await served(join(folder, "fastify.cjs"), { NODE_PATH: modules })).toEqual(ofFastify);
  });

  it("of koa with @koa/router", async () => {
    expect(await served(join(programs, "koa.mjs"))).toEqual([
      "GET /shops/:shop/items/:item 200",
      "GET /shops/:shop/items/:item/broken 500",
      "GET /^\\/ab+c$/ 200",
      "GET 404",
      "POST 405",
    ]);
  });

  it("of hapi", async () => {
    expect(await served(join(programs, "hapi.cjs"))).toEqual([
      "GET /items/{item} 200",
      "GET /shop/broken/{item?} 500",
      "GET 404",
    ]);
  });
});
