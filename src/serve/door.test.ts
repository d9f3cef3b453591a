// Real servers and real files.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { doorPath, linkFromRunningHost } from "./door.js";
import { type ServeHost, startServeHost } from "./server.js";

let folder: string;
let file: string;
const hosts: ServeHost[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hindcast-door-"));
  file = join(folder, "state", "served.json");
});
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(): Promise<ServeHost> {
  const started = await startServeHost({
    pageFolder: folder,
    doorFile: file,
    connectEngine: () => Promise.resolve(undefined),
  });
  if (!started.ok) throw new Error(started.error.code);
  hosts.push(started.value);
  return started.value;
}

function post(port: number, body: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: "127.0.0.1", port, path: doorPath, method: "POST", headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
    });
    asking.on("error", reject);
    asking.end(body);
  });
}

describe("a window that is served", () => {
  it("gives whoever may read its file a link that works once, to what is to be shown", async () => {
    const { port } = await start();
    const open = "hindcast://open?file=%2Fa%20b.hindcast&at=5";
    const link = new URL((await linkFromRunningHost(file, open)) ?? "");
    expect([link.port, link.searchParams.get("open")]).toEqual([String(port), open]);
    const get = () => fetch(link, { redirect: "manual" }).then(({ status }) => status);
    expect([await get(), await get()]).toEqual([303, 401]);
    expect(new URL((await linkFromRunningHost(file, undefined)) ?? "").searchParams.has("open")).toBe(false);
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("is found as long as it runs, the newest first; one that ends does not hide a newer one", async () => {
    const [first, second] = [await start(), await start()];
    const found = async () => Number(new URL((await linkFromRunningHost(file, "/a")) ?? "http://none:1/").port);
    expect(await found()).toBe(second.port);
    await first.close();
    expect(await found()).toBe(second.port);
    await second.close();
    expect(await linkFromRunningHost(file, "/a")).toBeUndefined();
    await expect(readFile(file)).rejects.toThrow();
  });

  it("gives nothing to whoever does not know the secret, nor to a page", async () => {
    const { port } = await start();
    const { secret } = JSON.parse(await readFile(file, "utf8")) as { secret: string };
    const forged = JSON.stringify({ nonce: "0123456789abcdef", open: "/a", proof: secret });
    const statuses = [
      await post(port, forged),
      await post(port, "{"),
      await post(port, "x".repeat(300_000)).catch(() => 403),
      await post(port, forged, { origin: `http://127.0.0.1:${port}` }),
      await post(port, forged, { host: "example.com" }),
    ];
    expect(statuses).toEqual([403, 403, 403, 405, 403]);
  });

  it("is not believed when somebody else answers at its port, and does not tell them its secret", async () => {
    const heard: string[] = [];
    const other = createServer((asking, response) => {
      asking.on("data", (part: Buffer) => heard.push(part.toString("utf8")));
      asking.on("end", () => response.end(JSON.stringify({ link: "http://127.0.0.1:1/?token=evil", proof: "x" })));
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = other.address() as AddressInfo;
      await writeFile(file, JSON.stringify({ port, secret: "the secret of a host that was killed" }));
      expect(await linkFromRunningHost(file, "/a")).toBeUndefined();
      expect([heard.join("").includes("/a"), heard.join("").includes("the secret")]).toEqual([true, false]);
    } finally {
      other.close();
      rmSync(file, { force: true });
    }
  });

  it("is none where its file is of nobody", async () => {
    for (const text of ["", "{}", '{"port":0,"secret":"x"}', '{"port":1,"secret":"x"}']) {
      await writeFile(file, text);
      expect([text, await linkFromRunningHost(file, "/a")]).toEqual([text, undefined]);
    }
  });
});
