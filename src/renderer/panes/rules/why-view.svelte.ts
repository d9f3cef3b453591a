// What is said of the rule at the cursor at the playhead: of one of its groups, in words.
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import { type Incident, groupText } from "./incidents.js";
import type { Explained, RulesView } from "./rules-view.svelte.js";

type Group = Explained["groups"][number];

const stateWords = {
  inactive: "did not fire",
  pending: "holds, waits",
  firing: "fires",
  recovering: "recovers",
} as const;

export interface SaidClause {
  readonly how: "yes" | "no" | "unknown";
  readonly text: string;
  readonly to: number;
  readonly value: string | undefined;
  readonly needs: string;
  readonly away: string | undefined;
  readonly limit: number | undefined;
  readonly course: Group["courses"][number] | undefined;
}

export class WhyView {
  readonly #view: RulesView;
  readonly #recording: OpenRecording;
  #chosen = $state<string>();

  readonly answer: Explained | undefined = $derived.by(() => this.#view.explained.value);
  /** Named as people know them: a process by its service. */
  readonly groups = $derived.by(() =>
    (this.answer?.groups ?? []).map(({ by }) => ({ value: groupText(by), text: this.nameOf(by) })),
  );
  readonly #group: Group | undefined = $derived.by(
    () => this.answer?.groups.find(({ by }) => groupText(by) === this.#chosen) ?? this.answer?.groups[0],
  );
  readonly clauses: readonly SaidClause[] = $derived.by(() => saidClauses(this.answer, this.#group));
  readonly #incidents: readonly Incident[] = $derived.by(() =>
    this.#view.incidents.filter(({ rule, change }) => rule === this.answer?.rule && change !== "lost"),
  );
  /** Of the playhead; firings at it are neither. */
  readonly before: Incident | undefined = $derived.by(() =>
    this.#incidents.findLast(({ fromNs }) => fromNs < (this.answer?.atNs ?? 0) - 1000),
  );
  readonly after: Incident | undefined = $derived.by(() =>
    this.#incidents.find(({ fromNs }) => fromNs > (this.answer?.atNs ?? 0) + 1000),
  );

  constructor(view: RulesView, recording: OpenRecording) {
    this.#view = view;
    this.#recording = recording;
  }

  get isStale(): boolean {
    return this.answer !== undefined && this.answer.text !== this.#view.book.text;
  }
  get groupKey(): string {
    return this.#group === undefined ? "" : groupText(this.#group.by);
  }
  get state(): Group["state"] {
    return this.#group?.state ?? "inactive";
  }
  get stateWords(): string {
    return stateWords[this.state];
  }
  get leftOut(): number {
    return Math.max(0, (this.answer?.groupCount ?? 0) - (this.answer?.groups.length ?? 0));
  }
  get playheadShare(): number {
    return Math.min(1, Math.max(0, (this.answer?.atNs ?? 0) / this.#recording.durationNs));
  }
  get coolUntil(): bigint | undefined {
    return this.#group?.coolUntil;
  }

  /** How long its condition has held, of how long it has to. */
  get held(): { readonly ns: number; readonly ofNs: number } | undefined {
    const ofNs = Number(this.answer?.forNs ?? 0n);
    const group = this.#group;
    if (ofNs === 0 || group === undefined || group.state === "firing" || group.state === "recovering") return undefined;
    const ns = group.state === "pending" && group.since !== undefined ? Number(group.evaluated - group.since) : 0;
    return { ns: Math.min(ns, ofNs), ofNs };
  }

  get summary(): string {
    const { clauses } = this;
    if (this.#group === undefined) return "Nothing that it asks for had been recorded by then.";
    const holding = clauses.filter(({ how }) => how === "yes").length;
    const count = clauses.length === 1 ? "Its one clause" : `${holding} of ${clauses.length} clauses`;
    const verb = clauses.length > 1 ? "held" : holding === 1 ? "held" : "did not hold";
    const failing = clauses.find(({ how }) => how !== "yes");
    const why =
      failing === undefined
        ? ""
        : failing.value === undefined
          ? ` ${failing.text} ${failing.how === "unknown" ? "had no value" : "did not hold"}.`
          : ` It was ${failing.value}, the rule needs ${failing.needs}.`;
    return `${count} ${verb}.${why}`;
  }

  choose(key: string): void {
    this.#chosen = key;
  }

  nameOf(by: Readonly<Record<string, string>>): string {
    const names = Object.entries(by).map(([name, value]) => {
      const service = name === "process" ? this.#recording.process(Number(value))?.serviceName : undefined;
      return service === undefined ? value : `${service} (${value})`;
    });
    return names.length === 0 ? "everything" : names.join(", ");
  }
}

export function saidClauses(answer: Explained | undefined, group: Group | undefined): readonly SaidClause[] {
  if (answer === undefined || group === undefined) return [];
  return answer.clauses.map(({ text, to, needs = "" }, index): SaidClause => {
    const { holds, compared } = group.clauses[index] ?? {};
    const how = holds === undefined ? "unknown" : holds ? "yes" : "no";
    return {
      how,
      text: text.replace(/\s+/g, " "),
      to,
      needs,
      value: compared?.text,
      away: how === "no" && compared !== undefined ? `${compared.awayText} away` : undefined,
      limit: compared?.limit,
      course: group.courses[index],
    };
  });
}
