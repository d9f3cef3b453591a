import { describe, expect, it } from "vitest";
import { ok } from "../../shared/base/result.js";
import { settled, testEngine } from "./engine.test-support.js";
import { LaunchDraft } from "./launch-draft.svelte.js";
import { firstChoices } from "./settings.svelte.js";

/** A form on a first visit, where Hindcast was started in a package of that name; undefined: in no package. */
function formIn(packageName: string | undefined): LaunchDraft {
  const found = {
    folder: "/home/u/shop",
    runner: "npm",
    scripts: [],
    ...(packageName === undefined ? {} : { packageName }),
  };
  const { link } = testEngine({ "launch.folder": () => Promise.resolve(ok(found)) });
  const kept = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  return new LaunchDraft(kept, link.call, { choices: firstChoices });
}

describe("the folder of the form for a program", () => {
  it.each([
    ["shop", "/home/u/shop"],
    [undefined, ""],
    ["hindcast", ""],
  ])("is the package that Hindcast was started in: of %s it is %j", async (packageName, folder) => {
    const form = formIn(packageName);
    await form.suggestFolder();
    expect(form.folder).toBe(folder);
  });

  it("stays what somebody types meanwhile", async () => {
    const form = formIn("shop");
    const suggested = form.suggestFolder();
    form.folder = "/elsewhere";
    await suggested;
    await settled();
    expect(form.folder).toBe("/elsewhere");
  });
});
