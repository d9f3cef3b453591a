import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { serviceName } from "./service-name.js";

const root = mkdtempSync(join(tmpdir(), "hindcast-name-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
writeFileSync(join(root, "package.json"), JSON.stringify({ name: "shop" }));
mkdirSync(join(root, "broken"));
writeFileSync(join(root, "broken/package.json"), "{");

const nameOf = (script: string) => serviceName(join(root, script), {});

describe("serviceName", () => {
  it("is the package's name for scripts in its own folders", () => {
    expect(["server.js", "src/server.ts", "dist/src/index.js"].map(nameOf)).toEqual(["shop", "shop", "shop"]);
  });

  it("is the script's own name elsewhere in a package, or its folder's when the script has a general name", () => {
    expect(nameOf("tools/migrate.mjs")).toBe("migrate");
    expect(nameOf("examples/ledger/server.mjs")).toBe("ledger");
  });

  it("skips a package.json that cannot be read", () => {
    expect(nameOf("broken/worker.js")).toBe("worker");
  });

  it("is what the environment says before anything else", () => {
    expect(serviceName(join(root, "server.js"), { OTEL_SERVICE_NAME: "checkout" })).toBe("checkout");
    expect(serviceName(undefined, {})).toBe("node");
  });
});
