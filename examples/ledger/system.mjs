// The whole ledger: starts notifications, accounts, payments and the gateway, keeps them running, makes load and incidents,
// and stops what it started. `node system.mjs --help` lists the options.
import { once } from "node:events";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createLog } from "./common/log.mjs";
import { Child, outsideEnvironment } from "./system/child.mjs";
import { incidentTable } from "./system/incident-table.mjs";
import { scheduleOf } from "./system/schedule.mjs";
import { Truth } from "./system/truth.mjs";

const { values: options } = parseArgs({
  options: {
    help: { type: "boolean" },
    port: { type: "string", default: "0" },
    "address-file": { type: "string" },
    load: { type: "string" },
    "load-log": { type: "string" },
    seed: { type: "string", default: "1" },
    rate: { type: "string", default: "20" },
    requests: { type: "string" },
    pattern: { type: "string" },
    incident: { type: "string", multiple: true, default: [] },
    truth: { type: "string" },
  },
});
if (options.help) {
  console.log(`--port N                  where the gateway listens; any free port without it
--address-file FILE       the gateway's address is written into it
--load SECONDS            make load, and stop after it
--load-log FILE           each request of it and its answer, as JSON lines
--seed N                  the same seed makes the same requests and the same random incidents
--rate N | max            requests a second in Normal Operations
--requests N              stop after so many requests, if not before
--pattern NAME            one pattern of load, instead of all in turns
--incident NAME[@FROM[-TO]], --incident random
                          what goes wrong, FROM and TO in seconds of the load: ${Object.keys(incidentTable).join(", ")}
--truth FILE              what went wrong when and where in the code, as JSON lines`);
  process.exit();
}

const log = createLog("system");
const truth = new Truth(options.truth);
let giveUp;
const givenUp = new Promise((resolve) => (giveUp = resolve)).then(() => (process.exitCode = 1));
const onMessage = (message, service) => (message.kind === "given-up" ? giveUp() : truth.tells(message, service));
const data = process.env.LEDGER_DATA ?? mkdtempSync(join(tmpdir(), "ledger-"));
const inside = (name, port = "0") =>
  new Child(name, `${name}/${name}.mjs`, { environment: { ...process.env, LEDGER_DATA: data }, port, log, onMessage });

const provider = new Child("provider", "provider/provider.mjs", { environment: outsideEnvironment(), log, onMessage });
const notifications = inside("notifications");
const accounts = inside("accounts");
const payments = inside("payments");
const gateway = inside("gateway", options.port);
/** @type {Map<string, Child>} */
const children = new Map([provider, notifications, accounts, payments, gateway].map((child) => [child.name, child]));

await Promise.all([provider.start(), notifications.start(), accounts.start()]);
const urls = { ACCOUNTS_URL: accounts.url, NOTIFICATIONS_URL: notifications.url, PROVIDER_URL: provider.url };
await payments.start(urls);
await gateway.start({ ...urls, PAYMENTS_URL: payments.url });
console.log(`ledger listening on ${gateway.url}`);
if (options["address-file"] !== undefined) {
  // In one step: whoever waits for the file finds all of it.
  writeFileSync(`${options["address-file"]}.new`, gateway.url);
  renameSync(`${options["address-file"]}.new`, options["address-file"]);
}

const stopping = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT"), givenUp]);
if (options.load === undefined) await stopping;
else await Promise.race([stopping, playLoad(options.load)]);
// Who asks is stopped before who answers.
for (const child of [...children.values()].reverse()) await child.stop();
if (process.env.LEDGER_DATA === undefined) rmSync(data, { recursive: true, force: true });
process.exit();

async function playLoad(seconds) {
  const args = ["--url", gateway.url, "--seconds", seconds, "--seed", options.seed, "--rate", options.rate];
  if (options.pattern !== undefined) args.push("--pattern", options.pattern);
  if (options.requests !== undefined) args.push("--requests", options.requests);
  if (options["load-log"] !== undefined) args.push("--log", options["load-log"]);
  const load = new Child("load", "load/generate.mjs", { environment: outsideEnvironment(), args, log, onMessage });
  children.set("load", load);
  const over = load.run();
  const schedule = scheduleOf(options.incident, Number(seconds), Number(options.seed));
  await Promise.all([over, ...schedule.map(({ kind, from, to }) => haveIncident(kind, from * 1000, to * 1000))]);
}

async function haveIncident(kind, fromMs, toMs) {
  const { turnedOnIn, by, remedy } = incidentTable[kind];
  const concerned = turnedOnIn.map((name) => children.get(name));
  await wait(fromMs);
  truth.turnedOn(kind);
  log.info({ incident: kind }, "incident turned on");
  for (const child of concerned) void child.turnIncident(kind, true);
  if (by === "deploy") await deploy(concerned, "1.1");
  await wait(toMs - fromMs);
  await Promise.all(concerned.map((child) => child.turnIncident(kind, false)));
  if (by === "deploy") await deploy(concerned, "1.0");
  if (remedy === "restart") await restart(concerned, () => truth.isOver(kind));
  else truth.isOver(kind);
  log.info({ incident: kind }, "incident turned off");
}

async function deploy(services, release) {
  for (const service of services) service.remember("RELEASE", release);
  await restart(services);
}

async function restart(services, whenStopped = () => {}) {
  for (const service of services) await service.restart(whenStopped);
}
