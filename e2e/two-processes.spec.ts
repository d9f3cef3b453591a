// Two processes of one program that call what they track the same: the window says which of them it speaks of.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "./fixtures.js";

const forking = `
const { fork } = require("node:child_process");
const { track } = require("hindcast");
const isChild = process.argv[2] === "child";
const shared = track("shared", { n: 0 });
const write = () => (shared.n = isChild ? 100 : 1);
console.log(String(process.pid));
if (isChild) setTimeout(write, 50);
else fork(__filename, ["child"]).on("exit", () => setTimeout(write, 50));
`;

test("scopes of one name are told apart, and a step says whose write it came to", async ({
  app,
  hindcast,
  profile,
}) => {
  const file = join(profile.folder, "two.hindcast");
  await writeFile(join(profile.folder, "prog.cjs"), forking);
  const printed = await hindcast("record", "-o", file, "--", process.execPath, "prog.cjs");
  const [parent, child] = printed.split("\n");

  await app.whenIdle();
  await app.openFile(file);
  await app.state.tree.waitFor();
  await app.whenIdle();
  await expect(app.state.scope.getByRole("option")).toHaveText([
    `shared, pid ${parent} of prog`,
    `shared, pid ${child} of prog`,
  ]);

  await app.press("ArrowLeft");
  await expect(app.time.outcome).toHaveText(`prog (pid ${parent}): shared.n = 1`);
  await expect(app.state.row("n")).toContainText("changed now");
  await app.press("ArrowLeft");
  await expect(app.time.outcome).toHaveText(`prog (pid ${child}): shared.n = 100`);
  await expect(app.state.row("n").locator(".values")).toHaveText("0");

  await app.state.scope.selectOption(`shared, pid ${child} of prog`);
  await app.whenIdle();
  await expect(app.state.row("n")).toContainText("changed now");
  await expect(app.state.row("n").locator(".new")).toHaveText("100");
});
