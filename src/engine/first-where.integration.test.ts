// The first write by which a condition on a value holds, over samples, against all of what was written there.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";
import { TestEngine } from "./engine.test-support.js";

const engine = new TestEngine();
afterAll(() => engine.dispose());

const open = (name: string) => engine.call("recording.open", { path: resolve(`recordings/${name}.hindcast`) });
const truthLine = v.object({
  from: v.pipe(
    v.string(),
    v.transform((text) => BigInt(text)),
  ),
  statePath: v.string(),
});

describe("the first write by which a condition holds", () => {
  it("is the one that made a balance negative, right after the line that let it", async () => {
    const { recordingId } = await open("ledger-overdraft");
    const { position, value } = await engine.call("state.first", { recordingId, text: "balance < 0" });
    const truth = v.parse(
      truthLine,
      JSON.parse(readFileSync("recordings/ledger-overdraft.truth.jsonl", "utf8").split("\n")[0] ?? ""),
    );
    if (position === undefined || value === undefined) throw new Error("nothing was found");
    expect(Number(position.instant - truth.from) / 1e6).toBeGreaterThan(0);
    expect(Number(position.instant - truth.from) / 1e6).toBeLessThan(1000);
    expect(`${value.scope}.${value.path}`).toMatch(/^ledger\.accounts\.acc_\d+\.balance$/);
    expect(truth.statePath).toBe("ledger.accounts");
    expect(Number(value.text)).toBeLessThan(0);

    const { process } = position;
    const history = { recordingId, process, scope: value.scope, path: value.path, limit: 1000 };
    const { writes } = await engine.call("state.history", history);
    const own = writes.find(({ seq }) => seq === position.seq);
    expect(own?.newText).toBe(value.text);
    expect(Number(own?.oldText)).toBeGreaterThanOrEqual(0);
    expect(own?.location?.file).toMatch(/ledger\.mjs$/);
    const before = writes.filter(({ seq }) => seq < position.seq);
    expect(before.filter(({ newText }) => Number(newText) < 0)).toEqual([]);
  });

  it("is found among objects that were recorded whole, and words and other comparisons are understood", async () => {
    const { recordingId, scopes, start } = await open("ledger-first");
    const process = scopes[0]?.process ?? 0;
    const first = (text: string) => engine.call("state.first", { recordingId, process, text });
    // An account begins with 0, by the object it was recorded as.
    expect((await first("Balance = 0")).value?.path).toBe("accounts.acc_1001.balance");
    expect((await first("owner = 名前")).value?.path).toBe("accounts.acc_1002.owner");
    expect((await first("balance < 0")).position).toBeUndefined();
    expect((await first("lastReconciled = undefined")).value?.path).toBe("lastReconciled");
    expect((await first("fees > 100")).value?.text).toMatch(/^1\d\dn$/);
    const [ten, twenty] = [(await first("changes >= 10")).position, (await first("changes > 19")).position];
    expect(ten !== undefined && twenty !== undefined && start < ten.instant && ten.instant < twenty.instant).toBe(true);
  });

  it("says that a text is no condition", async () => {
    const { recordingId } = await open("ledger-first");
    await expect(engine.call("state.first", { recordingId, text: "balance" })).rejects.toThrow("bad-condition");
  });
});
