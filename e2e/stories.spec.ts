// The stories of docs/stories.md, from the welcome page on, with as few actions as a person on a bad day has patience for. What is
// found is compared with what the program itself says was wrong.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { expect, test } from "./fixtures.js";
import type { App } from "./pages/app.js";
import { Person } from "./pages/person.js";
import { clockTextOf } from "./pages/time-ruler.js";

const instant = v.pipe(
  v.string(),
  v.transform((text) => BigInt(text)),
);
const truthLine = v.object({
  file: v.string(),
  statePath: v.string(),
  service: v.string(),
  from: instant,
  to: instant,
});
const truthOf = (incident: string): v.InferOutput<typeof truthLine> => {
  const file = fileURLToPath(new URL(`../recordings/ledger-${incident}.truth.jsonl`, import.meta.url));
  return v.parse(truthLine, JSON.parse(readFileSync(file, "utf8").split("\n")[0] ?? ""));
};
const sourceOf = (file: string): readonly string[] =>
  readFileSync(fileURLToPath(new URL(`../examples/ledger/${file}`, import.meta.url)), "utf8").split("\n");

const sample = (app: App, incident: string) =>
  app.page.getByRole("button", { name: `Open the sample ledger-${incident}` });

test("who made a balance negative is found in at most 8 actions", async ({ app, hindcast }) => {
  await app.whenIdle();
  const person = new Person(app);
  await person.click(sample(app, "overdraft"));
  await person.click(app.state.filter);
  await person.type("balance < 0", app.state.firstTime);
  await person.click(app.state.firstTime);
  expect(person.actions.length, person.actions.join("\n")).toBeLessThanOrEqual(8);

  const truth = truthOf("overdraft");
  await expect(app.state.lastWrite).toContainText("changed now");
  const writer = app.state.writes.filter({ hasText: "last writer" });
  const place = (await writer.locator(".place").textContent()) ?? "";
  // The account is written where all are; the line that let it is in the same request.
  const [, file = "", line = ""] = /^(\S+):(\d+)/.exec(place) ?? [];
  expect(sourceOf(file)[Number(line) - 1]).toContain("from.balance -= amount");
  const at = BigInt(new URLSearchParams(new URL(app.page.url()).hash.slice(1)).get("at") ?? 0);
  expect(Number(at - truth.from) / 1e6).toBeGreaterThan(0);
  expect(Number(at - truth.from) / 1e6).toBeLessThan(1000);
  expect(await app.time.now.textContent()).toBe(clockTextOf(at));

  // By the account that the command line gives of it: nobody was below nothing before.
  const path = (await app.state.selected.locator(".key").getAttribute("title")) ?? "";
  const open = new URLSearchParams(new URL(app.page.url()).hash.slice(1)).get("file") ?? "";
  const printed = await hindcast("history", open, "--scope", "ledger", "--path", path, "--json");
  const writes = printed
    .trim()
    .split("\n")
    .map((text) => v.parse(v.object({ instant, new: v.number() }), JSON.parse(text)));
  expect(writes.find((write) => write.new < 0)?.instant).toBe(at);
});

test("what leaks is found in at most 12 actions", async ({ app }) => {
  await app.whenIdle();
  const person = new Person(app);
  await person.click(sample(app, "memory-leak"));
  await person.click(app.correlation.tab);
  await person.click(app.correlation.question("Grows"));
  await person.click(app.correlation.rows.first());
  expect(person.actions.length, person.actions.join("\n")).toBeLessThanOrEqual(12);

  const truth = truthOf("memory-leak");
  await expect(app.correlation.rows.first()).toContainText(truth.service);
  await expect(app.correlation.rows.first()).toContainText(truth.statePath);
  await expect(app.state.selected.locator(".key")).toHaveAttribute("title", truth.statePath.replace(/^[^.]+\./, ""));
  // Who puts more and more into it is in the file in which nothing is taken out again.
  const writer = app.state.writes.filter({ hasText: "last writer" });
  const [, file = "", line = ""] = /^(\S+):(\d+)/.exec((await writer.locator(".place").textContent()) ?? "") ?? [];
  expect(truth.file).toMatch(new RegExp(`/${file}$`));
  expect(sourceOf(truth.file)[Number(line) - 1]).toContain("answers.set(");
});
