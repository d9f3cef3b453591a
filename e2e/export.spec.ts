// What leaves a recording for others, from the window: of what, as what, what looks like a secret in it, and what came of it.
import { copyFile, mkdir, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import { themes } from "./themes.js";

const sample = fileURLToPath(new URL("../recordings/ledger-first.hindcast", import.meta.url));

test("a selected stretch leaves as a recording and as JSON lines, secrets only when that is said", async ({
  app,
  profile,
  hindcast,
}) => {
  const source = join(profile.folder, "secrets.hindcast");
  const script = join(profile.folder, "secrets.mjs");
  await writeFile(
    script,
    `console.log("token ghp_${"a1B2c3D4e5F6".repeat(3)}"); setTimeout(() => console.log("later"), 400);`,
  );
  await hindcast("record", "-o", source, "--redact", "off", "--", process.execPath, script);
  await app.openFile(source);
  await app.time.now.waitFor();
  const { page, dialog } = app;
  const field = dialog.getByRole("textbox", { name: /^Path/ });
  const write = dialog.getByRole("button", { name: "Export", exact: true });

  await test.step("what looks like a secret is told, and leaves only when that is said", async () => {
    await app.press("Control+Shift+E");
    await expect(dialog.getByText("Whole recording")).toBeVisible();
    await expect(dialog.getByRole("list", { name: "What looks like secrets" })).toContainText(
      "github-token: 1 in logs",
    );
    await dialog.getByRole("radio", { name: "Leave them in" }).check();
    await expect(write).toBeDisabled();
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).include("[role=dialog]").analyze();
      expect(
        violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id),
      ).toEqual([]);
    }
    await dialog.getByRole("radio", { name: "JSON lines" }).check();
    await expect(field).toHaveValue(/\.jsonl$/);
    const lines = join(profile.folder, "out.jsonl");
    await field.fill(lines);
    await dialog.getByRole("checkbox").check();
    await write.click();
    await expect(dialog.getByText(/^Exported, /)).toBeVisible();
    expect(await readFile(lines, "utf8")).toContain('"record":"log"');
    await dialog.getByRole("button", { name: "Done" }).click();
  });

  await test.step("what looks like a secret is taken out, and so is what somebody adds", async () => {
    await app.press("Control+Shift+E");
    await dialog.getByRole("radio", { name: "Take them out" }).check();
    await dialog.getByRole("button", { name: "Take out more…" }).click();
    await dialog.getByRole("textbox", { name: "Also take out these texts" }).fill("later");
    await expect(dialog.getByRole("list", { name: "What looks like secrets" })).toContainText("text: 1 in logs");
    const clean = join(profile.folder, "clean.jsonl");
    await dialog.getByRole("textbox", { name: /^Path/ }).fill(clean);
    await write.click();
    await expect(dialog.getByRole("list", { name: "What was taken out" })).toContainText("github-token: 1 in logs");
    expect(await readFile(clean, "utf8")).not.toMatch(/ghp_|later/);
    await dialog.getByRole("button", { name: "Done" }).click();
  });

  await test.step("of a selected stretch without it, nothing has to be said; it opens as what it is", async () => {
    await app.press("End", "o");
    await app.logs.lines.filter({ hasText: "later" }).click();
    await app.whenIdle();
    await app.press("i");
    await app.runCommand("Export");
    await expect(dialog.getByRole("radio", { name: "Selected stretch" })).toBeChecked();
    await expect(dialog.getByText("Nothing in it looks like a secret")).toBeVisible();
    const taken = join(profile.folder, "taken.hindcast");
    await writeFile(taken, "mine");
    await dialog.getByRole("radio", { name: "Recording", exact: true }).check();
    await field.fill(taken);
    await write.click();
    await expect(dialog.getByRole("alert")).toContainText("exists already");
    expect(await readFile(taken, "utf8")).toBe("mine");
    await dialog.getByRole("button", { name: "Replace it" }).click();
    await dialog.getByRole("button", { name: "Open it" }).click();
    await expect(app.topBar.getByRole("button", { name: "Recording taken" })).toBeVisible();
    expect((await readdir(profile.folder)).filter((name) => name.includes(".part"))).toEqual([]);
    expect(await hindcast("logs", taken)).not.toContain("ghp_");
  });
});

