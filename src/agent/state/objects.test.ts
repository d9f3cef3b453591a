import { describe, expect, it } from "vitest";
import { defaultLimits } from "./followed.js";
import { FollowedObjectSet } from "./objects.js";

/** A set whose rounds are gone through by hand. */
function followed() {
  const objects: FollowedObjectSet = new FollowedObjectSet({
    clockMs: () => 0,
    limits: defaultLimits,
    placeholderFor: () => undefined,
    onAdopted: (_object, entry) => (entry.shadow = { kind: "opaque", tooLarge: false }),
    onReached: () => undefined,
  });
  const idOf = (object: object): number | undefined => objects.of(object)?.id;
  /** Everything that is not among these is forgotten. */
  const goRound = (kept: readonly object[]): void => {
    objects.round++;
    for (const object of kept) objects.reach(object);
    objects.beginSweep();
    while (objects.sweep(1000));
  };
  return { objects, idOf, goRound };
}

describe("FollowedObjectSet", () => {
  it("looks for an object in no more places the more there were, and knows those that stay by the same ids", () => {
    const { objects, idOf, goRound } = followed();
    const kept: object[] = [];
    const known = new Map<object, number | undefined>();
    let most = 0;
    for (let n = 0; n < 1_200_000; n++) {
      const object = {};
      objects.encoder.slot(object, "");
      if (n % 20_000 === 0) {
        kept.push(object);
        known.set(object, idOf(object));
      }
      if (n % 50_000 === 0) goRound(kept);
      most = Math.max(most, objects.parts);
    }
    expect(most).toBeLessThan(10);
    expect(objects.count).toBeGreaterThan(kept.length - 1);
    expect(kept.map(idOf)).toEqual(kept.map((object) => known.get(object)));
    expect(kept.length).toBe(60);
  });

  it("knows one that comes back soon by the id that it had", () => {
    const { objects, idOf, goRound } = followed();
    const object = {};
    objects.encoder.slot(object, "");
    const id = idOf(object);
    goRound([]);
    expect(idOf(object)).toBeUndefined();
    for (let n = 0; n < 100_000; n++) objects.encoder.slot({}, "");
    goRound([]);
    objects.encoder.slot(object, "");
    expect(idOf(object)).toBe(id);
  });
});
