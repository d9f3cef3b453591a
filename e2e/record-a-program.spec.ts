// The whole promise in one sitting: record a real program, go to an instant, see the state it had. The program keeps its
// own account (LEDGER_ORACLE); what the window shows must be that, to the cent.
import { expect, test } from "./fixtures.js";
import { knownInstants, type OracleLine } from "./oracle.js";
import type { ShownRow } from "./pages/state-pane.js";
import { clockTextOf } from "./pages/time-ruler.js";

// Tall, so that the ledger's own values and its accounts are on screen together.
test.use({ viewport: { width: 1280, height: 1400 } });

const openedAccounts = ["acc_1001", "acc_1002", "acc_1003"];

/** The same facts from the window and from the program, under the paths the window uses. */
function factsOf(line: OracleLine): ReadonlyMap<string, string> {
  const { accounts, journal, totals } = line.state;
  return new Map([
    ["changes", String(line.changes)],
    ["accounts", `Map(${accounts.entries.length})`],
    ["journal", `Array(${journal.length})`],
    ["totals.debits", String(totals.debits)],
    ["totals.credits", String(totals.credits)],
    ...accounts.entries.flatMap(([id, { balance, version }]): [string, string][] =>
      openedAccounts.includes(id)
        ? [
            [`accounts.${id}.balance`, String(balance)],
            [`accounts.${id}.version`, String(version)],
          ]
        : [],
    ),
  ]);
}

function shownFacts(rows: readonly ShownRow[], wanted: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  // Of a list or map only how many it holds: `Array(3) [{…}, …]`.
  const shown = new Map(rows.map(({ path, value }) => [path, /^(?:Map|Array)\(\d+\)/.exec(value)?.[0] ?? value]));
  return new Map([...wanted.keys()].map((path) => [path, shown.get(path) ?? "not shown"]));
}

test(
  "what State shows at an instant is what the program had, live, stepped to and saved",
  { tag: "@live" },
  async ({ app, oracle }) => {
    test.setTimeout(300_000);
    await app.whenIdle();
    await app.recordLedger();
    await expect(app.recordingState).toContainText("LIVE");
    await expect(app.time.region.getByText("At live")).toBeVisible();
    const lengthOf = async () => await app.recordingState.getAttribute("aria-label");
    const lengthAtFirst = await lengthOf();
    await expect.poll(lengthOf, { message: "the recording grows" }).not.toBe(lengthAtFirst);
    await expect.poll(async () => (await oracle().catch(() => [])).length, { timeout: 30_000 }).toBeGreaterThan(100);
    await expect(app.captureCost).toHaveText(/engine \d+\.?\d* %/);
    await expect(app.captureCost).toHaveAccessibleDescription(/Engine: .* of a processor, .* rows? waiting now/);

    await test.step("scrubbing leaves live and shows an earlier state", async () => {
      await app.time.scrub(0.9, 0.6);
      await expect(app.time.region.getByText(/behind live$/)).toBeVisible();
      const now = await app.time.now.textContent();
      const begun = (await oracle()).filter((line) => clockTextOf(line.begun) <= (now ?? "")).length;
      // Within a change its last write, the count itself, may not have been made.
      expect([String(begun), String(begun - 1)]).toContain(
        (await app.state.row("changes").locator(".values").textContent())?.trim(),
      );
    });

    await app.state.expand("totals");
    await app.state.expand("accounts");
    for (const id of openedAccounts.toReversed()) await app.state.expand(`accounts.${id}`);
    const known = knownInstants((await oracle()).slice(20, 110), 12);
    expect(known).toHaveLength(12);

    await test.step("twelve instants, while it goes on", async () => {
      for (const { instant, line } of known) {
        await app.time.goTo(String(instant));
        await expect(app.time.now).toHaveText(clockTextOf(instant));
        const wanted = factsOf(line);
        expect(shownFacts(await app.state.rows(), wanted)).toEqual(wanted);
      }
    });

    await test.step("write by write to the program's next change", async () => {
      const lines = await oracle();
      const from = known[5];
      const next = lines[lines.findIndex(({ changes }) => changes === from?.line.changes) + 1];
      if (from === undefined || next === undefined) throw new Error("the program made no further change");
      await app.time.goTo(String(from.instant));
      for (let steps = 1; ; steps++) {
        expect(steps, "writes of one change").toBeLessThan(60);
        await app.press("ArrowRight");
        await expect(app.state.lastWrite.locator(".badge")).toHaveText("changed now");
        const changed = (await app.state.rows()).filter(({ isChanged }) => isChanged);
        const { path, value } = changed.find((row) => row.path === "changes") ?? {};
        if (path === undefined) continue;
        expect(value).toBe(String(next.changes));
        break;
      }
      const wanted = factsOf(next);
      expect(shownFacts(await app.state.rows(), wanted)).toEqual(wanted);
      await app.press("ArrowLeft");
      await expect(app.state.row("changes").locator(".values")).toHaveText(String(from.line.changes));
    });

    await test.step("the same after it was stopped", async () => {
      await app.stopRecording();
      for (const { instant, line } of [known[11], known[0]].filter((one) => one !== undefined)) {
        await app.time.goTo(String(instant));
        const wanted = factsOf(line);
        expect(shownFacts(await app.state.rows(), wanted)).toEqual(wanted);
      }
    });
  },
);
