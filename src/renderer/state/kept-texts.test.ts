import { describe, expect, it } from "vitest";
import { failed, ok } from "../../shared/base/result.js";
import { hindcastError, type HindcastError } from "../../shared/protocol/errors.js";
import type { Call } from "../../shared/protocol/rpc.js";
import { KeptTexts } from "./kept-texts.js";

/** As a browser's: what was kept is listed among its own properties. */
function browserStorage(): Storage {
  const methods: PropertyDescriptorMap = {};
  const storage = Object.create(null, methods) as Storage;
  const hidden = (value: unknown) => ({ value, enumerable: false });
  return Object.defineProperties(storage, {
    getItem: hidden((key: string) => (Object.hasOwn(storage, key) ? storage[key] : null)),
    setItem: hidden((key: string, text: string) => (storage[key] = text)),
    removeItem: hidden((key: string) => Reflect.deleteProperty(storage, key)),
  });
}

/** An engine as far as it keeps texts. */
function keeper(kept: Record<string, string> = {}) {
  const engine = { kept, isLost: false, problem: undefined as HindcastError | undefined, calls: 0 };
  const answer = (name: string, args: { key?: string; text?: string }) => {
    if (engine.isLost) return failed(hindcastError("engine-lost"));
    if (name === "window.kept") return ok({ ...engine.kept });
    engine.calls++;
    if (engine.problem !== undefined) return failed(engine.problem);
    if (args.text === undefined) Reflect.deleteProperty(engine.kept, args.key ?? "");
    else engine.kept[args.key ?? ""] = args.text;
    return ok({});
  };
  const call = ((name: string, args: object) => Promise.resolve(answer(name, args))) as unknown as Call;
  return { engine, call };
}

describe("KeptTexts", () => {
  it("are the engine's, whatever browser or port the window is in", async () => {
    const { engine, call } = keeper({ "hindcast.settings": "light" });
    const storage = browserStorage();
    storage.setItem("hindcast.layout", "of another time");
    storage.setItem("others", "stay");
    const kept = new KeptTexts(storage, call, () => undefined);
    await kept.load();
    expect(["hindcast.settings", "hindcast.layout", "others"].map((key) => kept.getItem(key))).toEqual([
      ...["light", null],
      "stay",
    ]);
    kept.setItem("hindcast.layout", "new");
    kept.removeItem("hindcast.settings");
    await kept.sent();
    expect(engine.kept).toEqual({ "hindcast.layout": "new" });
  });

  it("send what changes quickly once", async () => {
    const { engine, call } = keeper();
    const kept = new KeptTexts(browserStorage(), call, () => undefined);
    for (let at = 0; at < 50; at++) kept.setItem("hindcast.layout", String(at));
    kept.setItem("hindcast.layout", "49");
    await kept.sent();
    expect([engine.kept, engine.calls]).toEqual([{ "hindcast.layout": "49" }, 1]);
  });

  it("wait in the browser for an engine that is not there, and win over what it had", async () => {
    const { engine, call } = keeper({ "hindcast.settings": "old", "hindcast.author": "Ada" });
    const storage = browserStorage();
    engine.isLost = true;
    const before = new KeptTexts(storage, call, () => expect.unreachable());
    await before.load();
    before.setItem("hindcast.settings", "new");
    before.setItem("hindcast.author", "?");
    before.removeItem("hindcast.author");
    await before.sent();
    engine.isLost = false;
    const after = new KeptTexts(storage, call, () => undefined);
    await after.load();
    expect([after.getItem("hindcast.settings"), after.getItem("hindcast.author")]).toEqual(["new", null]);
    await after.sent();
    expect(engine.kept).toEqual({ "hindcast.settings": "new" });
    await new KeptTexts(storage, call, () => undefined).load();
    expect(Object.keys(storage)).toEqual(["hindcast.settings"]);
  });

  it("say what the engine says about them", async () => {
    const { engine, call } = keeper();
    const problems: HindcastError[] = [];
    const kept = new KeptTexts(browserStorage(), call, (error) => problems.push(error));
    engine.problem = hindcastError("cannot-write", { path: "/state", reason: "read-only" });
    kept.setItem("hindcast.settings", "new");
    await kept.sent();
    expect([problems, kept.getItem("hindcast.settings")]).toEqual([[engine.problem], "new"]);
  });
});
