// Recordings of states that no sample has, made in a few seconds for screenshots: something evicted, something missing, next to nothing
// captured, many services with long names and many lines.
import { spawnSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./run-step.js";
import { shopProgram } from "./shop-program.js";

const ticking = (seconds: number, end: string): string => `
import { event, track } from "hindcast";
const ticks = track("ticks", { n: 0, last: "" });
const timer = setInterval(() => {
  ticks.n++;
  ticks.last = "tick " + ticks.n;
  event("tick", { n: ticks.n });
  console.log("tick", ticks.n);
  if (ticks.n * 20 > ${seconds * 1000}) { ${end} }
}, 20);
`;

const longName = "customer-notification-preferences-and-consent-synchronisation";
/** Starts one of each name; each serves itself, and prints so many lines. */
const starter = (names: readonly string[]): string => `
import { spawn } from "node:child_process";
for (const name of ${JSON.stringify(names)}) spawn(process.execPath, [name + ".mjs"], { stdio: "ignore" });
`;
const service = (lines: number): string => `
import { createServer, get } from "node:http";
import { track } from "hindcast";
const held = track("pendingSynchronisationJobsByOrganisationAndRegion", new Map());
const server = createServer((request, response) => setTimeout(() => response.end("ok"), 30));
server.listen(0, "127.0.0.1", () => {
  let asked = 0;
  const ask = () => {
    held.set("organisation-" + asked + "-of-the-region-with-the-longest-name-of-all", { attempts: asked, state: "waiting for consent" });
    get({ port: server.address().port, path: "/api/v2/organisations/0f8fad5b-d9cb-469f-a165-70867728950e/notification-preferences/" + asked },
      (response) => response.resume().on("end", () => (++asked < 40 ? ask() : server.close())));
  };
  ask();
});
let printed = 0;
const timer = setInterval(() => {
  for (let n = 0; n < 500; n++, printed++)
    console.log("synchronised", printed, "of the preferences of organisation 0f8fad5b-d9cb-469f-a165-70867728950e with everything that belongs to them");
  if (printed >= ${lines}) clearInterval(timer);
}, 30);
`;

/** By their names in pictures; each is made when it is first asked for. */
export class MadeRecordings {
  readonly #folder: string;
  readonly #made = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined for what is not made here. */
  pathOf(name: string): string | undefined {
    const make = makers[name];
    if (make === undefined) return undefined;
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const path = join(this.#folder, `${name}.hindcast`);
    make(path, this.#folder);
    this.#made.set(name, path);
    return path;
  }
}

const makers: Readonly<Record<string, (path: string, folder: string) => void>> = {
  evicted: (path, folder) => record(path, folder, ticking(14, "process.exit()"), "--max-age", "3s"),
  killed: (path, folder) => record(path, folder, ticking(2, 'process.kill(process.pid, "SIGKILL")')),
  shop: (path, folder) => record(path, folder, shopProgram, "--level", "calls"),
  "not-captured": (path, folder) => record(path, folder, "setTimeout(() => {}, 2500);", "--level", "metrics"),
  many: (path, folder) => {
    const names = [longName, "orders", "payments", "inventory", "search", "mail", "reports", "sessions"];
    for (const name of names) writeFileSync(join(folder, `${name}.mjs`), service(13_000));
    record(path, folder, starter(names));
  },
};

function record(path: string, folder: string, program: string, ...options: readonly string[]): void {
  const file = join(folder, "program.mjs");
  writeFileSync(file, program);
  const args = ["record", "-o", path, ...options, "--", process.execPath, file];
  const made = spawnSync(process.execPath, [join(repositoryRoot, "out/node/cli.js"), ...args], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (statSync(path, { throwIfNoEntry: false }) === undefined) throw new Error(`${path} was not made: ${made.stderr}`);
}
