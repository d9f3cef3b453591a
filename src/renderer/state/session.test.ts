import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { failed, ok } from "../../shared/base/result.js";
import { hindcastError } from "../../shared/protocol/errors.js";
import { second, summaryOf, testEngine } from "./engine.test-support.js";
import { Session } from "./session.svelte.js";
import { Toasts } from "./toasts.svelte.js";

// A page has these; playing is not watched here frame by frame.
beforeAll(() => {
  vi.stubGlobal("requestAnimationFrame", () => 1);
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});
afterAll(() => {
  vi.unstubAllGlobals();
});

const setUp = () => {
  const engine = testEngine({
    "recording.open": ({ path }) =>
      Promise.resolve(
        path === "/gone"
          ? failed(hindcastError("no-such-file", { path }))
          : ok({ ...summaryOf(10), recordingId: path.replace("/./", "/"), path, name: path.slice(1) }),
      ),
    "recording.close": () => Promise.resolve(ok({})),
  });
  const session = new Session(engine.link, new Toasts());
  /** `a b*`: those that are open, the one in front with a star. */
  const text = () =>
    session.workspaces.map((one) => `${one.recording.summary.name}${one === session.workspace ? "*" : ""}`).join(" ") ||
    "none";
  return { engine, session, text };
};

describe("several open recordings", () => {
  it("stay as they were left while another one is in front", async () => {
    const { session, text } = setUp();
    await session.open("/a");
    session.workspace?.playhead.moveTo(3 * second);
    await session.open("/b");
    expect([text(), session.workspace?.playhead.offsetNs]).toEqual(["a b*", 10 * second]);
    await session.open("/a");
    expect([text(), session.workspace?.playhead.offsetNs]).toEqual(["a* b", 3 * second]);
    session.switchBy(1);
    expect(text()).toBe("a b*");
    session.switchBy(1);
    expect(text()).toBe("a* b");
  });

  it("are one when it is the same file by another path", async () => {
    const { session, text } = setUp();
    await session.open("/a");
    await session.open("/b");
    await session.open("/./a");
    expect(text()).toBe("a* b");
  });

  it("are closed one by one, and the neighbour comes forward", async () => {
    const { engine, session, text } = setUp();
    for (const path of ["/a", "/b", "/c"]) await session.open(path);
    const [first, middle, last] = session.workspaces;
    if (first === undefined || middle === undefined || last === undefined) throw new Error("three were opened");
    session.closeOne(first);
    expect(text()).toBe("b c*");
    session.closeOne(last);
    expect(text()).toBe("b*");
    session.closeOne(middle);
    expect([text(), session.shown.kind]).toEqual(["none", "welcome"]);
    await expect.poll(() => engine.asked.filter((name) => name === "recording.close").length).toBe(3);
  });

  it("are still there when another one cannot be opened, and from the welcome page", async () => {
    const { session, text } = setUp();
    await session.open("/a");
    await session.open("/b");
    await session.open("/gone");
    expect(text()).toBe("a b*");
    session.close();
    expect([text(), session.shown.kind]).toEqual(["a", "welcome"]);
    await session.open("/a");
    expect(text()).toBe("a*");
  });

  it("does not play behind another one", async () => {
    const { session } = setUp();
    await session.open("/a");
    const [first] = session.workspaces;
    first?.playhead.moveTo(0);
    first?.playhead.togglePlay();
    expect(first?.playhead.isPlaying).toBe(true);
    await session.open("/b");
    expect(first?.playhead.isPlaying).toBe(false);
  });
});
