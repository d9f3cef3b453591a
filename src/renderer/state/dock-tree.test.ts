import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { closedOf, defaultTree, opened, type PaneHome } from "./dock-default.js";
import { type Box, dropAt, neighbourOf, placesOf } from "./dock-places.js";
import { dockFrom } from "./dock-stored.js";
import {
  activated,
  alongSide,
  divided,
  type DockNode,
  type DockSide,
  type DockTree,
  groupsOf,
  panesOf,
  placedIn,
  splitOff,
  without,
} from "./dock-tree.js";

const home = (id: string, beside = id): PaneHome => ({ id, beside, isOpen: true });
const four = [home("lanes"), home("metrics"), home("logs"), home("state")];
const homes = [...four, home("events", "lanes"), home("requests", "lanes"), home("correlation", "metrics")];
const sides: readonly DockSide[] = ["left", "right", "top", "bottom"];

/** `(lanes* events | state*)` side by side, `(lanes* / logs*)` one above the other; the star is in front. */
function textOf(tree: DockTree): string {
  if (tree === undefined) return "nothing";
  if (tree.kind === "group") return tree.panes.map((pane) => (pane === tree.active ? `${pane}*` : pane)).join(" ");
  return `(${tree.parts.map(({ node }) => textOf(node)).join(tree.divides === "columns" ? " | " : " / ")})`;
}
const groupOf = (tree: DockTree, pane: string): string =>
  groupsOf(tree).find(({ panes }) => panes.includes(pane))?.id ?? "none";