test("a link leads to a place, and a dropped file that was open before is opened again", async ({
  app,
  context,
  profile,
}) => {
  const path = join(profile.folder, "a b&c.hindcast");
  await copyFile(sample, path);
  await app.openFile(path);
  await app.time.now.waitFor();
  await app.time.goTo("+8s");
  const at = await app.time.now.textContent();
  await expect.poll(() => new URL(app.page.url()).hash).toContain("at=");
  const written = `hindcast://open?${new URL(app.page.url()).hash.slice(1)}`;
  await app.runCommand("Back to the welcome page");
  await app.openFile(written);
  await expect(app.time.now).toHaveText(at ?? "");
  await app.runCommand("Back to the welcome page");

  // As the browser itself takes files from another program.
  const pointer = await context.newCDPSession(app.page);
  const drop = async (file: string): Promise<void> => {
    const data = { items: [], files: [file], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver"] as const)
      await pointer.send("Input.dispatchDragEvent", { type, x: 600, y: 400, data });
    await expect(app.page.getByText("Drop it to open it")).toBeVisible();
    await pointer.send("Input.dispatchDragEvent", { type: "drop", x: 600, y: 400, data });
    await app.whenIdle();
  };
  await test.step("what is no recording says so, and what to do, however large it is", async () => {
    const [folder, text, huge] = ["folder.hindcast", "notes.txt", "disk.img"].map((name) => join(profile.folder, name));
    await mkdir(folder ?? "");
    await writeFile(text ?? "", "bread, milk, and a long line about what else is needed");
    await writeFile(huge ?? "", "");
    await truncate(huge ?? "", 6 * 2 ** 30);
    for (const [file = "", message, next] of [
      [folder, "folder.hindcast is a folder; a recording is one file.", "Choose the .hindcast file in it."],
      [text, "notes.txt is not a Hindcast recording.", "Make one: hindcast record"],
      [huge, "disk.img is not a Hindcast recording.", "Make one: hindcast record"],
    ] as const) {
      await drop(file);
      await expect(app.failures).toContainText([message]);
      await expect(app.failures).toContainText([next]);
      await expect(app.dialog).toHaveCount(0);
      await app.failures.getByRole("button").click();
    }
    await rm(folder ?? "", { recursive: true });
  });
  await copyFile(sample, join(profile.folder, "unknown.hindcast"));
  await drop(join(profile.folder, "unknown.hindcast"));
  await expect(app.dialog.getByText("A browser does not tell where a dropped file lies")).toBeVisible();
  await expect(app.dialog.getByRole("textbox")).toHaveValue("unknown.hindcast");
  await app.press("Escape");
  await rm(join(profile.folder, "unknown.hindcast"));
  await drop(path);
  await expect(app.topBar.getByRole("button", { name: "Recording a b&c" })).toBeVisible();
  await app.runCommand("Back to the welcome page");

  await test.step("a listed recording is called otherwise, said what it is about, and deleted once that is confirmed", async () => {
    const more = (name: string) => app.page.getByRole("button", { name: `More about ${name}` });
    await more("a b&c").click();
    await app.page.getByRole("menuitem", { name: "Rename…" }).click();
    await app.dialog.getByRole("textbox").fill("outage");
    await app.page.keyboard.press("Enter");
    await more("outage").click();
    await app.page.getByRole("menuitem", { name: "Tags…" }).click();
    await app.dialog.getByRole("textbox").fill("payments, to tell Bob");
    await app.page.keyboard.press("Enter");
    await expect(app.page.getByText("to tell Bob")).toBeVisible();
    expect((await readdir(profile.folder)).filter((name) => name.endsWith(".hindcast"))).toEqual(["outage.hindcast"]);
    const files = async () => (await readdir(profile.folder)).filter((name) => name.endsWith(".hindcast"));
    const remove = async () => {
      await more("outage").click();
      await app.page.getByRole("menuitem", { name: "Delete…" }).click();
      await app.dialog.getByRole("button", { name: "Delete" }).click();
      await expect(more("outage")).toHaveCount(0);
    };
    await remove();
    expect(await files()).toEqual(["outage.hindcast"]);
    await app.page.getByRole("button", { name: "Undo" }).click();
    await expect(more("outage")).toBeVisible();
    await remove();
    await expect.poll(files, { timeout: 30_000 }).toEqual([]);
    await expect(more("outage")).toHaveCount(0);
  });
});
