// Writes log lines as programs do, a kind at a time, and says what each cost in processor time of all of its threads.
// Arguments: a file for what it has to say, and how many lines of each kind.
import { writeFileSync } from "node:fs";
import { pino } from "pino";

const [file, count] = [process.argv[2], Number(process.argv[3])];
let state = 1;
const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
const words = "order of customer was shipped paid Berlin 12.50 invoice yesterday error null user at".split(" ");
const pick = () => words[Math.floor(random() * words.length)];
const items = (count) =>
  JSON.stringify(Array.from({ length: count }, (_, id) => ({ id, name: pick(), price: random(), tags: ["a", "b"] })));
const hex = (units) => Array.from({ length: units }, () => Math.floor(random() * 16).toString(16)).join("");

const log = pino();
const kinds = {
  sentence: [() => `order ${Math.floor(random() * 1e6)} of customer ${pick()} was paid`, (line) => console.log(line)],
  json_5k: [() => items(90).slice(0, 5000), (line) => console.log(line)],
  hex_5k: [() => hex(5000), (line) => console.log(line)],
  pino_500: [() => items(9).slice(0, 500), (line) => log.info({ answer: line }, "answered")],
  stack: [() => new Error(`no order ${Math.floor(random() * 1e6)}`), (error) => console.error(error)],
};

const cpuUs = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

const costs = {};
for (const [name, [make, write]] of Object.entries(kinds)) {
  const lines = Array.from({ length: 2 * count }, make);
  // First as many that nobody counts: V8 is still looking at it.
  for (const line of lines.slice(count)) write(line);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = cpuUs();
  for (const line of lines.slice(0, count)) write(line);
  // What goes on in other threads belongs to it.
  await new Promise((resolve) => setTimeout(resolve, 500));
  costs[name] = (cpuUs() - before) / count;
}
writeFileSync(file, JSON.stringify(costs));
