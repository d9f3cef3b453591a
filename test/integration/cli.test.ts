// The command line as people and scripts use it: what goes in and out, how it ends, what it leaves behind.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { basename, resolve } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { commands } from "../../src/cli/command-table.js";
import { cases } from "../../src/engine/replay/seeds.test-support.js";
import { createCodec } from "../../src/shared/protocol/codec.js";
import { Place } from "./hindcast-process.js";
import { ReadingCommands } from "./reading-commands.js";

const place = new Place();
const onLinux = process.platform === "linux";
const onPosix = process.platform !== "win32";

afterAll(() => place.remove());

/** Shortly after an ending: a process that was told to end may take a moment longer than the one that told it. */
async function nothingIsLeft(): Promise<void> {
  await expect.poll(() => place.leftBehind(), { timeout: 20_000 }).toEqual([]);
  if (!onLinux) return;
  await expect.poll(() => place.leftRunning(), { timeout: 20_000 }).toEqual([]);
}

function program(name: string, source: string): string {
  writeFileSync(place.path(name), source);
  return name;
}

const rowsOf = (out: string): Record<string, unknown>[] =>
  out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

/** From here on the program is in the recording, or in the log beside it; before, there is nothing to keep. */
async function committed(recording: string, script: string): Promise<void> {
  const contains = (path: string) => existsSync(path) && readFileSync(path).includes(script);
  const isThere = () => ["", ".wal"].some((end) => contains(place.path(`${recording}${end}`)));
  await expect.poll(isThere, { timeout: 20_000 }).toBe(true);
}

