// Where there is little room: in narrow groups. Nothing lies over anything else or is cut to a letter,
// and all of it is reached by pointer and by key.
import { expect, test } from "./fixtures.js";
import type { App } from "./pages/app.js";

/** What lies over its neighbour in the bars of groups, or sticks out of the window. */
const faultsOf = (app: App): Promise<readonly string[]> =>
  app.page.evaluate(() => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
    for (const bar of document.querySelectorAll("[data-dock-group]:not([inert]) header.bar")) {
      const group = bar.closest<HTMLElement>("[data-dock-group]")?.dataset["dockGroup"] ?? "";
      const tabs = document.querySelectorAll(`.tabs[data-dock-group="${group}"] :is([role=tab], button)`);
      const parts = [
        ...tabs,
        ...bar.querySelectorAll(":scope > .tools > .note, :scope > .tools > .fold, .own:not(.folded) > *"),
      ];
      const boxes = parts
        .filter((part) => part.checkVisibility({ visibilityProperty: true }) && part.getBoundingClientRect().width > 0)
        .map((part) => ({
          box: part.getBoundingClientRect(),
          name: part.getAttribute("aria-label") ?? part.textContent.trim(),
        }))
        .sort((one, other) => one.box.left - other.box.left);
      for (const [at, { box, name }] of boxes.entries()) {
        const next = boxes[at + 1];
        if (next !== undefined && next.box.left < box.right - 1) found.push(`${name} lies over ${next.name}`);
        if (box.right > innerWidth) found.push(`${name} sticks out`);
      }
    }
    return found;
  });

const toolsOf = (app: App, pane: string) => app.page.getByRole("button", { name: `Tools of ${pane}` });

test("in narrow groups tools and tabs go into menus, and the pane in front keeps its tab", async ({ app }) => {
  await app.whenIdle();
  await app.openSample();
  expect(await faultsOf(app)).toEqual([]);
  await app.press("Control+2");
  await app.runCommand("split this pane off right");
  await app.press("Control+3");
  await app.runCommand("split this pane off right");
  expect(await faultsOf(app)).toEqual([]);

  await expect(toolsOf(app, "Lanes")).toBeHidden();
  await app.page.setViewportSize({ width: 900, height: 800 });
  await app.whenIdle();
  expect(await faultsOf(app)).toEqual([]);
  await toolsOf(app, "Logs").focus();
  await app.press("Enter", "Tab");
  await expect(app.page.getByRole("searchbox", { name: "Filter log lines by text" })).toBeFocused();
  await app.press("Escape");
  await expect(toolsOf(app, "Logs")).toBeFocused();
  await expect(toolsOf(app, "Logs")).toHaveAttribute("aria-expanded", "false");
});
