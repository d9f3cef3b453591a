// Workspaces of yarn, classic and as it is now, with `node_modules` and with Plug'n'Play: the program prints and ends as it does
// alone, and is recorded below yarn, with the routes of a package from the registry and the state of another package of the workspace.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeBinary, nodeVersions } from "../../tools/node-binaries.js";
import { lineageTexts } from "../integration/lineage-text.js";
import { runBoth } from "../integration/run-both.js";
import { installInto } from "./install.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-workspaces-"));
const tools = join(folder, "tools");
const classic = join(tools, "node_modules/yarn/bin/yarn.js");
const berry = join(tools, "node_modules/@yarnpkg/cli-dist/bin/yarn.js");

beforeAll(async () => {
  mkdirSync(tools);
  await installInto(tools, ["yarn@1.22.22", "@yarnpkg/cli-dist@4.18.1"]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A workspace in which yarn has installed express. */
async function workspace(name: string, yarn: string, linker?: "node-modules" | "pnp"): Promise<string> {
  const root = join(folder, name);
  cpSync(join(import.meta.dirname, "../programs/workspace"), root, { recursive: true });
  const app = join(root, "packages/app/package.json");
  writeFileSync(app, readFileSync(app, "utf8").replace(`"own": "1.0.0"`, `"own": "1.0.0", "express": "5.1.0"`));
  writeFileSync(join(root, "yarn.lock"), "");
  if (linker !== undefined)
    writeFileSync(
      join(root, ".yarnrc.yml"),
      `nodeLinker: ${linker}\nenableGlobalCache: false\nenableTelemetry: false\nenableImmutableInstalls: false\n`,
    );
  await promisify(execFile)(process.execPath, [yarn, "install"], { cwd: root });
  return root;
}

/** What there is to see of the program itself. */
async function shopSeen(root: string, args: readonly string[], binary = process.execPath) {
  const { plain, recorded, programs } = await runBoth(args, [], { NO_COLOR: "1" }, "welcome", binary, root);
  const timeless = (text: string): string => text.replace(/Done in .*/g, "").replace(/\(node:\d+\)/g, "");
  expect([recorded.code, timeless(recorded.out), timeless(recorded.err)]).toEqual([
    plain.code,
    timeless(plain.out),
    timeless(plain.err),
  ]);
  expect([plain.code, plain.out]).toEqual([0, expect.stringContaining("served 1\nserved 2\n")]);
  const app = programs.find(({ hello }) => hello?.serviceName === "app");
  const writes = app?.records.flatMap((record) => (record.kind === "write" ? [record.operation.kind] : []));
  expect(writes).toEqual(["contents", "scope", "set", "set"]);
  const served = app?.spans.flatMap(({ kind, name }) => (kind === "server" ? [name] : []));
  expect(served).toEqual(["GET /items/:id", "GET /items/:id"]);
  return lineageTexts(programs);
}

const below = (depth: number): readonly string[] =>
  Array.from({ length: depth }, (_, n) =>
    Array<string>(n + 1)
      .fill("process 0")
      .join(" > "),
  );

describe("a workspace of yarn", () => {
  it("classic", async () => {
    const root = await workspace("classic", classic);
    expect(await shopSeen(root, [classic, "workspace", "app", "shop"])).toEqual(below(3));
  });

  it("with node_modules", async () => {
    const root = await workspace("modules", berry, "node-modules");
    expect(await shopSeen(root, [berry, "workspace", "app", "shop"])).toEqual(below(2));
  });

  describe("with Plug'n'Play", () => {
    let root = "";
    beforeAll(async () => (root = await workspace("pnp", berry, "pnp")));

    it("started by yarn", async () => {
      expect(await shopSeen(root, [berry, "workspace", "app", "shop"])).toEqual(below(2));
    });

    it.for(nodeVersions)("started by --require and --loader (%s)", async (version, { skip }) => {
      const binary = await nodeBinary(version);
      if ("missing" in binary) return skip(binary.missing);
      const args = ["--require", "./.pnp.cjs", "--loader", "./.pnp.loader.mjs", "packages/app/shop.js"];
      expect(await shopSeen(root, args, binary.path)).toEqual(below(1));
    });
  });
});
