// What a person does in the window: drags the playhead, turns the wheel, clicks an instant, filters; and how soon it is shown.
import { setTimeout as wait } from "node:timers/promises";
import * as v from "valibot";
import type { Browser } from "./browser.js";

const box = v.object({ x: v.number(), y: v.number(), width: v.number(), height: v.number() });
type Box = v.InferOutput<typeof box>;
const shown = v.object({ stateMs: v.number(), allMs: v.number() });
const opened = v.object({ paintMs: v.number(), idleMs: v.number() });
export type Opened = v.InferOutput<typeof opened>;
export type Shown = v.InferOutput<typeof shown>;

const refreshMs = 1000 / 60;
/** Where on the track nothing but the track is. */
const trackPx = 20;

export class Person {
  constructor(readonly browser: Browser) {}

  /** Milliseconds from navigating until the workspace was painted with rows in it, and until nothing was under way any more. */
  async open(url: string): Promise<Opened> {
    await this.browser.send("Page.addScriptToEvaluateOnNewDocument", { source: noteFirstPaint });
    await this.browser.send("Page.navigate", { url });
    return v.parse(
      opened,
      await this.#untilThere(
        "window.benchPaintMs === undefined ? undefined : window.hindcastIdle().then(() => ({ paintMs: window.benchPaintMs, idleMs: performance.now() }))",
      ),
    );
  }

  /** To and fro over the whole track, a movement for each frame. */
  async scrub(seconds: number): Promise<void> {
    const track = await this.#track();
    const at = (share: number) => ({ x: track.x + track.width * share, y: track.y + trackPx });
    await this.#mouse("mousePressed", at(0.05), { button: "left", buttons: 1, clickCount: 1 });
    await everyFrame(seconds, (passedMs) =>
      this.#mouse("mouseMoved", at(0.5 - 0.45 * Math.cos(passedMs / 1200)), { button: "left", buttons: 1 }),
    );
    await this.#mouse("mouseReleased", at(0.5), { button: "left", buttons: 0, clickCount: 1 });
    await this.settle();
  }

  /** Into the lanes and out again. */
  async zoom(seconds: number): Promise<void> {
    const lanes = await this.#box("[data-pane=lanes] canvas");
    const at = { x: lanes.x + lanes.width * 0.6, y: lanes.y + lanes.height / 2 };
    await everyFrame(seconds, (passedMs) =>
      this.#mouse("mouseWheel", at, { deltaX: 0, deltaY: Math.sin(passedMs / 900) > 0 ? -20 : 20, modifiers: 2 }),
    );
    await this.settle();
  }

  /** A click on the track; `stateMs` is when State changed last, `allMs` when anything did. Idle is the page later: it writes its address, too. */
  async jumpTo(share: number): Promise<Shown> {
    const track = await this.#track();
    const at = { x: track.x + track.width * share, y: track.y + trackPx };
    await this.browser.evaluate(watchChanges);
    await this.#mouse("mousePressed", at, { button: "left", buttons: 1, clickCount: 1 });
    await this.#mouse("mouseReleased", at, { button: "left", buttons: 0, clickCount: 1 });
    return v.parse(shown, await this.browser.evaluate("window.benchShown()"));
  }

  async filterLogs(text: string): Promise<void> {
    await this.browser.evaluate(
      `(() => { const field = document.querySelector("[data-pane=logs] input[type=search]"); field.focus(); field.select(); })()`,
    );
    await this.browser.send("Input.insertText", { text });
    // What is typed counts once typing pauses.
    await wait(300);
    await this.settle();
  }

  settle(): Promise<unknown> {
    return this.browser.evaluate("window.hindcastIdle()");
  }

  /** What its objects need once everything that nobody holds is gone. */
  async heapBytes(): Promise<number> {
    await this.browser.send("HeapProfiler.collectGarbage");
    return v.parse(v.object({ usedSize: v.number() }), await this.browser.send("Runtime.getHeapUsage")).usedSize;
  }

  #track(): Promise<Box> {
    return this.#box(".ruler .track");
  }

  async #box(selector: string): Promise<Box> {
    const found = await this.browser.evaluate(
      `(() => { const { x, y, width, height } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect(); return { x, y, width, height }; })()`,
    );
    return v.parse(box, found);
  }

  #mouse(type: string, at: { readonly x: number; readonly y: number }, more: object): Promise<unknown> {
    return this.browser.send("Input.dispatchMouseEvent", { type, ...at, ...more });
  }

  async #untilThere(expression: string): Promise<unknown> {
    for (;;) {
      const value = await this.browser.evaluate(expression).catch(() => undefined);
      if (value !== undefined) return value;
      await wait(50);
    }
  }
}

/** Not faster than the page takes them. */
async function everyFrame(seconds: number, move: (passedMs: number) => Promise<unknown>): Promise<void> {
  const beganMs = performance.now();
  for (let nextMs = 0; nextMs < seconds * 1000; nextMs = Math.max(nextMs + refreshMs, performance.now() - beganMs)) {
    await wait(Math.max(0, beganMs + nextMs - performance.now()));
    await move(performance.now() - beganMs);
  }
}

const noteFirstPaint = `(() => {
  const look = () => {
    const isThere = document.querySelector("[data-testid=playhead-time]") && document.querySelector("[data-pane=logs] .line .time");
    // Painted by the frame after the one in which it came.
    if (isThere) requestAnimationFrame(() => { window.benchPaintMs = performance.now(); });
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

const watchChanges = `(() => {
  let [pressedMs, stateMs, allMs] = [undefined, undefined, undefined];
  addEventListener("pointerdown", (event) => { pressedMs = event.timeStamp; }, { capture: true, once: true });
  const state = document.querySelector("[data-pane=state]");
  const observer = new MutationObserver((changes) => {
    allMs = performance.now();
    if (changes.some(({ target }) => state.contains(target))) stateMs = allMs;
  });
  observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  window.benchShown = async () => {
    await window.hindcastIdle();
    observer.disconnect();
    return { stateMs: (stateMs ?? pressedMs) - pressedMs, allMs: (allMs ?? pressedMs) - pressedMs };
  };
})()`;
