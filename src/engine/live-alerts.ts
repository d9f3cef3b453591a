// What rules decide while a recording is made becomes alerts: one for each rule and group, until somebody calls it resolved. An incident
// is told once, also where an engine is killed and the next one decides anew on records that were decided on before.
import {
  type ActionOutcome,
  type Alert,
  type AlertChange,
  type Firing,
  type Silence,
  isSilenced,
  mostAlertText,
  mostAlerts,
  mostFirings,
} from "../shared/protocol/alert-calls.js";
import { type KeptAlerts, alertsAsChanges, noAlerts } from "./store/alerts.js";

export interface Fired {
  readonly rule: string;
  readonly severity: Alert["severity"];
  readonly labels: Readonly<Record<string, string>>;
  readonly group: Readonly<Record<string, string>>;
  readonly at: bigint;
  readonly message: string;
  readonly said: readonly string[];
}

export interface Incident {
  readonly alert: Alert;
  readonly firing: Firing;
}

/** Without an incident nothing is to be done: it is known, or there is no room for it. */
export interface Told {
  readonly changes: readonly AlertChange[];
  readonly incident: Incident | undefined;
}

const nothingTold: Told = { changes: [], incident: undefined };

export const alertKey = (rule: string, group: Readonly<Record<string, string>>): string =>
  JSON.stringify([rule, Object.entries(group).sort(([a], [b]) => (a < b ? -1 : 1))]);

export class LiveAlerts {
  readonly #alerts = new Map<string, Alert>();
  /** Of each rule and group, the one that is not resolved. */
  readonly #open = new Map<string, string>();
  /** Of each rule and group, in the order of time. */
  readonly #incidents = new Map<string, Firing[]>();
  readonly #silences = new Map<string, Silence>();
  #firings = 0;
  /** Groups of rules that fired when there was no room for another alert. */
  untold = 0;

  constructor(
    readonly newId: () => string,
    kept = noAlerts,
  ) {
    this.note(alertsAsChanges(kept));
  }

  get kept(): KeptAlerts {
    const firings = [...this.#incidents.values()].flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    return { alerts: [...this.#alerts.values()], firings, silences: [...this.#silences.values()] };
  }

  alert(id: string): Alert | undefined {
    return this.#alerts.get(id);
  }

  /** What happens to the recording's alerts, by rules or by people. */
  note(changes: readonly AlertChange[]): void {
    for (const change of changes)
      switch (change.kind) {
        case "alert": {
          const { alert } = change;
          const key = alertKey(alert.rule, alert.group);
          this.#alerts.set(alert.id, alert);
          if (alert.resolved === undefined) this.#open.set(key, alert.id);
          else if (this.#open.get(key) === alert.id) this.#open.delete(key);
          break;
        }
        case "firing":
          this.#noteFiring(change.firing);
          break;
        case "silence":
          this.#silences.set(change.silence.id, change.silence);
          break;
        case "unsilence":
          this.#silences.delete(change.id);
      }
  }

  #noteFiring(firing: Firing): void {
    const alert = this.#alerts.get(firing.alert);
    if (alert === undefined) return;
    const key = alertKey(alert.rule, alert.group);
    const known = this.#incidents.get(key) ?? [];
    const at = known.findLastIndex((one) => one.alert === firing.alert && one.at === firing.at);
    if (at !== -1) known[at] = firing;
    else {
      known.push(firing);
      this.#firings += 1;
    }
    this.#incidents.set(key, known);
  }

  /** Of a rule and group, whether an incident that is known went on at an instant. */
  covers(key: string, at: bigint): boolean {
    const open = this.#alerts.get(this.#open.get(key) ?? "");
    if (open !== undefined && open.recovered === undefined && open.last <= at) return true;
    const incidents = this.#incidents.get(key) ?? [];
    return incidents.some((one) => one.at <= at && (one.recovered === undefined || at <= one.recovered));
  }

  fired(given: Fired): Told {
    const { rule, severity, labels, group, at, said } = given;
    const key = alertKey(rule, group);
    if (this.covers(key, at)) return nothingTold;
    const before = this.#alerts.get(this.#open.get(key) ?? "");
    if (before === undefined && this.#alerts.size >= mostAlerts) {
      this.untold += 1;
      return nothingTold;
    }
    const alert: Alert = {
      id: before?.id ?? this.newId(),
      rule,
      severity,
      group: { ...group },
      labels: { ...labels },
      message: given.message.slice(0, mostAlertText),
      first: before?.first ?? at,
      last: at,
      count: (before?.count ?? 0) + 1,
      isSuppressed: isSilenced([...this.#silences.values()], given, at),
      notes: before?.notes ?? [],
    };
    const firing: Firing = { alert: alert.id, at, said: [...said], outcomes: [] };
    const changes: AlertChange[] = [{ kind: "alert", alert }];
    if (this.#firings < mostFirings) changes.push({ kind: "firing", firing });
    this.note(changes);
    return { changes, incident: { alert, firing } };
  }

  recovered(key: string, at: bigint): readonly AlertChange[] {
    const before = this.#alerts.get(this.#open.get(key) ?? "");
    const last = this.#incidents.get(key)?.at(-1);
    const changes: AlertChange[] = [];
    if (before !== undefined && before.recovered === undefined && before.last <= at)
      changes.push({ kind: "alert", alert: { ...before, recovered: at } });
    if (last !== undefined && last.recovered === undefined && last.at <= at)
      changes.push({ kind: "firing", firing: { ...last, recovered: at } });
    this.note(changes);
    return changes;
  }

  /** Rules and groups of which an incident goes on. */
  get firing(): readonly string[] {
    const open = [...this.#open].filter(([, id]) => this.#alerts.get(id)?.recovered === undefined);
    const unended = [...this.#incidents].filter(([, incidents]) => incidents.at(-1)?.recovered === undefined);
    return [...new Set([...open, ...unended].map(([key]) => key))];
  }

  /** What became of the actions of an incident. */
  acted({ alert: id, at }: Firing, outcomes: readonly ActionOutcome[]): readonly AlertChange[] {
    const alert = this.#alerts.get(id);
    const incidents = alert === undefined ? [] : (this.#incidents.get(alertKey(alert.rule, alert.group)) ?? []);
    const now = incidents.find((one) => one.alert === id && one.at === at);
    if (now === undefined || outcomes.length === 0) return [];
    const changes: AlertChange[] = [{ kind: "firing", firing: { ...now, outcomes: [...outcomes] } }];
    this.note(changes);
    return changes;
  }
}