describe("hindcast record", () => {
  afterEach(nothingIsLeft);

  it("passes streams, arguments and exit code through and prints nothing of its own", async () => {
    const file = program(
      "echo program.cjs",
      `process.stdin.on("data", (data) => process.stdout.write("got " + data));
       process.stdin.on("end", () => {
         process.stderr.write(JSON.stringify(process.argv.slice(2)));
         process.exitCode = 7;
       });`,
    );
    const words = ["a b", "--json", 'q"uote', ""];
    const ended = await place.run(["record", "-o", "a recording.hindcast", "--", "node", file, ...words], "hello\n");
    expect(ended).toEqual({ code: 7, signal: null, out: "got hello\n", err: JSON.stringify(words) });
    const info = JSON.parse((await place.run(["info", "a recording.hindcast", "--json"])).out);
    expect(info.processes).toMatchObject([
      { process: 1, argv: [expect.any(String), place.path(file), ...words], ended: { exitCode: 7 } },
    ]);
  });

  it("ends cleanly when the program is no Node program", async () => {
    const ended = await place.run(["record", "-o", "none.hindcast", "--", "git", "--no-such-option"]);
    expect([ended.code, ended.out]).toEqual([129, ""]);
    const info = await place.run(["info", "none.hindcast", "--json"]);
    expect([info.code, JSON.parse(info.out).processes]).toEqual([0, []]);
  });

  it("says that HINDCAST=off leaves nothing to record, and runs the program all the same", async () => {
    const file = program("unrecorded.cjs", `console.log("ran"); process.exitCode = 6;`);
    const ended = await place.run(["record", "-o", "off.hindcast", "--", "node", file], "", { HINDCAST: "off" });
    expect([ended.code, ended.out, ended.err]).toEqual([
      6,
      "ran\n",
      "hindcast: HINDCAST=off is set, so nothing of the program is recorded. Unset it to record.\n",
    ]);
  });

  it.runIf(onPosix).each(cases<NodeJS.Signals>(["SIGKILL"], ["SIGTERM", "SIGABRT"]))(
    "ends by %s when the program did",
    async (signal) => {
      const file = program("suicide.cjs", `process.stdin.on("data", () => process.kill(process.pid, "${signal}"));`);
      const running = place.start(["record", "-o", `${signal}.hindcast`, "--", "node", file]);
      await committed(`${signal}.hindcast`, "suicide.cjs");
      running.child.stdin.write("now");
      const ended = await running.ended;
      expect([ended.code, ended.signal, ended.err]).toEqual([null, signal, ""]);
      const info = await place.run(["info", `${signal}.hindcast`]);
      expect([info.code, info.out]).toEqual([
        0,
        expect.stringContaining(`ended by ${signal}, connection lost; what it did last may be missing`),
      ]);
      expect(info.out).toMatch(/, lost (unknown|at least \d+)\n/);
      expect((await place.run(["marks", `${signal}.hindcast`])).out).toContain(`ended by ${signal}\n`);
    },
  );

  it.runIf(onLinux)("says what it waits for when that takes long after the program's end", async () => {
    const file = program("leaves.cjs", `process.stdin.on("data", () => process.kill(process.pid, "SIGKILL"));`);
    const running = place.start(["record", "-o", "slow.hindcast", "--", "node", file]);
    await committed("slow.hindcast", "leaves.cjs");
    const engine = place.pidOf(/engine-process/);
    process.kill(engine, "SIGSTOP");
    try {
      running.child.stdin.write("now");
      const path = await running.printed(
        /^Hindcast: the program has ended; what it sent is still being written to (.*)\n$/,
      );
      expect(path).toBe(place.path("slow.hindcast"));
    } finally {
      process.kill(engine, "SIGCONT");
    }
    expect(await running.ended).toMatchObject({ code: null, signal: "SIGKILL", out: "", err: "" });
  });

  it.runIf(onPosix).each(cases<NodeJS.Signals>(["SIGINT", "SIGTERM"], ["SIGHUP", "SIGUSR2"]))(
    "hands %s to the program",
    async (signal) => {
      const file = program(
        "handler.cjs",
        `process.on("${signal}", () => { console.log("asked"); setTimeout(() => process.exit(42), 50); });
       setInterval(() => {}, 1000); console.log("ready");`,
      );
      const running = place.start(["record", "-o", `handled-${signal}.hindcast`, "--", "node", file]);
      await running.printed(/ready/);
      running.child.kill(signal);
      expect(await running.ended).toEqual({ code: 42, signal: null, out: "ready\nasked\n", err: "" });
    },
  );

  it.runIf(onPosix)("dies of a signal that the program does not handle, with the recording kept", async () => {
    const file = program("waits.cjs", `let n = 0; setInterval(() => console.log("tick", ++n), 20);`);
    const running = place.start(["record", "-o", "died.hindcast", "--", "node", file]);
    await running.printed(/tick 50\n/);
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: null, signal: "SIGINT", err: "" });
    expect((await place.run(["logs", "died.hindcast"])).out).toContain("tick 1\n");
  });

  it("keeps NODE_OPTIONS that are set, and the program's environment", async () => {
    const preload = program("pre load.cjs", "globalThis.wasPreloaded = true;");
    const file = program(
      "options.cjs",
      "console.log(globalThis.wasPreloaded, process.execArgv.length, process.env.MINE);",
    );
    const options = `--require ${JSON.stringify(place.path(preload))} --max-old-space-size=300`;
    const ended = await place.run(["record", "-o", "options.hindcast", "--", "node", file], "", {
      NODE_OPTIONS: options,
      MINE: "kept",
    });
    expect(ended).toMatchObject({ code: 0, out: "true 0 kept\n", err: "" });
    expect((await place.run(["info", "options.hindcast", "--json"])).out).toContain("options.cjs");
  });

  it("runs what NODE_OPTIONS preload in the program, not in its own engine", async () => {
    const preload = program(
      "says where.cjs",
      // Node 20 preloads into its own thread for module hooks, too: that is still the program's process.
      `if (require("node:worker_threads").isMainThread)
         require("node:fs").appendFileSync(${JSON.stringify(place.path("preloaded"))}, process.argv[1] + "\\n");`,
    );
    const file = program("preloaded.cjs", "");
    await place.run(["record", "-o", "preloaded.hindcast", "--", "node", file], "", {
      NODE_OPTIONS: `--require ${JSON.stringify(place.path(preload))}`,
    });
    const where = readFileSync(place.path("preloaded"), "utf8").trim().split("\n");
    // The command itself was started by the user, with the user's options.
    expect(where.map((path) => basename(path))).toEqual(["cli.js", "preloaded.cjs"]);
  });

  it("hands every option to the program that it is for, the engine's to the engine", async () => {
    const file = program(
      "settings.cjs",
      "console.log(process.env.HINDCAST_SETTINGS); process.stdin.on('end', () => process.exit()).resume();",
    );
    mkdirSync(place.path("watched"));
    writeFileSync(place.path("watched/a.rules"), 'rule "watched" { when heap.used > 1TB then { mark() } }\n');
    writeFileSync(place.path("stages.json"), `{"pipeline": [{"stage": "drop", "where": {"kind": "event"}}]}`);
    const given: { readonly [Option in (typeof commands)["record"]["optional"][number]]: string } = {
      level: "--level lines",
      include: "--include src/** --include lib/**",
      exclude: "--exclude a b",
      writes: "--writes off",
      state: "--state Cart,Session* accounts",
      lines: "--lines Cart.add,src/** debit",
      sources: "--sources off",
      config: "--config stages.json",
      block: "--block 75",
      collection: "--collection 0",
      blockStacks: "--block-stacks off",
      propagate: "--propagate api.example .internal.example",
      buffer: "--buffer 2MB",
      overflow: "--overflow block",
      backlog: "--backlog 3MB",
      spill: "--spill 4MB",
      redact: "--redact off",
      redactKey: "--redact-key shoe-size",
      redactPrefix: "--redact-prefix acme_ acme-",
      redactAllow: "--redact-allow pin",
      durability: "--durability 777",
      maxAge: "--max-age 90m",
      maxSize: "--max-size 64MB",
      rules: "--rules watched",
    };
    const words = Object.values(given).flatMap((option) => option.split(" "));
    const running = place.start(["record", "-o", "settings.hindcast", ...words, "--", "node", file]);
    expect(JSON.parse(await running.printed(/^(\{.*\})\n/))).toEqual({
      level: "lines",
      lines: ["Cart.add", "src/**", "debit"],
      include: ["src/**", "lib/**"],
      exclude: ["a", "b"],
      blockMs: 75,
      collectionMs: 0,
      blockStacks: false,
      writes: false,
      state: ["Cart", "Session*", "accounts"],
      sources: false,
      propagate: ["api.example", ".internal.example"],
      delivery: { ringBytes: 2e6, overflow: "block", backlogBytes: 3e6, spillBytes: 4e6 },
      pipeline: [{ stage: "drop", where: { kind: "event" } }],
      redaction: { enabled: false, keys: ["shoe-size"], prefixes: ["acme_", "acme-"], allow: ["pin"] },
    });
    if (onLinux) {
      const environment = readFileSync(`/proc/${place.pidOf(/engine-process/)}/environ`, "utf8").split("\0");
      expect(environment).toContain("HINDCAST_ENGINE_DURABILITY=777");
    }
    running.child.stdin.end();
    expect(await running.ended).toMatchObject({ code: 0, err: "" });
    const info = await place.run(["info", "settings.hindcast"]);
    expect(info.out).toMatch(/^keeps the last .+ and at most 64 MB$/m);
    const { limits } = JSON.parse((await place.run(["info", "settings.hindcast", "--json"])).out);
    expect(limits).toEqual({ maxAgeMs: 90 * 60_000, maxBytes: 64e6 });
  });

  it("makes the file of a recording as small as what it holds, and keeps it when that cannot be", async () => {
    const file = program(
      "much.cjs",
      `const { event } = require("hindcast");
       for (let n = 0; n < 3000; n++) event("e", { text: String(n).repeat(50) });`,
    );
    await place.run(["record", "-o", "much.hindcast", "--", "node", file]);
    const events = (await place.run(["events", "much.hindcast", "--json"])).out;
    const compacted = await place.run(["compact", "much.hindcast", "-o", "small.hindcast"]);
    expect(compacted).toMatchObject({ code: 0, err: "" });
    expect((await place.run(["events", "small.hindcast", "--json"])).out).toBe(events);
    // Its name is taken: what there is stays.
    expect((await place.run(["compact", "much.hindcast", "-o", "small.hindcast"])).code).toBe(1);
    expect(await place.run(["compact", "much.hindcast"])).toMatchObject({ code: 0, err: "" });
    expect(readdirSync(place.root).filter((name) => name.includes(".compact-"))).toEqual([]);
    expect(statSync(place.path("much.hindcast")).size).toBe(statSync(place.path("small.hindcast")).size);
  });

  it("has trace headers sent to this machine and to the hosts of --propagate, to nobody else", async () => {
    const file = program(
      "asks.cjs",
      `const http = require("node:http");
       const lookup = (host, { all }, done) =>
         all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
       const ask = (host, port) => new Promise((resolve, reject) => {
         const request = http.get({ host, port, lookup, agent: false }, (response) => {
           let text = "";
           response.on("data", (data) => (text += data)).on("end", () => resolve(text));
         });
         request.on("error", reject);
       });
       const server = http.createServer((request, response) => response.end(request.headers.traceparent ?? "none"));
       server.listen(0, "127.0.0.1", async () => {
         const received = [];
         for (const host of process.argv.slice(2)) received.push([host, await ask(host, server.address().port)]);
         console.log(JSON.stringify(received));
         server.close();
       });`,
    );
    const hosts = ["localhost", "api.example", "a.internal.example", "other.example"];
    /** Those whose requests came with a header. */
    const traced = async (recording: string, ...options: string[]) => {
      const ended = await place.run(["record", "-o", recording, ...options, "--", "node", file, ...hosts]);
      expect(ended).toMatchObject({ code: 0, err: "" });
      const received: [host: string, header: string][] = JSON.parse(ended.out);
      return received.filter(([, header]) => /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(header)).map(([host]) => host);
    };
    expect(await traced("traced here.hindcast")).toEqual(["localhost"]);
    const named = ["--propagate", "api.example", ".internal.example"];
    expect(await traced("traced there.hindcast", ...named)).toEqual(["localhost", "api.example", "a.internal.example"]);
  });

  it("answers as a shell does when the command cannot be started, and says what to do", async () => {
    const missing = await place.run(["record", "-o", "not-started.hindcast", "--", "no-such-command"]);
    expect(missing).toMatchObject({ code: 127, out: "" });
    expect(readdirSync(place.root).filter((name) => name.startsWith("not-started"))).toEqual([]);
    expect(missing.err).toBe(
      "hindcast: no-such-command could not be started: not found.\n  Check the command after --.\n",
    );
    if (!onPosix) return;
    chmodSync(place.path(program("plain.txt", "text")), 0o644);
    const plain = await place.run(["record", "-o", "plain.hindcast", "--", "./plain.txt"]);
    expect(plain).toMatchObject({ code: 126, out: "" });
    const corrected = await place.run(["record", "-o", "plain.hindcast", "--", "node", "-e", "0"]);
    expect(corrected).toMatchObject({ code: 0, err: "" });
  });

  it("starts nothing when the recording cannot be written", async () => {
    const file = program("marker.cjs", `require("node:fs").writeFileSync("started", "");`);
    program("taken.hindcast", "precious");
    const taken = await place.run(["record", "-o", "taken.hindcast", "--", "node", file]);
    expect([taken.code, taken.err]).toEqual([
      1,
      expect.stringContaining("taken.hindcast exists already.\n  Choose another name"),
    ]);
    const absent = await place.run(["record", "-o", "absent/folder/x.hindcast", "--", "node", file]);
    expect([absent.code, absent.err]).toEqual([1, expect.stringMatching(/There is no folder .*absent.folder\.\n/)]);
    expect(existsSync(place.path("absent"))).toBe(false);
    const nowhere = await place.run(["record", "-o", "taken.hindcast/x.hindcast", "--", "node", file]);
    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining("cannot be written")]);
    expect(existsSync(place.path("started"))).toBe(false);
  });

  it.runIf(onLinux)(
    "leaves the program running to its end when the engine dies, and goes on recording it",
    async () => {
      const file = program("outlives.cjs", `console.log("ready"); process.stdin.on("data", () => process.exit(5));`);
      const running = place.start(["record", "-o", "again.hindcast", "--", "node", file]);
      await committed("again.hindcast", "outlives.cjs");
      process.kill(place.pidOf(/engine-process/), "SIGKILL");
      running.child.stdin.write("go");
      expect(await running.ended).toMatchObject({ code: 5, out: "ready\n", err: "" });
      const info = JSON.parse((await place.run(["info", "again.hindcast", "--json"])).out);
      expect(info.processes).toMatchObject([{ process: 1, ended: { exitCode: 5 } }]);
    },
  );

  it.runIf(onLinux)("killed outright, leaves no engine behind and the recording readable", async () => {
    const file = program(
      "orphan.cjs",
      `console.log("ready"); process.stdin.on("end", () => process.exit(0)); process.stdin.resume();`,
    );
    const running = place.start(["record", "-o", "killed.hindcast", "--", "node", file]);
    await running.printed(/ready/);
    await committed("killed.hindcast", "orphan.cjs");
    running.child.kill("SIGKILL");
    running.child.stdin.end();
    await nothingIsLeft();
    expect((await place.run(["info", "killed.hindcast"])).out).toContain("orphan.cjs");
  });
});

