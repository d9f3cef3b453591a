// What the Alerts pane shows of the alerts there are, which one the keyboard stands on, and what is being noted on it.
import type { Result } from "../../../shared/base/result.js";
import type { AlertState } from "../../../shared/protocol/alert-calls.js";
import type { HindcastError } from "../../../shared/protocol/errors.js";
import { type Alert, type Alerts, groupText } from "../../state/alerts.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import type { Toasts } from "../../state/toasts.svelte.js";

export interface AlertsTargets {
  readonly alerts: Alerts;
  readonly playhead: Playhead;
  readonly toasts: Toasts;
}

/** For how long something is suppressed, as the menu offers it. */
export const suppressions = [
  { text: "Suppress for 10 minutes", ms: 600_000 },
  { text: "Suppress for an hour", ms: 3_600_000 },
  { text: "Suppress for a day", ms: 86_400_000 },
] as const;

export class AlertsView {
  readonly #targets: AlertsTargets;
  #filter = $state("");
  #wantedState = $state<AlertState | "open" | "all">("all");
  #activeId = $state<string>();
  /** On the active one. */
  draft = $state("");

  readonly shown: readonly Alert[] = $derived.by(() => {
    const words = this.#filter.trim().toLowerCase();
    const wanted = this.#wantedState;
    return this.#targets.alerts.all.filter(
      ({ rule, message, group, severity, state }) =>
        (wanted === "all" || (wanted === "open" ? state !== "resolved" : state === wanted)) &&
        (words === "" || `${rule}\n${message}\n${groupText(group)}\n${severity}`.toLowerCase().includes(words)),
    );
  });
  readonly activeIndex: number = $derived.by(() => this.shown.findIndex(({ id }) => id === this.#activeId));
  readonly active: Alert | undefined = $derived.by(() => this.shown[this.activeIndex]);

  constructor(targets: AlertsTargets) {
    this.#targets = targets;
  }

  get filter(): string {
    return this.#filter;
  }
  get wantedState(): AlertState | "open" | "all" {
    return this.#wantedState;
  }
  get isFiltered(): boolean {
    return this.#filter.trim() !== "" || this.#wantedState !== "all";
  }

  filterBy(text: string, state = this.#wantedState): void {
    this.#filter = text;
    this.#wantedState = state;
  }

  stand(index: number): void {
    this.#activeId = this.shown[index]?.id;
  }

  /** The playhead goes to where it fired last. */
  jump(index: number): void {
    const alert = this.shown[index];
    if (alert === undefined) return;
    this.#activeId = alert.id;
    this.#targets.playhead.moveTo(alert.lastNs);
  }

  acknowledge(alert: Alert): Promise<void> {
    return this.#tell(this.#targets.alerts.acknowledge(alert));
  }

  resolve(alert: Alert): Promise<void> {
    return this.#tell(this.#targets.alerts.resolve(alert));
  }

  suppress(alert: Alert, ms: number): Promise<void> {
    return this.#tell(this.#targets.alerts.suppress(alert, ms), "What fires like this is suppressed from now on.");
  }

  /** What was written stays where it is when it cannot be kept. */
  async note(): Promise<void> {
    const { active } = this;
    const text = this.draft.trim();
    if (active === undefined || text === "") return;
    const put = await this.#targets.alerts.note(active, text);
    if (put.ok) this.draft = "";
    else this.#targets.toasts.fail(put.error);
  }

  async #tell(doing: Promise<Result<unknown, HindcastError>>, confirmed?: string): Promise<void> {
    const { toasts } = this.#targets;
    const done = await doing;
    if (!done.ok) toasts.fail(done.error);
    else if (confirmed !== undefined) toasts.confirm(confirmed);
  }
}

/** What can still be done about one. */
export const canAcknowledge = ({ state, acknowledged }: Alert): boolean =>
  acknowledged === undefined && state !== "resolved" && state !== "acknowledged";
export const canResolve = ({ state }: Alert): boolean => state !== "resolved";
