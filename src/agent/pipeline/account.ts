// How much each stage left out, exactly. A stage that is written the same after a change of the pipeline goes on counting.
import { type LostKinds, lostKinds } from "../../shared/protocol/agent-records.js";
import {
  type FilteredKind,
  type PipelineStage,
  filteredKinds,
  stageWords,
} from "../../shared/protocol/pipeline-stages.js";

/** By the order of `filteredKinds`. A span counts once, a scope as one write. */
export type KindCode = number;
export const codeOf = (kind: FilteredKind): KindCode => filteredKinds.indexOf(kind);

export class StageAccount {
  readonly #counts = new Float64Array(filteredKinds.length);
  readonly #told = new Float64Array(filteredKinds.length);
  total = 0;
  toldTotal = 0;
  toldMs: number | undefined;

  constructor(
    readonly words: string,
    /** Whether what is inside a span it leaves out is left out, too: it decides of traces when they begin. */
    readonly takesInside: boolean,
  ) {}

  count(kind: KindCode): void {
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1;
    this.total++;
  }

  /** Since it was told last. */
  get untold(): LostKinds {
    const since = (kind: FilteredKind): number => (this.#counts[codeOf(kind)] ?? 0) - (this.#told[codeOf(kind)] ?? 0);
    const counts = [since("event"), since("span"), since("log"), since("metric"), since("write")];
    const [events = 0, spans = 0, logs = 0, metrics = 0, writes = 0] = counts;
    return { events, spans, logs, metrics, writes };
  }

  tell(clockMs: number): void {
    this.#told.set(this.#counts);
    this.toldTotal = this.total;
    this.toldMs = clockMs;
  }
}

/** Of a span that is recorded only if it takes so long; else `account` counts it. */
export interface Hold {
  readonly leastMs: number;
  readonly account: StageAccount;
}

const decidesOfTraces = ({ stage }: PipelineStage): boolean => stage === "sample" || stage === "rate-limit";

/** More are counted together. */
const mostAccounts = 256;

export class Accounts {
  readonly #byWords = new Map<string, StageAccount>();

  /** Of the stage at this place. */
  of(stage: PipelineStage, place: number): StageAccount {
    const words =
      this.#byWords.size < mostAccounts ? `${place + 1} ${stageWords(stage)}` : `others that ${stage.stage}`;
    let account = this.#byWords.get(words);
    if (account === undefined) this.#byWords.set(words, (account = new StageAccount(words, decidesOfTraces(stage))));
    return account;
  }

  get all(): Iterable<StageAccount> {
    return this.#byWords.values();
  }
}

export const totalOfKinds = (of: LostKinds): number => lostKinds.reduce((sum, kind) => sum + of[kind], 0);