describe("the reading commands", () => {
  const reading = new ReadingCommands(place.root, place.environment);
  afterAll(() => reading.stop());

  const recorded = (async () => {
    const file = program(
      "recorded.mjs",
      `import { setTimeout as wait } from "node:timers/promises";
       import { event, metric, span, track } from "hindcast";
       const now = () => String(BigInt(Math.round(performance.timeOrigin * 1e6)) + BigInt(Math.round(performance.now() * 1e6)));
       const cart = track("cart", { total: 0, items: new Map() });
       await wait(30);
       const seen = [];
       for (let n = 1; n <= 20; n++) {
         span("add item", () => {
           cart.total = n;
           cart.items.set("item " + n, { price: BigInt(n) });
         });
         await wait(15);
         seen.push([now(), n]);
         await wait(15);
       }
       event("checked out", { total: cart.total });
       metric("cart.size", cart.items.size, { unit: "{item}" });
       console.warn("done\\n\\u001b[31mred");
       console.log(JSON.stringify(seen));`,
    );
    const ended = await place.run([
      "record",
      "-o",
      "read.hindcast",
      "--block",
      "0",
      "--collection",
      "0",
      "--",
      "node",
      file,
    ]);
    if (ended.code !== 0) throw new Error(ended.err);
    const seen: [at: string, total: number][] = JSON.parse(ended.out.trim().split("\n").at(-1) ?? "");
    return seen;
  })();

  it("print the state at an instant, given in any way", async () => {
    const seen = await recorded;
    const [at = "", total] = seen[9] ?? [];
    const iso = `${new Date(Number(BigInt(at) / 1_000_000n)).toISOString().slice(0, 19)}.${at.slice(-9)}Z`;
    const info = JSON.parse((await place.run(["info", "read.hindcast", "--json"])).out);
    const offset = `+${BigInt(at) - BigInt(info.start)}ns`;
    for (const time of [at, iso, offset]) {
      const { out } = await place.run(["state", "read.hindcast", "--scope", "cart", "--at", time, "--json"]);
      const state = JSON.parse(out);
      expect([time, state.total, state.items.$type, state.items.entries.at(-1)]).toEqual([
        time,
        total,
        "Map",
        ["item 10", { price: { $type: "bigint", value: "10" } }],
      ]);
    }
  });

  it("print a state for each line of standard input, in its order, thousands in seconds", async () => {
    const seen = await recorded;
    const asked = Array.from({ length: 4000 }, (_, index) => seen[(index * 7919) % seen.length] ?? ["", 0]);
    const startedMs = performance.now();
    const input = `${asked.map(([at]) => at).join("\r\n")}\n\n`;
    const { out, code } = await place.run(["state", "read.hindcast", "--scope", "cart", "--at", "-", "--json"], input);
    expect(code).toBe(0);
    expect(rowsOf(out).map(({ total }) => total)).toEqual(asked.map(([, total]) => total));
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });

  it("answer each instant of standard input before the next is typed, and count lines as the reader does", async () => {
    const seen = await recorded;
    const [at = "", total] = seen[3] ?? [];
    const running = place.start(["state", "read.hindcast", "--scope", "cart", "--at", "-"]);
    running.child.stdin.write(`${at}\n`);
    expect(await running.printed(/"total":(\d+)/)).toBe(String(total));
    // Its input stays open: what it cannot understand ends it all the same.
    running.child.stdin.write(`\n\n${at}\n\nnonsense\n${at}\n`);
    const { code, out, err } = await running.ended;
    expect([code, rowsOf(out).map((row) => row["total"])]).toEqual([1, [total, total]]);
    expect(err).toMatch(/^hindcast: nonsense \(line 6\) is not a time\.\n/);
  });

  it("say when the process had ended by the instant asked for", async () => {
    await recorded;
    const ask = (at: string, ...more: string[]) =>
      reading.run(["state", "read.hindcast", "--scope", "cart", "--at", at, ...more]);
    const ended = String.raw`the process had ended \(ended with 0, at \+\d+\.\d{6}s\)`;
    const text = await ask("+1h");
    expect([text.err, text.out]).toEqual([
      "",
      expect.stringMatching(
        new RegExp(String.raw`^cart at \+3600\.000000s \(last write \d+ at \+\S+s; ${ended}\)\n\{`),
      ),
    ]);
    const json = await ask("+1h", "--json");
    expect(JSON.parse(json.out)).toMatchObject({ total: 20 });
    expect(json.err).toMatch(new RegExp(`^At that instant ${ended}: its last state is printed\\.\n$`));
    const many = await reading.run(
      ["state", "read.hindcast", "--scope", "cart", "--at", "-"],
      "start\n+1h\n+2h\n+2h\n",
    );
    expect(rowsOf(many.out)).toHaveLength(4);
    expect(many.err).toMatch(new RegExp(`^At 2 of these instants ${ended}: its last state is printed\\.\n$`));
    expect(await ask("+50ms", "--json")).toMatchObject({ err: "" });
  });

  it("print a line for every scope when none is named", async () => {
    const seen = await recorded;
    const [at = "", total] = seen[4] ?? [];
    const ask = (...more: string[]) => reading.run(["state", "read.hindcast", "--at", ...more]);
    expect(await ask(at)).toMatchObject({ code: 0, err: "", out: `1  cart  {total: ${total}, items: Map(5)}\n` });
    expect(rowsOf((await ask(at, "--process", "1", "--json")).out)).toEqual([
      { process: 1, scope: "cart", type: "Object", preview: `{total: ${total}, items: Map(5)}`, uncertain: false },
    ]);
    expect(await ask("start")).toMatchObject({ code: 0, out: "", err: "Nothing was tracked yet at that instant.\n" });
    expect((await ask("+1h")).err).toMatch(/^At that instant the process had ended .*: its last state is printed\.\n$/);
  });

  it("say that a state was not there yet", async () => {
    await recorded;
    const { out } = await reading.run(["state", "read.hindcast", "--scope", "cart", "--at", "start", "--json"]);
    expect(JSON.parse(out)).toMatchObject({ $type: "unavailable", because: "not-recorded" });
    const text = await reading.run(["state", "read.hindcast", "--scope", "cart", "--at", "start"]);
    expect(text).toMatchObject({ code: 0, err: "" });
    expect(text.out).toMatch(/^cart was not tracked yet \(first at \+\d+\.\d{6}s\)\n$/);
  });

  it("print the writes of a path, the last writer and differences", async () => {
    const seen = await recorded;
    const history = rowsOf(
      (await reading.run(["history", "read.hindcast", "--scope", "cart", "--path", "total", "--json"])).out,
    );
    const values = history.filter(({ path }) => path === "total").map((write) => write["new"]);
    expect(values).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    const [at = ""] = seen[4] ?? [];
    const query = ["--scope", "cart", "--path", "total", "--at", at, "--json"];
    expect(JSON.parse((await reading.run(["last-writer", "read.hindcast", ...query])).out)).toMatchObject({
      old: 4,
      new: 5,
    });
    const between = ["--scope", "cart", "--from", at, "--to", seen[5]?.[0] ?? "", "--json"];
    const changes = rowsOf((await reading.run(["diff", "read.hindcast", ...between])).out);
    expect(changes).toContainEqual({ path: "total", old: 5, new: 6 });
  });

  it("says by which write a condition holds first, and what grows", async () => {
    const seen = await recorded;
    const [held] = rowsOf((await reading.run(["first", "read.hindcast", "total >= 5", "--json"])).out);
    expect(held).toMatchObject({ process: 1, scope: "cart", path: "total", value: "5" });
    const [after = 0n, before = 0n] = [3, 4].map((at) => BigInt(seen[at]?.[0] ?? 0));
    expect(BigInt(String(held?.["instant"])) > after && BigInt(String(held?.["instant"])) <= before).toBe(true);
    expect((await reading.run(["first", "read.hindcast", "total", "<", "0"])).out).toContain("never came true");
    expect((await reading.run(["first", "read.hindcast", "total"])).err).toContain("is no condition");
    const growing = rowsOf((await reading.run(["growth", "read.hindcast", "--json"])).out);
    expect(growing).toMatchObject([{ process: 1, scope: "cart", path: "items", last: 20, steady: 1 }]);
  });

  it("print records as JSON lines", async () => {
    const seen = await recorded;
    const ask = async (...words: string[]) => rowsOf((await reading.run([...words, "--json"])).out);
    expect(await ask("events", "read.hindcast")).toMatchObject([
      { name: "checked out", attributes: { total: 20 }, process: 1 },
    ]);
    const spans = await ask("spans", "read.hindcast");
    expect(spans.filter(({ name }) => name === "add item")).toHaveLength(20);
    expect(await ask("logs", "read.hindcast")).toMatchObject([
      { severity: "warn", body: "done\n\u001b[31mred" },
      { severity: "info" },
    ]);
    const metrics = await ask("metrics", "read.hindcast");
    expect(metrics.filter(({ name }) => name === "cart.size")).toMatchObject([{ value: 20, unit: "{item}" }]);
    const summed = await ask("metrics", "read.hindcast", "--summary");
    const ofOne = (name: unknown): readonly number[] =>
      metrics.flatMap((sample) => (sample["name"] === name ? [Number(sample["value"])] : []));
    expect(new Set(summed.map(({ name }) => name))).toEqual(new Set(metrics.map(({ name }) => name)));
    expect(summed.find(({ name }) => name === "cart.size")).toEqual({
      ...{ process: 1, name: "cart.size", alias: "cart.size", unit: "{item}", attributes: {}, samples: 1 },
      ...{
        least: 20,
        average: 20,
        p50: 20,
        p95: 20,
        p99: 20,
        most: 20,
      },
    });
    for (const name of ["nodejs.eventloop.utilization", "process.cpu.utilization"]) {
      const [row, values] = [summed.find((one) => one["name"] === name), ofOne(name)];
      expect(row).toMatchObject({ samples: values.length, least: Math.min(...values), most: Math.max(...values) });
    }
    const table = (await reading.run(["metrics", "read.hindcast", "--summary"])).out.split("\n");
    expect(table[0]).toMatch(/^PROCESS {2}METRIC +SAMPLES +MIN +AVG +P50 +P95 +P99 +MAX {2}UNIT$/);
    expect((await ask("marks", "read.hindcast")).map(({ kind }) => kind)).toEqual(["start", "end"]);
    expect((await ask("around", "read.hindcast", "--at", seen[9]?.[0] ?? "", "--nearest", "6")).length).toBe(6);
    const nearEnd = await reading.run(["around", "read.hindcast", "--at", "end", "--nearest", "60"]);
    expect(nearEnd.out).toContain("cart.size = 20\n");
    const last = rowsOf((await reading.run(["events", "read.hindcast", "--from", "end", "--json"])).out);
    expect(last).toEqual([]);
  });

  it("find words in names, log lines, attributes and state", async () => {
    await recorded;
    const ask = async (...words: string[]) =>
      rowsOf((await reading.run(["search", "read.hindcast", ...words, "--json"])).out);
    const kindsOf = (rows: readonly Record<string, unknown>[]) => rows.map(({ kind, field }) => [kind, field]);
    const out = await ask("CHECKED", "out");
    expect(kindsOf(out)).toEqual([["event", "name"]]);
    expect(out).toMatchObject([{ name: "checked out", process: 1, before: "", matched: "checked", after: " out" }]);
    expect(kindsOf(await ask('"checked out"'))).toEqual([["event", "name"]]);
    expect(kindsOf(await ask('"out checked"'))).toEqual([]);
    expect(kindsOf(await ask("one", "--kind", "log"))).toEqual([["log", "body"]]);
    const added = await ask("add item");
    expect(added).toHaveLength(20);
    expect(await ask("add item", "--limit", "5")).toEqual(added.slice(0, 5));
    expect(await ask("add item", "--last", "5")).toEqual(added.slice(-5));
    expect(await ask("add item", "--process", "1", "--from", "start")).toEqual(added);
    expect(await ask("add item", "--kind", "write", "keyframe")).toEqual([]);
    expect(kindsOf(await ask("total", "--kind", "write")).slice(0, 1)).toEqual([["write", "key"]]);
    const series = await ask("heap", "used");
    expect(kindsOf(series)).toEqual([["metric", "name"]]);
    expect(series).toMatchObject([{ name: "v8js.memory.heap.used", before: "v8js.memory.", matched: "heap" }]);
    expect(kindsOf(await ask('"heap used"', "--kind", "metric"))).toEqual([["metric", "alias"]]);
    expect(kindsOf(await ask("heap", "used", "--kind", "event"))).toEqual([]);
    const text = await reading.run(["search", "read.hindcast", "red", "--kind", "log"]);
    expect(text).toMatchObject({ code: 0, err: "" });
    expect(text.out).toMatch(/^\+\d+\.\d+s {2}1 {2}log .* {2}body: done\\n\\u001b\[31mred\n$/);
    const nobody = await reading.run(["search", "read.hindcast", "x", "--process", "nobody"]);
    expect(nobody).toMatchObject({ code: 1, out: "" });
    const long = await reading.run(["search", "read.hindcast", "x".repeat(1001)]);
    expect(long).toMatchObject({ code: 2, out: "" });
    expect(long.err).toContain("at most 1000 characters");
  });

  it("print however many events and spans there are", async () => {
    const file = program(
      "many.mjs",
      `import { event, span } from "hindcast";
       for (let n = 1; n <= 25_000; n++) {
         event(String(n));
         span(String(n), () => undefined);
       }`,
    );
    expect(
      await place.run(["record", "-o", "many.hindcast", "--block", "0", "--collection", "0", "--", "node", file]),
    ).toMatchObject({ code: 0 });
    /** How many rows, and the first that is not the one after the row before it. */
    const numbers = async (first: number, ...words: string[]) => {
      const rows = rowsOf((await reading.run([...words, "--json"])).out);
      return [rows.length, rows.find(({ name }, at) => name !== `${first + at}`)];
    };
    expect(await numbers(1, "events", "many.hindcast")).toEqual([25_000, undefined]);
    expect(await numbers(1, "spans", "many.hindcast")).toEqual([25_000, undefined]);
    expect(await numbers(1, "events", "many.hindcast", "--limit", "22000")).toEqual([22_000, undefined]);
    expect(await numbers(3001, "spans", "many.hindcast", "--last", "22000")).toEqual([22_000, undefined]);
  });

  it("print the first or the last rows in the order of time", async () => {
    const seen = await recorded;
    const ask = async (...words: string[]) => rowsOf((await reading.run([...words, "--json"])).out);
    const first = async (name: string, ...more: string[]) => {
      const all = await ask(name, "read.hindcast", ...more);
      expect(all.length).toBeGreaterThan(1);
      expect(await ask(name, "read.hindcast", ...more, "--limit", "1")).toEqual(all.slice(0, 1));
      expect(await ask(name, "read.hindcast", ...more, "--last", "1")).toEqual(all.slice(-1));
      return all;
    };
    const all = await first("spans");
    expect(await ask("spans", "read.hindcast", "--last", "1000000")).toEqual(all);
    await first("logs");
    const instants = (await first("metrics")).map(({ instant }) => BigInt(String(instant)));
    await first("history", "--scope", "cart", "--path", "");
    expect(instants).toEqual(instants.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    const until = ["--to", seen[9]?.[0] ?? ""];
    expect(await ask("logs", "read.hindcast", ...until)).toEqual([]);
    expect(await ask("spans", "read.hindcast", ...until, "--last", "2")).toMatchObject([
      { name: "add item" },
      { name: "add item" },
    ]);
  });

  it("name paths, operations and commands so that people can read them", async () => {
    const seen = await recorded;
    const cart = ["read.hindcast", "--scope", "cart"];
    const lines = async (...words: string[]) => (await reading.run(words)).out.trim().split("\n");
    const whole = await lines("history", ...cart, "--path", "");
    expect(whole[0]).toMatch(/ \(root\): \(absent\) → /);
    expect(whole.at(-1)).toMatch(/ map-set {2}items\["item 20"\] \(in \(root\)\): \(absent\) → /);
    const price = await lines("history", ...cart, "--path", 'items["item 1"].price');
    expect(price).toEqual([expect.stringMatching(/ map-set {2}items\["item 1"\] \(made items\["item 1"\]\.price\): /)]);
    const [writer = ""] = await lines("last-writer", ...cart, "--path", "", "--at", "end");
    expect(writer).toMatch(/items\["item 20"\] \(in \(root\)\)/);
    expect((await lines("diff", ...cart, "--from", "start", "--to", "end"))[0]).toMatch(/^\(root\): \(absent\) → /);
    const around = await lines("around", "read.hindcast", "--at", seen[4]?.[0] ?? "", "--nearest", "40");
    expect(around).toContainEqual(expect.stringMatching(/ write: cart\.total = 5$/));
    expect((await lines("info", "read.hindcast")).find((line) => line.startsWith("  1  "))).toMatch(
      /: \S+ '.*hindcast cli .*recorded\.mjs'$/,
    );
  });

  it("name the processes that share a name, and take the number or pid of one", async () => {
    const file = program(
      "twins.cjs",
      `require("hindcast").track("own", { pid: process.pid });
       if (process.argv[2] === undefined) require("node:child_process").spawnSync(process.execPath, [__filename, "second"]);`,
    );
    await place.run(["record", "-o", "twins.hindcast", "--", "node", file]);
    const info = JSON.parse((await reading.run(["info", "twins.hindcast", "--json"])).out);
    const [{ pid: first }, { pid: second }] = info.processes;
    const ask = (...more: string[]) =>
      reading.run(["state", "twins.hindcast", "--scope", "own", "--at", "end", "--json", ...more]);
    const candidates = `1 (pid ${first}), 2 (pid ${second}).\n  Name one by its number with --process.\n`;
    const refused = (what: string) => ({
      code: 1,
      out: "",
      err: `hindcast: More than one process has ${what}: ${candidates}`,
    });
    expect(await ask("--process", "twins")).toMatchObject(refused("the name twins"));
    expect(await ask()).toMatchObject(refused("a state called own"));
    for (const one of ["2", `${second}`])
      expect(JSON.parse((await ask("--process", one)).out)).toEqual({ pid: second });
    expect((await ask("--process", "twin")).err).toMatch(/The recording has no process twin\./);
  });

  it("copy a recording, and replace nothing unless told to", async () => {
    await recorded;
    expect(await reading.run(["copy", "read.hindcast", "-o", "copied.hindcast"])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/copied\.hindcast: [\d.]+ \w+\n$/),
      err: "",
    });
    const state = ["--scope", "cart", "--at", "end", "--json"];
    const copied = await reading.run(["state", "copied.hindcast", ...state]);
    expect(copied).toEqual(await reading.run(["state", "read.hindcast", ...state]));
    const again = await reading.run(["copy", "read.hindcast", "-o", "copied.hindcast"]);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining("copied.hindcast exists already.")]);
    const replaced = await reading.run(["copy", "read.hindcast", "-o", "copied.hindcast", "--overwrite"]);
    expect(replaced).toMatchObject({ code: 0, err: "" });
    const nowhere = await reading.run(["copy", "read.hindcast", "-o", "no/where.hindcast"]);
    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringMatching(/There is no folder .*no\.\n/)]);
  });

  it("print text for people, in which a recorded text cannot steer the terminal", async () => {
    await recorded;
    const { out } = await reading.run(["logs", "read.hindcast"]);
    expect(out).toMatch(/^\+\d+\.\d{6}s {2}1 {2}warn {3}done\\n\\u001b\[31mred/);
  });

  it.runIf(onPosix)("read a recording while it is being made, and afterwards", async () => {
    const file = program(
      "waiting.mjs",
      `import { track } from "hindcast";
       track("cart", { total: 1 });
       setTimeout(() => console.log("ready"), 500);
       process.stdin.on("data", () => process.exit());`,
    );
    const running = place.start(["record", "-o", "in use.hindcast", "--", "node", file]);
    await running.printed(/ready/);
    const cart = ["--scope", "cart"];
    const commands = [["info"], ["state", ...cart, "--at", "+1s"]].map(([name = "", ...options]) => [
      name,
      "in use.hindcast",
      ...options,
    ]);
    const read = async (copy: string): Promise<void> => {
      for (const [name = "", ...options] of [...commands, ["copy", "in use.hindcast", "-o", copy]])
        expect(await place.run([name, ...options])).toMatchObject({ code: 0, err: "" });
    };
    await read("copy while it is made.hindcast");
    running.child.stdin.write("go");
    expect(await running.ended).toMatchObject({ code: 0, err: "" });
    await read("copy afterwards.hindcast");
  });

  it("end quietly when nobody reads on", async () => {
    await recorded;
    const running = place.start(["metrics", "read.hindcast", "--json"]);
    running.child.stdout.destroy();
    expect(await running.ended).toMatchObject({ code: 0, err: "" });
  });

  it.each<[words: string[], code: number, message: RegExp]>([
    [["events", "read.hindcast", "--from", "+1s", "--to", "+0.5s"], 2, /--from is later than --to\.\n/],
    [["events", "read.hindcast", "--limit", "1", "--last", "1"], 2, /--limit and --last do not go together\.\n/],
    [["info", "missing.hindcast"], 1, /There is no file .*missing\.hindcast\.\n {2}/],
    [["info", "recorded.mjs"], 1, /recorded\.mjs is not a Hindcast recording\.\n {2}/],
    [["state", "read.hindcast", "--scope", "card", "--at", "end"], 1, /no state called card .*\n.*Known: cart\./],
    [["state", "read.hindcast", "--scope", "cart", "--at", "noon"], 1, /noon is not a time\.\n/],
    [["state", "read.hindcast", "--scope", "cart", "--at", "end", "--process", "9"], 1, /has no process 9\./],
    [["history", "read.hindcast", "--scope", "cart", "--path", "a["], 1, /a\[ is not a path/],
    [["state", "read.hindcast", "--at", "-"], 2, /--at - needs --scope\.\n/],
    [["state", "read.hindcast", "--at", "end", "--process", "9"], 1, /has no process 9\./],
    [["history", "read.hindcast", "--path", ""], 2, /'--scope <name>' not specified\.\n.*--help/],
    [["frobnicate"], 2, /Unknown command 'frobnicate'\.\n/],
  ])("say what is wrong with %j and end with %i", async (words, code, message) => {
    await recorded;
    const ended = await reading.run(words);
    expect([ended.code, ended.out, ended.err]).toEqual([code, "", expect.stringMatching(message)]);
  });
});

