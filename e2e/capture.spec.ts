// What is captured is changed while a program is recorded: the stage counts, the ruler says so, and what is wrong is said in place.
import { expect, test } from "./fixtures.js";

test(
  "a stage that is added to a live recording leaves records out from then on, and says how many",
  { tag: "@live" },
  async ({ app }) => {
    test.setTimeout(300_000);
    await app.whenIdle();
    await app.recordLedger();
    await expect(app.recordingState).toContainText("LIVE");
    const open = app.page.getByRole("button", { name: "What is captured" });
    await open.press("Enter");
    await expect(app.dialog).toContainText("No stages: everything is recorded as it is.");

    await app.dialog.getByRole("button", { name: "Add a stage" }).press("Enter");
    await app.page.getByRole("menuitem", { name: "Drop", exact: true }).press("Enter");
    const stage = app.dialog.getByRole("textbox", { name: "Stage 1" });
    await stage.fill('{"stage":"drop","where":{"knid":"log"}}');
    await expect(app.dialog.getByRole("alert")).toContainText("where.knid is not known here");
    await expect(app.dialog.getByRole("button", { name: "Apply" })).toBeDisabled();
    await stage.fill('{"stage":"drop","where":{"kind":"metric","name":"process.*"}}');
    await app.dialog.getByRole("button", { name: "Apply" }).press("Enter");
    await expect(app.dialog).toHaveCount(0);

    await expect(
      app.page.getByRole("button", { name: /left out by stage 1 drop metric process\.\*/ }).first(),
    ).toBeAttached({
      timeout: 60_000,
    });
    await expect(open).toHaveAttribute("aria-pressed", "true");
    await open.press("Enter");
    await expect(app.dialog).toContainText(/[1-9]\d* records? left out so far/, { timeout: 30_000 });
    await app.dialog.getByRole("button", { name: "Remove stage 1" }).press("Enter");
    await app.dialog.getByRole("button", { name: "Apply" }).press("Enter");
    await expect(app.dialog).toHaveCount(0);
    await expect(open).not.toHaveAttribute("aria-pressed", "true");
  },
);
