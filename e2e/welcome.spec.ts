import { expect, test } from "./fixtures.js";

test.describe("the welcome page", () => {
  test("is where a new profile lands, with the demo and a sample one click away", async ({ app }) => {
    await app.whenIdle();
    await expect(app.welcome).toBeVisible();
    await expect(app.recordDemo).toBeVisible();
    await expect(app.samples.first()).toBeVisible();
  });
});
