// Writing a rule over a recording: a typo and its fix, when it would have fired, what a moved threshold gains and loses, why it did
// not fire at an instant, and what becomes of files that somebody else changes.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import { themes } from "./themes.js";
import type { App } from "./pages/app.js";

const rule = `rule "warnings" {
  when count(log where level == "warm", 1s) > 0
  then { alert("warnings") }
}`;

async function expectAccessible(app: App): Promise<void> {
  const { violations } = await new AxeBuilder({ page: app.page }).include("[data-pane=rules]").analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("; ")}`)).toEqual([]);
}

const inProfile = (folder: string, name: string): string => join(folder, "data", "hindcast", "rules", name);

test("a rule is written, corrected, back-tested while one types, explained and saved", async ({ app, profile }) => {
  await app.openSample();
  const { rules, page } = app;
  await rules.show();
  await expect(rules.region.getByText("No rules yet")).toBeVisible();

  await test.step("a typo is underlined, and put right by its fix", async () => {
    await rules.write(rule);
    await expect(rules.typos).toHaveText('"warm"');
    await rules.takeFix();
    await expect(rules.typos).toHaveCount(0);
    expect(await rules.text()).toContain('level == "warn"');
  });

  let firings = 0;
  await test.step("its firings are counted", async () => {
    await expect(rules.cells("warnings")).toHaveCount(1);
    firings = Number(await rules.cells("warnings").textContent());
    expect(firings).toBeGreaterThan(0);
  });

  await test.step("saved by its key", async () => {
    await rules.editor.press("Control+s");
    await expect(rules.save).toBeDisabled();
    await expect
      .poll(() => readFile(inProfile(profile.folder, "rules.rules"), "utf8").catch(() => ""))
      .toContain('level == "warn"');
  });

  await test.step("a threshold that is moved loses some, and another gains some", async () => {
    await rules.change("> 0", "> 1000");
    await expect(rules.cells("warnings")).toHaveText([String(firings), "0", "0", "0", `−${firings}`]);
    await rules.change("> 1000", "> 0");
    await expect(rules.save).toBeDisabled();
    await rules.change(
      `then { alert("warnings") }
}`,
      `then { alert("warnings") }
}
rule "lines" { when count(log, 1s) > 0 then { mark("lines") } }`,
    );
    await expect(rules.cells("lines").nth(0)).toHaveText("0");
    await expect(rules.cells("lines").nth(3)).toHaveText(/^\+\d+$/);
  });

  await test.step("it is said why it did not fire, and how far it was from that", async () => {
    await rules.change("> 0", "> 1000");
    await rules.region.getByRole("button", { name: "warnings", exact: true }).click();
    await rules.under("At the playhead");
    await expect(rules.why).toContainText("did not fire");
    await expect(rules.why).toContainText(/\d+ needs > 1000, \d+ away/);
    await expect(rules.badges.first()).toHaveText(/^✗ \d+$/);
    await rules.change("> 1000", "> 0");
    await rules.why
      .getByRole("button", { name: /Go to the (next firing|firing before)/ })
      .first()
      .click();
    await expect(rules.why).toContainText("fires");
  });

  await test.step("of a clause without a value it is said that it has none", async () => {
    await rules.change("> 0", '> 0 && p95(span where name == "never", 1s) > 5ms');
    await rules.region.locator(".cm-line", { hasText: "never" }).click();
    await expect(rules.why).toContainText("no value");
    await rules.change(' && p95(span where name == "never", 1s) > 5ms', "");
  });

  await test.step("a row of Metrics begins a rule about it", async () => {
    await page
      .getByRole("button", { name: /^Options of heap used/ })
      .first()
      .click();
    await page.getByRole("menuitem", { name: "Write a rule about it" }).click();
    await expect(rules.editor).toContainText("avg(v8js.memory.heap.used, 1m) > ");
    await expect(rules.typos).toHaveCount(0);
  });

  await test.step("what is not saved outlives a reload", async () => {
    await rules.change("> 0", "> 7");
    await page.reload();
    await app.time.now.waitFor();
    await app.whenIdle();
    await expect(rules.editor).toContainText("> 7");
    await expect(rules.save).toBeEnabled();
  });
});

test("a file that somebody else changes meanwhile is not written over, and nothing is lost", async ({
  app,
  profile,
}) => {
  await app.openSample();
  const { rules } = app;
  await rules.show();
  await rules.write(rule.replace("warm", "warn"));
  await rules.editor.press("Control+s");
  await expect(rules.save).toBeDisabled();
  const path = inProfile(profile.folder, "rules.rules");

  await writeFile(path, "# theirs\n");
  await expect(rules.editor).toContainText("# theirs");

  await rules.write("# mine\n");
  await writeFile(path, "# theirs again\n");
  await expect(rules.region.getByText("was changed elsewhere while you edited it")).toBeVisible();
  await rules.region.getByRole("button", { name: "Keep both" }).click();
  await expect(rules.editor).toContainText("# mine");
  await rules.editor.press("Control+s");
  await expect(rules.save).toBeDisabled();
  expect(await readFile(inProfile(profile.folder, "rules mine.rules"), "utf8")).toBe("# mine\n");
  expect(await readFile(path, "utf8")).toBe("# theirs again\n");
});

for (const theme of themes)
  test(`the pane can be used by everybody, ${theme}`, async ({ app, page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await app.openSample();
    await app.rules.show();
    await expectAccessible(app);
    await app.rules.write(rule);
    await expectAccessible(app);
    await app.rules.change("warm", "warn");
    await app.rules.under("At the playhead");
    await expectAccessible(app);
  });
