// The layout of the window: which panes are open, how they share the place, and which group fills it for a while.
// Kept for the user, whatever the recording and theme.
import { closedOf, defaultTree, opened, type PaneHome } from "./dock-default.js";
import { type Drop, neighbourOf, placesOf } from "./dock-places.js";
import { dockFrom, type StoredDock } from "./dock-stored.js";
import type { Kept } from "./kept-texts.js";
import * as tree from "./dock-tree.js";

const storageKey = "hindcast.layout";

export class Dock {
  readonly #storage: Kept;
  readonly #homes: readonly PaneHome[];
  #tree = $state.raw<tree.DockTree>();
  #maximised = $state<string>();
  /** Whether all panes stand behind each other, for want of room; the layout stays what it is. */
  #isStacked = $state(false);
  /** In front then. */
  #front = $state<string>();
  readonly #stack: tree.DockGroup | undefined = $derived.by(() => {
    const panes = tree.panesOf(this.#tree);
    const front = panes.find((pane) => pane === this.#front) ?? tree.groupsOf(this.#tree)[0]?.active;
    return front === undefined ? undefined : { kind: "group", id: "stack", panes, active: front };
  });
  /** Every group that is there, in the order of reading. */
  readonly groups: readonly tree.DockGroup[] = $derived.by(() =>
    this.#isStacked ? tree.groupsOf(this.#stack) : tree.groupsOf(this.#tree),
  );
  readonly closed: readonly string[] = $derived.by(() => closedOf(this.#tree, this.#homes));

  constructor(storage: Kept, homes: readonly PaneHome[]) {
    this.#storage = storage;
    this.#homes = homes;
    const stored = dockFrom(parsed(storage.getItem(storageKey)), homes);
    this.#tree = stored === "none" ? defaultTree(homes) : stored;
  }

  get tree(): tree.DockTree {
    return this.#tree;
  }

  /** What is seen: the one group that fills the place, or all of them. */
  get shown(): tree.DockTree {
    if (this.#isStacked) return this.#stack;
    const one = this.groups.find(({ id }) => id === this.#maximised);
    return one ?? this.#tree;
  }

  get maximised(): string | undefined {
    return this.#maximised;
  }

  isOpen(pane: string): boolean {
    return tree.groupWith(this.#tree, pane) !== undefined;
  }

  /** Whether it is seen: in front of its group, and no other group fills the place. */
  isShown(pane: string): boolean {
    return tree.groupsOf(this.shown).some(({ active }) => active === pane);
  }

  groupOf(pane: string): tree.DockGroup | undefined {
    return tree.groupWith(this.#tree, pane);
  }

  /** In front, opened if it is closed, and never behind a group that fills the place. */
  show(pane: string): void {
    const home = this.#homes.find(({ id }) => id === pane);
    if (home === undefined) return;
    this.#take(opened(this.#tree, home));
    this.#front = pane;
    if (this.#maximised !== undefined && this.groupOf(pane)?.id !== this.#maximised) this.#maximised = undefined;
  }

  close(pane: string): void {
    this.#take(tree.without(this.#tree, pane));
  }

  /** As a tab of that group; `index` counts among its tabs as they are now. */
  moveTo(pane: string, group: string, index?: number): void {
    if (this.#maximised !== group) this.#maximised = undefined;
    this.#take(tree.placedIn(this.#tree, pane, group, index));
  }

  split(pane: string, group: string, side: tree.DockSide): void {
    this.#maximised = undefined;
    this.#take(tree.splitOff(this.#tree, pane, group, side));
  }

  /** By keys: into the group at that side; where there is none, out of its own group to that side. */
  push(pane: string, side: tree.DockSide): void {
    const group = this.groupOf(pane);
    if (group === undefined) return;
    const places = placesOf(this.#tree, { left: 0, top: 0, width: 1e5, height: 1e5 });
    const neighbour = neighbourOf(places, group.id, side);
    if (neighbour === undefined) this.split(pane, group.id, side);
    else this.moveTo(pane, neighbour);
  }

  /** By keys: one place further among the tabs of its group. */
  shift(pane: string, by: 1 | -1): void {
    const group = this.groupOf(pane);
    if (group === undefined) return;
    const at = group.panes.indexOf(pane) + by;
    if (at >= 0 && at < group.panes.length) this.moveTo(pane, group.id, by > 0 ? at + 1 : at);
  }

  drop(pane: string, { group, to, index }: Drop): void {
    if (to === "tabs") this.moveTo(pane, group, index);
    else this.split(pane, group, to);
  }

  divide(path: readonly number[], index: number, fraction: number): void {
    this.#take(tree.divided(this.#tree, path, index, fraction));
  }

  /** Where a double click puts a divider: where it was at first, or in the middle if the layout is another by now. */
  initialFraction(path: readonly number[], index: number): number {
    const split = tree.splitAt(this.#tree, path);
    const first = tree.splitAt(defaultTree(this.#homes), path);
    if (first?.parts.length !== split?.parts.length || first?.divides !== split?.divides) return 0.5;
    const [one, next] = [first?.parts[index]?.share ?? 0.5, first?.parts[index + 1]?.share ?? 0.5];
    return one / (one + next);
  }

  setStacked(isStacked: boolean): void {
    this.#isStacked = isStacked;
  }

  get isStacked(): boolean {
    return this.#isStacked;
  }

  toggleMaximised(group: string): void {
    if (this.#isStacked) return;
    this.#maximised = this.#maximised === group ? undefined : group;
  }

  /** As it is stored, and as `use` takes it. */
  get kept(): StoredDock {
    return { tree: this.#tree, known: this.#homes.map(({ id }) => id) };
  }

  use(stored: StoredDock): void {
    const found = dockFrom(stored, this.#homes);
    if (found === "none") return;
    this.#maximised = undefined;
    this.#take(found);
  }

  reset(): void {
    this.#maximised = undefined;
    this.#tree = defaultTree(this.#homes);
    this.#storage.removeItem(storageKey);
  }

  #take(changed: tree.DockTree): void {
    this.#tree = changed;
    if (!tree.groupsOf(changed).some(({ id }) => id === this.#maximised)) this.#maximised = undefined;
    this.#storage.setItem(storageKey, JSON.stringify(this.kept));
  }
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
