// `hindcast attach` on a real service: it listens already, its connections are warm and its modules are loaded. Requests on
// them appear, and when it was left nothing of us remains in it.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { triesAllSeeds } from "../../src/engine/replay/seeds.test-support.js";
import { EngineChild } from "../../src/serve/engine-child.js";
import { createCodec } from "../../src/shared/protocol/codec.js";
import { connectToEngine } from "../../src/shared/protocol/rpc.js";
import { nodeBinary, nodeVersionsToTry } from "../../tools/node-binaries.js";
import { Service } from "./attached-service.js";
import { Place, type Running } from "./hindcast-process.js";

const place = new Place();
const services: Service[] = [];
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.kill()));
});
afterAll(() => place.remove());

async function started(...given: Parameters<typeof Service.start>): Promise<Service> {
  const service = await Service.start(...given);
  services.push(service);
  return service;
}

const blocked = v.object({ "hindcast.stack.missing": v.string() });
let files = 0;

/** Its event loop stands still until `end` is called. */
function spin(service: Service): { readonly end: () => Promise<void> } {
  const until = place.path(`spun-${++files}`);
  const spun = service.tell(`spin ${until}`);
  return {
    async end() {
      writeFileSync(until, "");
      await spun;
    },
  };
}

const newFile = (): string => `attached-${++files}.hindcast`;

async function attached(service: Service, file: string, ...options: string[]): Promise<Running> {
  const running = place.start(["attach", String(service.pid), "-o", file, ...options]);
  await running.printed(/attached to/);
  return running;
}

/** Ctrl+C. */
async function left(running: Running): Promise<string> {
  running.child.kill("SIGINT");
  const { code, err } = await running.ended;
  expect([code, err]).toEqual([0, expect.stringContaining("which goes on")]);
  return err;
}

async function rows(command: string, file: string): Promise<Record<string, unknown>[]> {
  const { out, err } = await place.run([command, file, "--json"]);
  expect(err).toBe("");
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Record<string, unknown> => JSON.parse(line));
}

const count = (list: readonly Record<string, unknown>[], wanted: Record<string, unknown>): number =>
  list.filter((row) => Object.entries(wanted).every(([key, value]) => row[key] === value)).length;

describe.each(nodeVersionsToTry)("hindcast attach on Node %s", (version) => {
  it("sees requests on warm connections, logs and errors, and leaves nothing behind", async ({ skip }) => {
    const binary = await nodeBinary(version);
    if ("missing" in binary) return skip(binary.missing);
    const service = await started(binary.path);
    const { out: programs } = await place.run(["attach"]);
    expect(programs.split("\n").filter((line) => line.startsWith(`${service.pid} `))).toEqual([
      expect.stringMatching(new RegExp(`^\\d+ +service +${version} `)),
    ]);
    await service.tell("ask /carts/before 5");
    await service.tell("remember");
    const file = newFile();
    const running = await attached(service, file, "--track", "carts=globalThis.carts");
    await service.tell("ask /carts/during 20");
    await service.tell("ask /fail");
    await left(running);
    await service.tell("ask /carts/after 5");
    expect(await service.tell("compare")).toEqual([]);

    const spans = await rows("spans", file);
    expect(count(spans, { kind: "server", name: "GET /carts/:id" })).toBe(20);
    expect(count(spans, { kind: "server", status: "error" })).toBe(1);
    expect(count(spans, { kind: "client" })).toBe(21);
    expect(count(await rows("logs", file), { source: "pino", body: "cart asked for" })).toBe(20);
    const { out } = await place.run(["state", file, "--scope", "carts", "--at", "end", "--json"]);
    expect(JSON.parse(out)).toEqual({ open: 7 + 20 });
    const { out: marks } = await place.run(["marks", file]);
    expect(marks).toMatch(/attached to .*\n.*detached, the program went on/);
    expect((await place.run(["info", file])).out).toContain("detached, the program went on");
    expect(
      service.err.replace(/^(?:Debugger (?:listening|attached|ending)|For help|Waiting for the debugger).*\n/gm, ""),
    ).toBe("");
  });
});

/** Also when nobody is left to tell it to: the service looks again and again for some seconds. */
const asBefore = (service: Service): Promise<unknown> => service.tell("compare");

const threadsOf = ({ pid }: Service): number => readdirSync(`/proc/${pid}/task`).length;

/** NaN while there is none. */
function engineOf({ child }: Running): number {
  const found = spawnSync("pgrep", ["-f", "-P", String(child.pid), "engine-process"], { encoding: "utf8" });
  return Number.parseInt(found.stdout);
}

