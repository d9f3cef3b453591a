// What rules tell while a program is recorded, in a window that follows it: alerts in their pane and on the ruler, and what a person
// does about them, which is in the file then.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import { themes } from "./themes.js";

const commandLine = fileURLToPath(new URL("../out/node/cli.js", import.meta.url));
const refusing = `let n = 0; setInterval(() => console.error("refused", ++n), 100);
  process.stdin.resume().on("end", () => process.exit());`;
const rules = `rule "refusals" by service severity critical { when count(log where level == "error", 2s) > 5 then { alert("refused in \${service}") } }
rule "lines" { when count(log, 1s) > 3 then { mark("busy") } }
`;

test(
  "a rule that fires live is told of, acknowledged, noted on and resolved",
  { tag: "@live" },
  async ({ app, profile, hindcast }) => {
    test.skip(process.platform === "win32", "needs POSIX processes");
    const path = join(profile.folder, "ruled.hindcast");
    await writeFile(join(profile.folder, "live.rules"), rules);
    const recorder = spawn(
      process.execPath,
      [commandLine, "record", "-o", path, "--rules", "live.rules", "--", process.execPath, "-e", refusing],
      { cwd: profile.folder, env: profile.env, stdio: ["pipe", "ignore", "ignore"] },
    );
    const { page } = app;
    const pane = page.getByRole("region", { name: "Alerts" });
    const row = (words: string) => pane.getByRole("row").filter({ hasText: words });
    try {
      await app.whenIdle();
      await app.openLive(path);

      await test.step("it is in the pane, and on the ruler", async () => {
        await app.runCommand("Show Alerts");
        await expect(row("refused in")).toBeVisible();
        await expect(row("refused in").getByRole("img", { name: "firing" })).toBeVisible();
        await expect(pane.getByText("2 rules evaluated")).toBeVisible();
        await expect(page.getByRole("button", { name: /refusals: service .*: refused in/ })).toHaveCount(1);
      });

      await test.step("a key acknowledges it, a line notes on it", async () => {
        await row("refused in").click();
        await page.keyboard.press("a");
        await expect(row("refused in").getByRole("img", { name: "acknowledged" })).toBeVisible();
        const words = pane.getByRole("textbox", { name: "Note on this alert" });
        await words.fill("the provider is down");
        await words.press("Enter");
        await expect(pane.getByText("the provider is down")).toBeVisible();
      });

      await test.step("what fires like it is suppressed, until that is ended", async () => {
        await pane.getByRole("button", { name: "Suppress alerts like this" }).click();
        await page.getByRole("menuitem", { name: "Suppress for an hour" }).click();
        await expect(pane.getByText(/^Suppressed until .*rule refusals/)).toBeVisible();
        await pane.getByRole("button", { name: "End this suppression" }).click();
        await expect(pane.getByText(/^Suppressed until/)).toHaveCount(0);
      });

      for (const colorScheme of themes) {
        await page.emulateMedia({ colorScheme });
        const { violations } = await new AxeBuilder({ page }).include("[data-pane=alerts]").analyze();
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("; ")}`)).toEqual([]);
        if (process.env["HINDCAST_TEST_SHOTS"] !== undefined)
          await page.screenshot({ path: join(process.env["HINDCAST_TEST_SHOTS"], `alerts-${colorScheme}.png`) });
      }

      await test.step("resolved, it is over; the file has all of it", async () => {
        await row("refused in").getByRole("button", { name: "Resolve this alert" }).click();
        await expect(row("refused in").getByRole("img", { name: "resolved" })).toBeVisible();
        recorder.stdin.end();
        await once(recorder, "exit");
        const printed = await hindcast("alerts", path);
        expect(printed).toMatch(/resolved by .* critical .* refusals +service=.* refused in/);
        expect(printed).toContain(": the provider is down");
      });
    } finally {
      recorder.stdin.end();
      if (recorder.exitCode === null) await once(recorder, "exit");
    }
  },
);