/** Follows a printed link as a browser does, and opens the line to the engine. */
async function joinAt(
  link: string,
): Promise<{ readonly socket: WebSocket; readonly page: string; readonly again: () => Promise<WebSocket> }> {
  const { origin } = new URL(link);
  const first = await fetch(link, { redirect: "manual" });
  const cookie = first.headers.get("set-cookie")?.split(";")[0] ?? "";
  const page = await (
    await fetch(new URL(first.headers.get("location") ?? "", origin), { headers: { cookie } })
  ).text();
  const again = () =>
    new Promise<WebSocket>((resolve, reject) => {
      const socket = new WebSocket(`${origin.replace("http", "ws")}/engine`, { headers: { cookie, origin } });
      socket.on("open", () => resolve(socket)).on("error", reject);
    });
  return { socket: await again(), page, again };
}

const linkPattern = /Hindcast: (http:\/\/127\.0\.0\.1:\d+\/\?token=\S+) \(/;

describe("hindcast serve", () => {
  afterEach(nothingIsLeft);

  it("serves the window until Ctrl+C and ends with 0", async () => {
    const running = place.start(["serve", "--no-open"]);
    const { page, socket } = await joinAt(await running.printed(linkPattern));
    expect(page).toContain('<div id="app">');
    const closed = new Promise((resolve) => socket.on("close", resolve));
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 0, err: "", out: expect.stringMatching(/^[^\n]+\n$/) });
    await closed;
  });

  it("refuses a recording that is not there before it prints an address", async () => {
    const ended = await place.run(["serve", "missing.hindcast"]);
    expect([ended.code, ended.out, ended.err]).toEqual([1, "", expect.stringContaining("There is no file")]);
  });

  it("is the window in which `open` shows a recording or a place in one; one that is not there is refused", async () => {
    const running = place.start(["serve", "--no-open"]);
    const { port } = new URL(await running.printed(linkPattern));
    const sample = resolve("recordings/ledger-first.hindcast");
    const link = `hindcast://open?file=${encodeURIComponent(sample)}&at=5`;
    for (const [asked, shown] of [
      [sample, sample],
      [link, link],
    ] as const) {
      const { code, out, err } = await place.run(["open", "--no-open", asked]);
      const address = new URL(linkPattern.exec(out)?.[1] ?? "http://none/");
      expect([code, err, address.port, address.searchParams.get("open")]).toEqual([0, "", port, shown]);
    }
    const missing = await place.run(["open", "--no-open", "missing.hindcast"]);
    expect([missing.code, missing.out, missing.err]).toEqual([1, "", expect.stringContaining("There is no file")]);
    const wrong = await place.run(["open", "--no-open", "hindcast://elsewhere"]);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("is no link to a place in a recording")]);
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(0);
  });

  it("says when its port is taken", async () => {
    const running = place.start(["serve", "--no-open"]);
    const { port } = new URL(await running.printed(linkPattern));
    const second = await place.run(["serve", "--no-open", "--port", port]);
    expect([second.code, second.err]).toEqual([1, expect.stringContaining(`Port ${port} is taken.`)]);
    running.child.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
  });

  it.runIf(onLinux)("starts a dead engine again and tells the page", async () => {
    const running = place.start(["serve", "--no-open"]);
    const { socket, again } = await joinAt(await running.printed(linkPattern));
    // The line is open before the engine is there.
    const answered = once(socket, "message");
    socket.send(createCodec().encode({ kind: "call", id: 1, name: "engine.versions", args: {} }));
    await answered;
    const told = new Promise<number>((resolve) => socket.on("close", resolve));
    const killed = place.pidOf(/engine-process/);
    process.kill(killed, "SIGKILL");
    expect(await told).toBe(1012);
    const next = await again();
    const stays = await Promise.race([
      new Promise((resolve) => next.on("close", () => resolve(false))),
      new Promise((resolve) => setTimeout(() => resolve(true), 1500)),
    ]);
    expect([stays, place.pidOf(/engine-process/) === killed]).toEqual([true, false]);
    running.child.kill("SIGINT");
    await running.ended;
  });
});

