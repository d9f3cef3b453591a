// What the Rules pane shows beside the text: what its rules would have done over the open recording, now and as saved, and why the
// rule at the cursor did or did not fire at the playhead. Each is asked anew a moment after the last key; the answer before stays.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import { ok } from "../../../shared/base/result.js";
import { ruleStem } from "../../../shared/base/rule-file-names.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { type ComparedIncident, type Incident, type RuleCounts, compared, countsOf, incidentsOf } from "./incidents.js";
import type { RuleBook } from "./rule-book.svelte.js";
import type { Checked, WrittenRule } from "./rule-problems.js";

export type Explained = CallResult<"rules.explain"> & {
  readonly rule: string;
  readonly text: string;
  readonly atNs: number;
};
interface Backtest {
  readonly text: string;
  readonly answer: CallResult<"rules.backtest">;
  readonly incidents: readonly Incident[];
}

/** After the last key. */
const debounceMs = 120;
/** After the last movement of the playhead. */
const settleMs = 150;
/** Of a recording that grows: seconds between two back-tests. */
const liveEvery = 5;
const courseBuckets = 120;
const nothingChecked: Checked = { problems: [], rules: [] };

export class RulesView {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly book: RuleBook;
  readonly edited = new Query<Backtest>();
  readonly saved = new Query<Backtest>();
  readonly explained = new Query<Explained>();
  #checked = $state.raw<Checked>(nothingChecked);
  #cursor = $state(0);
  #askedText: string | undefined;
  #askedSaved: string | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;
  #explainLater: ReturnType<typeof setTimeout> | undefined;

  /** The rule that the cursor is in, or the one before it. */
  readonly rule: WrittenRule | undefined = $derived.by(
    () => this.#checked.rules.findLast(({ from }) => from <= this.#cursor) ?? this.#checked.rules[0],
  );
  readonly incidents: readonly ComparedIncident[] = $derived.by(() => {
    const edited = this.edited.value?.incidents ?? [];
    return compared(this.#savedIncidents ?? edited, edited);
  });
  readonly counts: readonly RuleCounts[] = $derived.by(() => {
    const rules = this.edited.value?.answer.rules.map(({ rule }) => rule) ?? [];
    return countsOf(rules, this.#savedIncidents ?? this.edited.value?.incidents ?? [], this.incidents);
  });

  constructor(recording: OpenRecording, playhead: Playhead, book: RuleBook) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.book = book;
  }

  get checked(): Checked {
    return this.#checked;
  }
  get errors(): number {
    return this.#checked.problems.filter(({ severity }) => severity === "error").length;
  }
  /** There is another version on the disk to compare with. */
  get isCompared(): boolean {
    return this.#savedIncidents !== undefined;
  }
  get savedIncidents(): readonly Incident[] {
    return this.#savedIncidents ?? [];
  }
  /** What is shown is of another text than the one in the editor. */
  get isStale(): boolean {
    return this.edited.value !== undefined && this.edited.value.text !== this.book.text;
  }

  get #savedIncidents(): readonly Incident[] | undefined {
    const { savedText } = this.book;
    if (savedText === undefined || savedText === this.book.text) return undefined;
    return this.saved.value?.text === savedText ? this.saved.value.incidents : undefined;
  }

  check(found: Checked): void {
    this.#checked = found;
  }
  stand(offset: number): void {
    this.#cursor = offset;
  }

  /** In an effect: whenever the text, what is saved, or the recording changed. */
  ask(): void {
    const { text, savedText, current } = this.book;
    const grown = this.#recording.isLive ? Math.floor(this.#recording.seconds / liveEvery) : 0;
    const { state } = this.#recording.summary;
    if (current === undefined) return;
    const about = `${current.name}\0${grown}\0${state}\0`;
    const asked = about + text;
    if (this.#askedText === asked) return;
    const isFirst = this.#askedText === undefined;
    this.#askedText = asked;
    clearTimeout(this.#later);
    this.#later = setTimeout(
      () => {
        this.#backtest(this.edited, text, current.name);
        const isOther = savedText !== undefined && savedText !== text;
        if (!isOther || this.#askedSaved === about + savedText) return;
        this.#askedSaved = about + savedText;
        this.#backtest(this.saved, savedText, current.name);
      },
      isFirst ? 0 : debounceMs,
    );
  }

  /** In an effect: whenever the text, the rule at the cursor or the playhead changed. */
  askWhy(): void {
    const { text, current } = this.book;
    const { rule } = this;
    const atNs = this.#playhead.offsetNs;
    clearTimeout(this.#explainLater);
    if (current === undefined || rule === undefined) return;
    this.#explainLater = setTimeout(() => this.#explain(text, current.name, rule.name, atNs), settleMs);
  }

  stop(): void {
    clearTimeout(this.#later);
    clearTimeout(this.#explainLater);
    this.#askedText = undefined;
  }

  again(): void {
    this.edited.retry();
    this.saved.retry();
  }

  #backtest(query: Query<Backtest>, source: string, file: string): void {
    const { start: from, end: to } = this.#recording.summary;
    const endNs = this.#recording.durationNs;
    query.load(async (signal, tell) => {
      const answer = await this.#recording.call(
        "rules.backtest",
        { source, name: ruleStem(file), from, to },
        signal,
        tell,
      );
      if (!answer.ok) return answer;
      const offsetOf = (instant: bigint): number => this.#recording.offsetFromInstant(instant);
      const incidents = incidentsOf(answer.value.outcomes, offsetOf, endNs);
      return ok({ text: source, answer: answer.value, incidents });
    }, 0);
  }

  #explain(source: string, file: string, rule: string, atNs: number): void {
    const { start: from, end: to } = this.#recording.summary;
    const at = this.#recording.instantFromOffset(Math.min(Math.max(0, atNs), this.#recording.durationNs));
    this.explained.load(async (signal, tell) => {
      const asked = { source, name: ruleStem(file), rule, from, to, at, buckets: courseBuckets };
      const answer = await this.#recording.call("rules.explain", asked, signal, tell);
      return answer.ok ? ok({ ...answer.value, rule, text: source, atNs }) : answer;
    }, 0);
  }
}
