// What the first button of the first page gives: a system of several services, live, each of them with its state.
import { expect, test } from "./fixtures.js";

test("the demo shows four services and what each of them keeps", { tag: "@live" }, async ({ app }) => {
  await app.whenIdle();
  await app.recordDemo.click();
  await expect(app.recordingState).toContainText("LIVE", { timeout: 60_000 });
  for (const service of ["gateway", "accounts", "payments", "notifications"])
    await expect(app.page.getByText(service, { exact: true }).first()).toBeAttached({ timeout: 60_000 });
  for (const scope of ["ledger", "pool", "feeds", "payments", "gateway"])
    await expect(app.state.scope.getByRole("option", { name: new RegExp(`^${scope}\\b`) })).not.toHaveCount(0, {
      timeout: 60_000,
    });
  await expect(app.failures).toHaveCount(0);
});
