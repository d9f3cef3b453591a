// Alerts of the open recording: what rules told while it was made, and what people do about it. The pane and the ruler share them.
import { type Result, ok } from "../../shared/base/result.js";
import {
  type Alert as StoredAlert,
  type AlertState,
  type LiveRules,
  type Silence,
  alertState,
} from "../../shared/protocol/alert-calls.js";
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { OpenRecording } from "./open-recording.svelte.js";
import { Query } from "./query.svelte.js";

export interface Alert extends StoredAlert {
  readonly state: AlertState;
  readonly lastNs: number;
}

/** One incident, as the ruler shows it. */
export interface Firing {
  readonly at: bigint;
  readonly atNs: number;
  readonly recoveredNs: number | undefined;
  readonly alert: StoredAlert;
}

interface Listed {
  readonly alerts: readonly Alert[];
  readonly firings: readonly Firing[];
  readonly silences: readonly Silence[];
  /** Rules that are evaluated while it is made. */
  readonly rules: LiveRules;
}

type Act = "alerts.acknowledge" | "alerts.resolve";
type Done = Result<CallResult<Act>, HindcastError>;

export class Alerts {
  readonly #recording: OpenRecording;
  readonly query = new Query<Listed>();
  readonly all: readonly Alert[] = $derived.by(() => this.query.value?.alerts ?? []);
  readonly firings: readonly Firing[] = $derived.by(() => this.query.value?.firings ?? []);
  readonly silences: readonly Silence[] = $derived.by(() => this.query.value?.silences ?? []);
  readonly rules: LiveRules | undefined = $derived.by(() => this.query.value?.rules);

  constructor(recording: OpenRecording) {
    this.#recording = recording;
    this.#ask();
  }

  /** Call from an effect: asks again when they are others. */
  follow(): void {
    if (this.#recording.alertsChanges > 0) this.#ask();
  }

  acknowledge({ id }: StoredAlert): Promise<Done> {
    return this.#after(this.#recording.call("alerts.acknowledge", { id }));
  }

  resolve({ id }: StoredAlert): Promise<Done> {
    return this.#after(this.#recording.call("alerts.resolve", { id }));
  }

  note({ id }: StoredAlert, text: string): Promise<Done> {
    return this.#after(this.#recording.call("alerts.note", { id, text }));
  }

  /** What fires for the same rule and group from now on, for so long. */
  suppress({ rule, group }: StoredAlert, forMs: number): Promise<Result<{ readonly silence: Silence }, HindcastError>> {
    const since = BigInt(Date.now()) * 1_000_000n;
    const until = since + BigInt(forMs) * 1_000_000n;
    return this.#after(this.#recording.call("alerts.suppress", { labels: { ...group, rule }, since, until }));
  }

  unsuppress({ id }: Silence): Promise<Result<object, HindcastError>> {
    return this.#after(this.#recording.call("alerts.unsuppress", { id }));
  }

  retry(): void {
    this.#ask();
  }

  dispose(): void {
    this.query.cancel();
  }

  async #after<Value>(changing: Promise<Result<Value, HindcastError>>): Promise<Result<Value, HindcastError>> {
    const changed = await changing;
    this.#ask();
    return changed;
  }

  #ask(): void {
    this.query.load(async (signal, tell) => {
      const answer = await this.#recording.call("alerts.list", {}, signal, tell);
      if (!answer.ok) return answer;
      const live = await this.#recording.call("rules.live", {}, signal, tell);
      if (!live.ok) return live;
      const { alerts, firings, silences } = answer.value;
      const offsetOf = (instant: bigint): number => this.#recording.offsetFromInstant(instant);
      const byId = new Map(alerts.map((alert) => [alert.id, alert]));
      return ok({
        alerts: alerts.map((alert) => ({ ...alert, state: alertState(alert), lastNs: offsetOf(alert.last) })),
        firings: firings.flatMap(({ alert: id, at, recovered }) => {
          const alert = byId.get(id);
          if (alert === undefined) return [];
          const recoveredNs = recovered === undefined ? undefined : offsetOf(recovered);
          return [{ at, atNs: offsetOf(at), recoveredNs, alert }];
        }),
        silences,
        rules: live.value,
      });
    });
  }
}

/** What `by` names, in a few words; "" where everything is one. */
export const groupText = (group: Readonly<Record<string, string>>): string =>
  Object.entries(group)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
