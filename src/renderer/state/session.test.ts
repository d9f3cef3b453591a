import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { failed, ok } from "../../shared/base/result.js";
import { hindcastError } from "../../shared/protocol/errors.js";
import { second, settled, start, summaryOf, testEngine } from "./engine.test-support.js";
import { hashFromPlace, type KeptPlace, placeFromAddress } from "./place.js";
import { randomTexts } from "./random-text.test-support.js";
import { Session } from "./session.svelte.js";
import { Toasts } from "./toasts.svelte.js";
import { placeOf } from "./workspace-place.js";

// A page has these; playing is not watched here frame by frame.
beforeAll(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("requestAnimationFrame", () => 1);
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});
afterAll(() => {
  vi.unstubAllGlobals();
});

const setUp = (before: () => Promise<void> = () => Promise.resolve()) => {
  const engine = testEngine({
    "recording.open": async ({ path }) => {
      await before();
      return path === "/gone"
        ? failed(hindcastError("no-such-file", { path }))
        : ok({ ...summaryOf(10), recordingId: path.replace("/./", "/"), path, name: path.slice(1) });
    },
    "recording.close": () => Promise.resolve(ok({})),
  });
  const toasts = new Toasts();
  const session = new Session(engine.link, toasts);
  /** `a b*`: those that are open, the one in front with a star. */
  const text = () =>
    session.workspaces.map((one) => `${one.recording.summary.name}${one === session.workspace ? "*" : ""}`).join(" ") ||
    "none";
  return { engine, session, toasts, text };
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

describe("what was open before the page was loaded anew", () => {
  const place = (path: string, seconds: number): KeptPlace => ({
    path,
    instant: start + BigInt(seconds * second),
    record: undefined,
    views: new Map(),
    value: undefined,
  });
  const playheads = ({ workspaces }: Session) =>
    workspaces.map(({ recording, playhead }) => `${recording.summary.name} ${playhead.offsetNs / second}`).join(", ");

  it("is open again in its order, each where it was, and what was in front is in front", async () => {
    const { session, text } = setUp();
    const places = [place("/a", 1), place("/b", 2), place("/c", 3)];
    await session.restore(places, place("/b", 5));
    expect([text(), playheads(session)]).toEqual(["a b* c", "a 1, b 5, c 3"]);
    await session.open("/d");
    expect(text()).toBe("a b c d*");
  });

  it("is behind the welcome page where that was in front", async () => {
    const { session, text } = setUp();
    await session.restore([place("/a", 1), place("/b", 2)], undefined);
    expect([text(), session.shown.kind]).toEqual(["a b", "welcome"]);
  });

  it("is there without what cannot be opened any more, and that is said", async () => {
    const { session, toasts, text } = setUp();
    await session.restore([place("/a", 1), place("/gone", 1), place("/b", 2)], place("/a", 1));
    expect([text(), toasts.shown.length]).toEqual(["a* b", 1]);
  });

  it("is one recording where somebody opened it meanwhile", async () => {
    const { session, text } = setUp();
    const restoring = session.restore([place("/a", 1), place("/b", 2)], undefined);
    await Promise.all([restoring, session.open("/./b")]);
    expect(text()).toBe("a ./b*");
  });

  it("waits for an engine that goes away meanwhile", async () => {
    let calls = 0;
    const { engine, session, text } = setUp(async () => {
      calls += 1;
      if (calls <= 2) engine.lose();
      await settled();
    });
    await session.restore([place("/a", 1), place("/b", 2)], place("/b", 2));
    expect([text(), playheads(session)]).toEqual(["a b*", "a 1, b 2"]);
  });
});

describe("an address of anybody", () => {
  it.each([1, 2, 3])("breaks no recording that is open (seed %i)", async (seed) => {
    const random = randomTexts(seed);
    const { session } = setUp();
    await session.open("/a");
    const { workspace } = session;
    if (workspace === undefined) throw new Error("it was opened");
    const keys = ["at", "record", "stretch", "span", "view-lanes", "view-ruler", "scope", "value", "only", "request"];
    for (let n = 0; n < 150; n++) {
      const kept = new URLSearchParams({ file: "/a", v: random.oneOf(["2", "1"]) });
      for (let part = random.below(6); part > 0; part--) {
        const number = random.digits();
        const value = random.oneOf([number, `${number}_${random.digits()}`, `-${number}`, random.text(20), "all"]);
        kept.set(keys[random.below(keys.length)] ?? "at", value);
      }
      const place = placeFromAddress(`#${kept.toString()}`, "");
      if (place !== undefined) await session.goTo(place);
      const { recording, playhead, selection, ranges } = workspace;
      const lanes = ranges.of("lanes");
      const shown = [playhead.offsetNs, selection.range?.fromNs ?? 0, selection.range?.toNs ?? 0];
      expect([kept.toString(), shown.every((ns) => ns >= 0 && ns <= recording.durationNs)]).toEqual([
        kept.toString(),
        true,
      ]);
      expect([kept.toString(), lanes.spanNs > 0 && Number.isFinite(lanes.fromNs)]).toEqual([kept.toString(), true]);
      const again = hashFromPlace(placeOf(workspace));
      expect(hashFromPlace(placeFromAddress(again, ""))).toBe(again);
    }
  });
});