describe("hindcast attach", () => {
  it("leaves an inspector open that was open before, and closes one that it opened", async () => {
    const [open, closed] = [await started(process.execPath, ["--inspect=127.0.0.1:0"]), await started()];
    const portOf = ({ err }: Service): string => /ws:\/\/127\.0\.0\.1:(\d+)\//.exec(err)?.[1] ?? "";
    const answers = async (port: string): Promise<unknown> =>
      fetch(`http://127.0.0.1:${port}/json/version`).then(
        ({ status }) => status,
        () => "closed",
      );
    const address = `127.0.0.1:${portOf(open)}`;
    await open.tell("remember");
    const file = newFile();
    const running = place.start(["attach", address, "-o", file]);
    await running.printed(/attached to/);
    expect(await answers(portOf(open))).toBe(200);
    await open.tell("ask /carts/during 3");
    await left(running);
    expect(await answers(portOf(open))).toBe(200);
    expect(await asBefore(open)).toEqual([]);
    expect(count(await rows("spans", file), { kind: "server" })).toBe(3);

    await left(await attached(closed, newFile()));
    expect([portOf(closed) === "", await answers(portOf(closed))]).toEqual([false, "closed"]);
  });

  it("says from when to when the event loop was blocked, without a stack, and leaves nothing of that", async () => {
    const service = await started();
    await service.tell("remember");
    const file = newFile();
    const running = await attached(service, file);
    await service.tell("ask /carts/before 3");
    const spun = spin(service);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await spun.end();
    await service.tell("ask /carts/after 3");
    await left(running);
    expect(await asBefore(service)).toEqual([]);
    const blocks = (await rows("spans", file)).filter(({ name }) => name === "nodejs.eventloop.block");
    const missing = blocks.map(({ attributes }) => v.parse(blocked, attributes)["hindcast.stack.missing"]);
    expect([missing.length > 0, new Set(missing)]).toEqual([true, new Set(["unavailable"])]);
  });

  it("leaves the program when hindcast is killed", async () => {
    const service = await started();
    await service.tell("remember");
    const running = await attached(service, newFile());
    running.child.kill("SIGKILL");
    await running.ended;
    expect(await asBefore(service)).toEqual([]);
  });

  it("goes on where an engine was killed and another one took its place", async () => {
    const service = await started();
    const file = newFile();
    const running = await attached(service, file);
    await service.tell("ask /carts/during 2");
    const killed = engineOf(running);
    process.kill(killed, "SIGKILL");
    await expect.poll(() => engineOf(running), { timeout: 30_000 }).not.toBe(killed);
    await service.tell("ask /carts/during 3");
    await left(running);
    expect(count(await rows("spans", file), { kind: "server" })).toBe(5);
  });

  it("leaves the program when hindcast and its engine are killed at once", async () => {
    const service = await started();
    await service.tell("remember");
    const running = await attached(service, newFile());
    const [engine, threads] = [engineOf(running), threadsOf(service)];
    running.child.kill("SIGKILL");
    process.kill(engine, "SIGKILL");
    await running.ended;
    await expect.poll(() => threadsOf(service), { timeout: 60_000 }).toBeLessThan(threads);
    await service.tell("ask /carts/after 5");
    // What was begun while it was attached to, the first comparison, may hold its realm until it is over.
    await expect.poll(() => asBefore(service), { timeout: 60_000 }).toEqual([]);
  });

  it("leaves neither a recording nor itself in the program where it was given up meanwhile", async () => {
    const service = await started();
    await service.tell("remember");
    const engine = new EngineChild({
      entry: join(process.cwd(), "out/node/engine-process.js"),
      environment: process.env,
    });
    try {
      const transport = await engine.connect();
      if (transport === undefined) throw new Error("the engine did not start");
      const { call } = connectToEngine(transport, createCodec());
      const target = { kind: "pid", pid: service.pid } as const;
      // Busy, so that it is given up before the program has let anybody in.
      const spinning = spin(service);
      const givenUp = new AbortController();
      const path = place.path("given-up.hindcast");
      const attaching = call("recording.attach", { target, path, capture: {} }, givenUp.signal);
      await expect.poll(() => existsSync(path), { timeout: 60_000 }).toBe(true);
      givenUp.abort();
      expect(await attaching).toMatchObject({ ok: false, error: { code: "cancelled" } });
      await spinning.end();
      await expect.poll(() => existsSync(path), { timeout: 30_000 }).toBe(false);
      expect(await asBefore(service)).toEqual([]);
      expect(await call("programs.list", {})).toMatchObject({
        value: expect.arrayContaining([expect.objectContaining({ pid: service.pid, isRecorded: false })]) as unknown,
      });
    } finally {
      await engine.stop();
    }
  });

  it("is given up at once by Ctrl+C, and leaves neither a recording nor itself in the program", async () => {
    const service = await started();
    await service.tell("remember");
    // Busy, so that it is given up before the program has let anybody in.
    const spinning = spin(service);
    const file = newFile();
    const running = place.start(["attach", String(service.pid), "-o", file]);
    await expect.poll(() => existsSync(place.path(file)), { timeout: 60_000 }).toBe(true);
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({
      signal: "SIGINT",
      err: "Hindcast: given up before it was attached to; the program goes on as it was\n",
    });
    expect(existsSync(place.path(file))).toBe(false);
    await spinning.end();
    await expect.poll(() => asBefore(service), { timeout: 60_000 }).toEqual([]);
  });

  it("can come again and again", async () => {
    const service = await started();
    await service.tell("remember");
    for (let times = triesAllSeeds ? 5 : 2; times > 0; times--) {
      const file = newFile();
      const running = await attached(service, file);
      await service.tell("ask /carts/during 2");
      await left(running);
      expect(count(await rows("spans", file), { kind: "server" })).toBe(2);
    }
    expect(await asBefore(service)).toEqual([]);
  });

  it("refuses a program that it is attached to already, which it goes on recording", async () => {
    const service = await started();
    const file = newFile();
    const running = await attached(service, file);
    const { code, err } = await place.run(["attach", String(service.pid), "-o", newFile()]);
    expect([code, err]).toEqual([1, expect.stringContaining("is being recorded already")]);
    await service.tell("ask /carts/during 3");
    await left(running);
    expect(count(await rows("spans", file), { kind: "server" })).toBe(3);
  });

  it("ends with the program, and says how that ended", async () => {
    const service = await started();
    const file = newFile();
    const running = await attached(service, file);
    service.child.stdin.write("end\n");
    expect(await running.ended).toMatchObject({ code: 0, err: expect.stringMatching(/has ended/) as unknown });
    expect((await place.run(["info", file])).out).toContain("ended with 7");
  });
});
