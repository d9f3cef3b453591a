// How it looks where it can be measured: nothing sticks out or lies on top of something else, colours are readable,
// names are there; in both themes as far as they differ, and at the sizes people have.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import type { App } from "./pages/app.js";

const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;

/** A theme changes colours only: what has nothing to do with them is judged in one of them. */
const wholeTheme = "light";

async function expectAccessible(app: App, where: string, theme: "light" | "dark"): Promise<void> {
  const judge = new AxeBuilder({ page: app.page });
  if (theme !== wholeTheme) judge.withRules(["color-contrast"]);
  const { violations } = await judge.analyze();
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ""}`).join("; ")}`,
    );
  expect(serious, where).toEqual([]);
}

/** Neighbours in the top bar and the ruler's controls: pairs whose boxes overlap, and what sticks out of the window. */
const overlaps = (app: App): Promise<readonly string[]> =>
  app.page.evaluate(() => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
    for (const bar of document.querySelectorAll(".topbar, .transport")) {
      const leaves = [...bar.querySelectorAll<HTMLElement>("*")].filter((element) => {
        const isVisible = element.offsetWidth > 1 && element.checkVisibility();
        return isVisible && element.childElementCount === 0 && element.textContent.trim() !== "";
      });
      const boxes = leaves.map((element) => {
        // Only what is seen: text that is clipped by its parents reaches no further than they do.
        let { left, right, top, bottom } = element.getBoundingClientRect();
        for (let parent = element.parentElement; parent !== null && parent !== bar; parent = parent.parentElement) {
          if (getComputedStyle(parent).overflowX === "visible") continue;
          const box = parent.getBoundingClientRect();
          [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
          [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
        }
        return { text: element.textContent.trim(), left, right, top, bottom };
      });
      boxes.forEach((a, i) => {
        if (a.right > innerWidth + 0.5 || a.left < -0.5) found.push(`${a.text} sticks out`);
        for (const b of boxes.slice(i + 1)) {
          const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          if (width > 1 && height > 1) found.push(`${a.text} lies on ${b.text}`);
        }
      });
    }
    return found;
  });

for (const theme of ["light", "dark"] as const) {
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme });

    test(
      theme === wholeTheme
        ? "nothing overlaps or scrolls sideways, and axe finds nothing serious"
        : "all contrasts suffice",
      async ({ app }) => {
        await app.whenIdle();
        await expect(app.page.locator("html")).toHaveAttribute("data-theme", theme);
        for (const size of theme === wholeTheme ? sizes : []) {
          await app.page.setViewportSize(size);
          expect(await overlaps(app), `welcome at ${size.width}`).toEqual([]);
        }
        await expectAccessible(app, "welcome", theme);
        await app.press("Control+k");
        await expectAccessible(app, "command palette", theme);
        await app.press("Escape", "Control+o");
        await expectAccessible(app, "open a file", theme);
        await app.press("Escape");

        await app.openSample();
        await app.time.goTo("+10s");
        await app.press("i");
        await app.time.goTo("+12s");
        await app.press("o", "ArrowRight");
        await app.state.select("changes");
        await app.lanes.plot.focus();
        await app.press("Enter");
        for (const size of theme === wholeTheme ? sizes : []) {
          await app.page.setViewportSize(size);
          await app.whenIdle();
          expect(await overlaps(app), `workspace at ${size.width}`).toEqual([]);
        }
        await expectAccessible(app, "workspace", theme);
        await app.press("Escape", "g");
        await expectAccessible(app, "go to a time", theme);
        await app.press("Escape", "?");
        await expectAccessible(app, "keyboard help", theme);
      },
    );
  });
}

test("the theme follows the system until it is chosen, and the choice stays", async ({ app }) => {
  await app.page.emulateMedia({ colorScheme: "light" });
  await app.whenIdle();
  const background = () => app.page.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor);
  const light = await background();
  await app.topBar.getByRole("button", { name: "Use the dark theme" }).click();
  const dark = await background();
  expect(dark).not.toBe(light);
  await app.page.reload();
  await app.whenIdle();
  expect(await background()).toBe(dark);
  await app.runCommand("system's theme");
  expect(await background()).toBe(light);
});

test.describe("for who asked the system for less motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("nothing moves by itself, and playing is steps", async ({ app }) => {
    const moving = () =>
      app.page.evaluate(() => [
        ...document.getAnimations().map((one) => one.id),
        ...[...document.querySelectorAll("*")].flatMap((element) => {
          const { transitionDuration, animationDuration } = getComputedStyle(element);
          return [transitionDuration, animationDuration].some((duration) => /[1-9]/.test(duration))
            ? [`${element.tagName}.${element.className}`]
            : [];
        }),
      ]);
    await app.whenIdle();
    expect(await moving(), "welcome").toEqual([]);
    // A failure's toast, over a dialog.
    await app.openFile("/no/such/file");
    await expect(app.failures).toHaveCount(1);
    await app.press("Control+k");
    expect(await moving(), "dialog").toEqual([]);
    await app.press("Escape");
    await app.openSample();
    expect(await moving(), "workspace").toEqual([]);

    await app.time.goTo("+1s");
    const steps = app.time.now.evaluate(
      (shown) =>
        new Promise<readonly number[]>((resolve) => {
          const places: number[] = [];
          const look = new MutationObserver(() => {
            places.push(Number(/:(\d\d\.\d{3})/.exec(shown.textContent)?.[1]) * 1000);
            if (places.length === 4) resolve(places);
          });
          look.observe(shown, { characterData: true, childList: true, subtree: true });
        }),
    );
    await app.page.keyboard.press("Space");
    const places = await steps;
    const between = places.slice(1).map((place, at) => (place - (places[at] ?? 0) + 60_000) % 60_000);
    expect(Math.min(...between)).toBeGreaterThan(400);
  });
});
