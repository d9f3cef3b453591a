// The Node.js programs of the user that run now: asked for again and again while somebody looks, those that can be attached to first.
import type { RunningProgram } from "../../shared/protocol/attach-calls.js";
import type { EngineLink } from "./engine-link.svelte.js";
import { Query } from "./query.svelte.js";

const refreshEveryMs = 3000;

export class RunningPrograms {
  readonly #link: EngineLink;
  readonly query = new Query<readonly RunningProgram[]>();
  /** What is looked for: part of a name, a path, an argument, a port or a process id. */
  search = $state("");
  readonly #all = $derived(inOrder(this.query.value ?? []));
  readonly shown: readonly RunningProgram[] = $derived(this.#all.filter((program) => isFound(program, this.search)));

  constructor(link: EngineLink) {
    this.#link = link;
  }

  get all(): readonly RunningProgram[] {
    return this.#all;
  }

  readonly load = (): void => this.query.load((signal, tell) => this.#link.call("programs.list", {}, signal, tell));

  /** Until it is released: asks now, and again while the page is seen. */
  watch(page: Document): () => void {
    this.load();
    const timer = setInterval(() => {
      // One that takes longer is not asked again before it has answered.
      if (!page.hidden && this.query.runningSinceMs === undefined) this.load();
    }, refreshEveryMs);
    return () => {
      clearInterval(timer);
      this.query.cancel();
    };
  }
}

/** Nothing stands in the way that the person could not decide about. */
export const canBeTried = ({ obstacle }: RunningProgram): boolean =>
  obstacle === undefined || obstacle.code === "signal-unsure";

/** In the order they came in, which is by age; but first those that can be attached to, and of them those that serve. */
const inOrder = (programs: readonly RunningProgram[]): readonly RunningProgram[] =>
  programs.toSorted((a, b) => rankOf(a) - rankOf(b));
const rankOf = (program: RunningProgram): number => (canBeTried(program) ? Number(program.ports.length === 0) : 2);

function isFound({ pid, name, script, argv, ports }: RunningProgram, search: string): boolean {
  const texts = [String(pid), ...ports.map(String), name, script, ...argv].map((text) => text.toLowerCase());
  const words = search.toLowerCase().split(/\s+/);
  return words.every((word) => texts.some((text) => text.includes(word)));
}