describe("hindcast demo", () => {
  afterEach(nothingIsLeft);

  it("says where its recording is when Ctrl+C has ended it", async () => {
    const running = place.start(["demo", "--no-open"]);
    await running.printed(linkPattern);
    running.child.kill("SIGINT");
    const { code, out, err } = await running.ended;
    const [, path = ""] = /\nHindcast: the demo is recorded in (.*\.hindcast)\n$/.exec(out) ?? [];
    expect([code, err, existsSync(path)]).toEqual([0, "", true]);
    expect((await place.run(["info", path])).out).toMatch(/ledger/);
  });
});

describe("hindcast run", () => {
  afterEach(nothingIsLeft);

  it("shows the recording while the program has the terminal; Ctrl+C ends program, engine and server", async () => {
    const file = program(
      "service.cjs",
      `process.on("SIGINT", () => { console.log("closing"); setTimeout(() => process.exit(3), 100); });
       setInterval(() => {}, 1000); console.log("up");`,
    );
    const running = place.start(["run", "-o", "run.hindcast", "--no-open", "--", "node", file]);
    const link = await running.printed(linkPattern);
    await running.printed(/up/);
    expect(new URL(link).searchParams.get("open")).toBe(place.path("run.hindcast"));
    await joinAt(link);
    running.child.kill("SIGINT");
    const ended = await running.ended;
    expect([ended.code, ended.out]).toEqual([3, "up\nclosing\n"]);
    expect(ended.err).toMatch(/the program ended with 3; recorded in .*run\.hindcast\n$/);
    expect((await place.run(["logs", "run.hindcast"])).out).toContain("closing");
  });

  it("keeps showing what the program left until Ctrl+C, then ends with the program's code", async () => {
    const file = program("short.cjs", `console.log("short"); process.exitCode = 9;`);
    const running = place.start(["run", "-o", "short.hindcast", "--no-open", "--", "node", file]);
    const link = await running.printed(linkPattern);
    await running.printed(/short/);
    await running.printed(/program ended/);
    await joinAt(link);
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(9);
  });

  it("prints help and version without starting anything", async () => {
    expect((await place.run(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await place.run(["run", "--help"])).out).toContain("hindcast run [options] <command...>");
  });
});

describe("a reading command that is interrupted", () => {
  afterEach(nothingIsLeft);

  it.runIf(onPosix)("ends by the signal while it waits for input, and its engine with it", async () => {
    copyFileSync("recordings/ledger-first.hindcast", place.path("waits.hindcast"));
    const running = place.start(["state", "waits.hindcast", "--scope", "ledger", "--at", "-", "--json"]);
    running.child.stdin.write("+5s\n");
    await running.printed(/^\{/m);
    running.child.kill("SIGINT");
    const ended = await running.ended;
    expect([ended.code, ended.signal, ended.err]).toEqual([null, "SIGINT", ""]);
  });

  it.runIf(onPosix)("leaves no half file behind, whenever it comes, and the recording as it was", async () => {
    const from = place.path("compacted.hindcast");
    copyFileSync("recordings/ledger-first.hindcast", from);
    const isWholeOrInterrupted: boolean[] = [];
    for (const afterMs of [0, 1, 20]) {
      const running = place.start(["compact", "compacted.hindcast"]);
      const isMade = () => readdirSync(place.root).some((name) => name.includes(".compact-"));
      while (!isMade() && running.child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      running.child.kill("SIGINT");
      const { code, signal } = await running.ended;
      isWholeOrInterrupted.push(code === 0 || signal === "SIGINT");
      expect(readdirSync(place.root).filter((name) => name.includes("compacted"))).toEqual(["compacted.hindcast"]);
    }
    expect(isWholeOrInterrupted).toEqual([true, true, true]);
    expect((await place.run(["info", "compacted.hindcast"])).code).toBe(0);
  });
});
