import { expect, test } from "./fixtures.js";

test("the window starts on the welcome page, with the sample and the demo one click away", async ({ app }) => {
  await expect(app.openSample).toBeVisible();
  await expect(app.recordDemo).toBeVisible();
});
