// Where there is little room: in narrow groups, and at 200 % zoom. Nothing lies over anything else or is cut to a letter,
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

const paneNames = ["Lanes", "Metrics", "Logs", "State", "Requests", "Notes", "Console", "Correlation", "Events"];

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

/** Controls of the dialog in front, else of the window, that a pointer cannot reach even by scrolling what scrolls. */
const unreachable = (app: App): Promise<readonly string[]> =>
  app.page.evaluate(() => {
    const page = document.documentElement;
    const found = page.scrollWidth > innerWidth || page.scrollHeight > innerHeight ? ["the page itself scrolls"] : [];
    const kinds = "button, input, select, textarea, a[href], [role=tab], [role=tree], [role=grid], [role=listbox]";
    const front = document.querySelector("[role=dialog]") ?? document.body;
    for (const control of front.querySelectorAll<HTMLElement>(kinds)) {
      const isThere = control.checkVisibility({ visibilityProperty: true }) && control.closest("[inert]") === null;
      if (!isThere || control.getBoundingClientRect().width <= 1) continue;
      control.scrollIntoView({ block: "nearest", inline: "nearest" });
      const { left, right, top, bottom } = control.getBoundingClientRect();
      const centre = (from: number, to: number, end: number) => (Math.max(0, from) + Math.min(end, to)) / 2;
      const hit = document.elementFromPoint(centre(left, right, innerWidth), centre(top, bottom, innerHeight));
      const isHit = hit !== null && (control.contains(hit) || hit.contains(control));
      const isWithin = left > -1 && right < innerWidth + 1;
      if (!isHit || !isWithin) found.push(control.ariaLabel ?? control.textContent.trim());
    }
    // What hides its overflow can be scrolled by a script, by nobody else.
    for (const box of document.querySelectorAll("*"))
      if (box.scrollLeft !== 0 && getComputedStyle(box).overflowX === "hidden")
        found.push(`${box.className} was moved`);
    return found;
  });

test("at 200 % zoom every pane and every dialog is reached whole, the dialogs by key", async ({ app }) => {
  await app.page.setViewportSize({ width: 640, height: 400 });
  await app.whenIdle();
  await app.samples.first().waitFor();
  expect(await unreachable(app), "welcome page").toEqual([]);
  await app.openSample();
  await app.press("Control+4");
  await app.state.select("changes");
  for (const [at, pane] of paneNames.entries()) {
    await app.press(`Control+${at + 1}`);
    expect(await unreachable(app), pane).toEqual([]);
    // What it is about has most of the room between the top bar and the ruler.
    const box = await app.page.getByRole("region", { name: pane, exact: true }).boundingBox();
    expect((box?.height ?? 0) >= 200 && (box?.width ?? 0) >= 600, pane).toBe(true);
  }
  for (const dialog of ["Run a program", "Attach", "Export", "Settings", "Keyboard help", "Open a recording file"]) {
    await app.runCommand(dialog);
    await expect(app.dialog).toHaveCount(1);
    expect(await unreachable(app), dialog).toEqual([]);
    await app.page.keyboard.press("Shift+Tab");
    const isReached = await app.dialog.evaluate((front) => {
      const { left, right, top, bottom } = (document.activeElement ?? document.body).getBoundingClientRect();
      const isOnScreen = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
      return front.contains(document.activeElement) && isOnScreen;
    });
    expect(isReached, `the last control of ${dialog}`).toBe(true);
    await app.press("Escape");
    await expect(app.dialog).toHaveCount(0);
  }
});