function expectSound(node: DockNode): void {
  if (node.kind === "group") {
    expect(node.panes).toContain(node.active);
    return;
  }
  expect(node.parts.length).toBeGreaterThan(1);
  expect(node.parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  for (const part of node.parts) {
    expect(part.share).toBeGreaterThan(0);
    if (part.node.kind === "split") expect(part.node.divides).not.toBe(node.divides);
    expectSound(part.node);
  }
}

/** Every pixel belongs to one group or to the line between two. */
function expectFilled(tree: DockTree): void {
  const whole: Box = { left: 0, top: 0, width: 1280, height: 700 };
  const boxes = [...placesOf(tree, whole).groups.values()];
  const area = boxes.reduce((sum, { width, height }) => sum + width * height, 0);
  const lines = placesOf(tree, whole).dividers.reduce(
    (sum, { divides, box }) => sum + (divides === "columns" ? box.height : box.width),
    0,
  );
  expect(area + lines).toBe(whole.width * whole.height);
}

describe("a layout", () => {
  const first = defaultTree(homes);

  it("begins with panes in the groups of their homes, the first of each in front", () => {
    expect(textOf(first)).toBe("((lanes* events requests / metrics* correlation / logs*) | state*)");
  });

  it("moves a tab into another group, where it comes forward, or to another place in its own", () => {
    expect(textOf(placedIn(first, "lanes", groupOf(first, "state")))).toBe(
      "((events* requests / metrics* correlation / logs*) | state lanes*)",
    );
    expect(textOf(placedIn(first, "lanes", groupOf(first, "lanes"), 2))).toBe(
      "((events lanes* requests / metrics* correlation / logs*) | state*)",
    );
    expect(textOf(placedIn(first, "requests", groupOf(first, "lanes"), 0))).toBe(
      "((requests* lanes events / metrics* correlation / logs*) | state*)",
    );
  });

  it("splits a group, takes a like split in, and closes what is left empty", () => {
    const below = splitOff(first, "logs", groupOf(first, "state"), "bottom");
    expect(textOf(below)).toBe("((lanes* events requests / metrics* correlation) | (state* / logs*))");
    const beside = splitOff(below, "state", groupOf(below, "logs"), "right");
    expect(textOf(beside)).toBe("((lanes* events requests / metrics* correlation) | logs* | state*)");
    expect(splitOff(beside, "state", groupOf(beside, "state"), "left")).toBe(beside);
  });

  it("closes a pane and opens it at its home, or along a side when its home is closed too", () => {
    const closed = without(without(first, "metrics"), "correlation");
    expect(textOf(closed)).toBe("((lanes* events requests / logs*) | state*)");
    expect(textOf(opened(closed, home("metrics")))).toBe("((lanes* events requests / logs*) | state* | metrics*)");
    expect(textOf(opened(without(first, "events"), home("events", "lanes")))).toBe(
      "((lanes requests events* / metrics* correlation / logs*) | state*)",
    );
    const none = panesOf(first).reduce(without, first);
    expect(textOf(none)).toBe("nothing");
    expect(textOf(opened(none, home("logs")))).toBe("logs*");
  });

  it("moves a divider between its two neighbours only", () => {
    const moved = divided(first, [0], 1, 0.75);
    const rows = moved?.kind === "split" && moved.parts[0]?.node.kind === "split" ? moved.parts[0].node.parts : [];
    expect(rows.map(({ share }) => share.toFixed(3))).toEqual(["0.460", "0.405", "0.135"]);
  });

  it("knows the group at each side", () => {
    const places = placesOf(first, { left: 0, top: 0, width: 1e5, height: 1e5 });
    const sidesOf = (pane: string) => sides.map((side) => neighbourOf(places, groupOf(first, pane), side));
    const [lanes, logs, state] = ["lanes", "logs", "state"].map((pane) => groupOf(first, pane));
    expect(sidesOf("metrics")).toEqual([undefined, state, lanes, logs]);
    // Of the three at its left the tallest.
    expect(sidesOf("state")).toEqual([lanes, undefined, undefined, undefined]);
  });

  it("says where a tab let go would go", () => {
    const places = placesOf(first, { left: 0, top: 0, width: 1000, height: 600 });
    const at = (x: number, y: number) => {
      const drop = dropAt(places, [x, y], 30, () => [40, 120]);
      return drop === undefined ? "nowhere" : `${drop.group} ${drop.to} ${drop.index ?? "end"}`;
    };
    expect([at(60, 10), at(300, 150), at(5, 150), at(900, 590), at(2000, 10)]).toEqual([
      "g1 tabs 1",
      "g1 tabs end",
      "g1 left end",
      "g4 bottom end",
      "nowhere",
    ]);
  });
});

describe("a stored layout", () => {
  const ids = homes.map(({ id }) => id);

  it("comes back as it was, and what it does not know is added behind", () => {
    const tree = splitOff(defaultTree(four), "logs", "g4", "bottom");
    const stored: unknown = JSON.parse(JSON.stringify({ tree, known: four.map(({ id }) => id) }));
    expect(dockFrom(stored, four)).toEqual(tree);
    expect(textOf(asTree(dockFrom(stored, homes)))).toBe(
      "((lanes* events requests / metrics* correlation) | (state* / logs*))",
    );
  });

  it("stays closed where it was closed, and loses what there is no more", () => {
    const tree = without(defaultTree(homes), "events");
    const stored = { tree, known: ids };
    expect(closedOf(asTree(dockFrom(stored, homes)), homes)).toEqual(["events"]);
    expect(textOf(asTree(dockFrom(stored, four)))).toBe("((lanes* / metrics* / logs*) | state*)");
    expect(dockFrom({ known: ids }, homes)).toBeUndefined();
  });

  it.each<[unknown]>([
    [undefined],
    ["text"],
    [{ left: 0.6 }],
    [{ tree: { kind: "group", id: "g1", panes: [], active: "lanes" }, known: [] }],
    [{ tree: { kind: "split", divides: "rows", parts: [{ share: -1, node: {} }] }, known: [] }],
  ])("is none at all when it is %j", (stored) => {
    expect(dockFrom(stored, homes)).toBe("none");
  });

  it("has every pane once, whatever was stored", () => {
    const group = (id: string, ...panes: string[]) => ({ kind: "group", id, panes, active: "gone" });
    const parts = [
      { share: 0.9, node: group("g1", "lanes", "lanes", "logs") },
      { share: 0.9, node: group("g2", "logs", "state") },
      { share: 0.5, node: group("g2", "metrics") },
    ];
    const tree = asTree(dockFrom({ tree: { kind: "split", divides: "rows", parts }, known: ids }, homes));
    expect(textOf(tree)).toBe("(lanes* logs / state*)");
  });
});

const asTree = (tree: DockTree | "none"): DockTree => (tree === "none" ? undefined : tree);

describe.each([1, 2, 3, 4, 5, 6, 7, 8])("random changes of a layout (seed %i)", (seed) => {
  it("keep every pane once, shares that add up, and no hole", () => {
    const random = randomFrom(seed);
    const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
    let tree = defaultTree(homes);
    const open = new Set(panesOf(tree));
    for (let turn = 0; turn < 300; turn++) {
      const pane = pick(homes) ?? home("lanes");
      const group = pick(groupsOf(tree))?.id ?? "none";
      const side = pick(sides) ?? "left";
      const what = Math.floor(random() * 7);
      if (what === 0) {
        tree = without(tree, pane.id);
        open.delete(pane.id);
      } else if (what === 1) {
        tree = opened(tree, pane);
        open.add(pane.id);
      } else if (what === 2) {
        tree = alongSide(tree, pane.id, side);
        open.add(pane.id);
      } else if (!open.has(pane.id)) continue;
      else if (what === 3) tree = placedIn(tree, pane.id, group, Math.floor(random() * 4));
      else if (what === 4) tree = splitOff(tree, pane.id, group, side);
      else if (what === 5) tree = activated(tree, pane.id);
      else tree = divided(tree, [], Math.floor(random() * 2), random());
      expect([...panesOf(tree)].sort()).toEqual([...open].sort());
      expect(new Set(groupsOf(tree).map(({ id }) => id)).size).toBe(groupsOf(tree).length);
      if (tree === undefined) continue;
      expectSound(tree);
      if (turn % 20 === 0) expectFilled(tree);
    }
    expect(dockFrom(JSON.parse(JSON.stringify({ tree, known: homes.map(({ id }) => id) })), homes)).toEqual(tree);
  });
});
