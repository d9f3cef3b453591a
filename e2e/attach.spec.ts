// A service that runs already is attached to from the window: what is asked of it from then on is seen, on the connection that it
// had before; and when it was left nothing more is, and it goes on answering.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import type { App } from "./pages/app.js";
import { WarmService } from "./warm-service.js";

test.skip(process.platform !== "linux", "elsewhere nobody can tell whose SIGUSR1 is");

async function expectAccessible({ page }: App, where: string): Promise<void> {
  // Electron has no second page for axe to collect its results in.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  expect(found, where).toEqual([]);
}

test("a running service is attached to, seen at work, and left as it was", async ({ app, profile }) => {
  const service = await WarmService.start(profile.folder);
  try {
    const { attaching } = app;
    await app.whenIdle();
    await expect(await attaching.found(service.pid)).toContainText(process.versions.node);
    await attaching.choose(service.pid);
    await expect(attaching.dialog).toHaveAccessibleName(`Attach to carts (${service.pid})`);
    await expect(attaching.dialog).toContainText("SIGUSR1 opens its inspector for a moment");

    await test.step("what goes wrong is said where it can be put right", async () => {
      await attaching.follow("carts=globalThis.nothing");
      await attaching.attach();
      await expect(attaching.dialog.getByRole("alert")).toContainText("carts cannot be tracked: there is nothing.");
      await expectAccessible(app, "the dialog");
      await attaching.follow("carts=globalThis.carts");
    });
    await attaching.attach();
    await expect(attaching.strip).toContainText(`Attached to carts (${service.pid})`);
    await expect(app.recordingState).toContainText("LIVE");

    await test.step("its requests arrive in the panes", async () => {
      for (const path of ["/during-1", "/during-2", "/during-3"]) expect(await service.ask(path)).toBe("1");
      await expect(app.logs.lines.filter({ hasText: "asked for /during-3" })).toBeVisible();
      await expect(app.state.row("asked").locator(".values")).toHaveText("4");
      // Blocks of its event loop are spans, too, and may come first.
      await app.lanes.find.fill("/during-");
      await app.lanes.find.press("Shift+Enter");
      await expect(app.lanes.details).toContainText("/during-");
      await expectAccessible(app, "the workspace");
    });

    const threads = service.threads();
    await attaching.detach();
    await expect(attaching.strip).toContainText(`Detached from carts (${service.pid})`);
    await expect(app.recordingState).toContainText("SAVED");
    await expect(app.lanes.region).toContainText("detached");

    await expect.poll(() => service.threads(), { message: "its recorder's thread has ended" }).toBeLessThan(threads);
    await test.step("it goes on, unseen", async () => {
      for (const path of ["/after-1", "/after-2"]) expect(await service.ask(path)).toBe("1");
      await app.logs.filterBy("/after");
      await expect(app.logs.lines).toHaveCount(0);
      await app.logs.filterBy("asked for");
      await expect(app.logs.lines).toHaveCount(3);
    });

    await app.runCommand("Attach to a running program");
    await expect(attaching.dialog).toContainText(String(service.pid));
  } finally {
    await service.stop();
  }
});
