// The alerts of one open recording: what its rules told while it was made, and what people do about them. While it is made they are in
// memory as well, where rules and people meet; what is kept goes where notes go.
import { randomUUID } from "node:crypto";
import { type Result, failed, ok } from "../shared/base/result.js";
import {
  type Alert,
  type AlertChange,
  type AlertState,
  type Silence,
  alertState,
  alertStates,
  mostAlertText,
} from "../shared/protocol/alert-calls.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { LiveAlerts } from "./live-alerts.js";
import { type Notes, authorHere } from "./notes.js";

type Changed = Result<{ readonly alert: Alert }, HindcastError>;

const mostNotesOfAlert = 100;
const mostSilences = 1000;

export class Alerts {
  readonly #notes: Notes;
  /** While it is made. */
  #live: Promise<LiveAlerts> | undefined;
  /** One change after the other: each is made of what was there before. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** From here on in memory, until `letGo`. */
  hold(): Promise<LiveAlerts> {
    this.#live ??= this.#read();
    return this.#live;
  }

  async letGo(): Promise<void> {
    await this.#last;
    this.#live = undefined;
  }

  #now(): Promise<LiveAlerts> {
    return this.#live ?? this.#read();
  }

  async #read(): Promise<LiveAlerts> {
    return new LiveAlerts(randomUUID, await this.#notes.alerts());
  }

  /** What `change` makes of them is kept. */
  changing<Value>(
    change: (alerts: LiveAlerts) => { readonly value: Value; readonly changes: readonly AlertChange[] },
  ): Promise<Result<Value, HindcastError>> {
    const changed = this.#last.then(async () => {
      const { value, changes } = change(await this.#now());
      const kept = changes.length === 0 ? ok(undefined) : await this.#notes.keep(changes);
      return kept.ok ? ok(value) : kept;
    });
    this.#last = changed.catch(() => undefined); // who asked hears of it
    return changed;
  }

  async list(id: string | undefined): Promise<CallResult<"alerts.list">> {
    const { alerts, firings, silences } = (await this.#now()).kept;
    const wanted = id === undefined ? alerts : alerts.filter((one) => one.id === id);
    const rank = (one: Alert): number => alertStates.indexOf(alertState(one));
    return {
      alerts: [...wanted].sort((a, b) => rank(a) - rank(b) || (a.last < b.last ? 1 : a.last > b.last ? -1 : 0)),
      firings: firings.filter((one) => id === undefined || one.alert === id),
      silences: [...silences],
    };
  }

  acknowledge({ id, author }: CallArgs<"alerts.acknowledge">): Promise<Changed> {
    return this.#changeOne(id, ["firing", "suppressed", "recovered"], (alert) => ({
      ...alert,
      acknowledged: done(author),
    }));
  }

  resolve({ id, author }: CallArgs<"alerts.resolve">): Promise<Changed> {
    return this.#changeOne(id, ["firing", "acknowledged", "suppressed", "recovered"], (alert) => ({
      ...alert,
      resolved: done(author),
    }));
  }

  note({ id, author, text }: CallArgs<"alerts.note">): Promise<Changed> {
    return this.#changeOne(id, alertStates, (alert) => {
      if (alert.notes.length >= mostNotesOfAlert) return `it has ${mostNotesOfAlert} notes already`;
      return { ...alert, notes: [...alert.notes, { ...done(author), text: text.slice(0, mostAlertText) }] };
    });
  }

  async suppress(given: CallArgs<"alerts.suppress">): Promise<Result<{ readonly silence: Silence }, HindcastError>> {
    const { labels, since = now(), until, author = authorHere(), text = "" } = given;
    if (until <= since) return failed(hindcastError("bad-alert", { reason: "it would be over before it begins" }));
    const silence: Silence = { id: randomUUID(), labels, since, until, author, text };
    const put = await this.changing((alerts) =>
      alerts.kept.silences.length >= mostSilences
        ? { value: undefined, changes: [] }
        : { value: { silence }, changes: this.#noted(alerts, [{ kind: "silence", silence }]) },
    );
    if (!put.ok) return put;
    const reason = `there are ${mostSilences} suppressions already`;
    return put.value === undefined ? failed(hindcastError("bad-alert", { reason })) : ok(put.value);
  }

  async unsuppress(id: string): Promise<Result<Record<string, never>, HindcastError>> {
    const removed = await this.changing((alerts) => {
      const isThere = alerts.kept.silences.some((one) => one.id === id);
      return { value: isThere, changes: isThere ? this.#noted(alerts, [{ kind: "unsilence", id }]) : [] };
    });
    if (!removed.ok) return removed;
    return removed.value ? ok({}) : failed(hindcastError("bad-alert", { reason: "there is no such suppression" }));
  }

  #noted(alerts: LiveAlerts, changes: readonly AlertChange[]): readonly AlertChange[] {
    alerts.note(changes);
    return changes;
  }

  async #changeOne(
    id: string,
    states: readonly AlertState[],
    change: (alert: Alert) => Alert | string,
  ): Promise<Changed> {
    const changed = await this.changing<Alert | string>((alerts) => {
      const found = matching(alerts, id);
      if (typeof found === "string") return { value: found, changes: [] };
      const state = alertState(found);
      if (!states.includes(state)) return { value: `it is ${state} already`, changes: [] };
      const after = change(found);
      if (typeof after === "string") return { value: after, changes: [] };
      return { value: after, changes: this.#noted(alerts, [{ kind: "alert", alert: after }]) };
    });
    if (!changed.ok) return changed;
    const { value } = changed;
    return typeof value === "string" ? failed(hindcastError("bad-alert", { reason: value })) : ok({ alert: value });
  }
}

/** By its id, or as much of its beginning as no other has. */
function matching(alerts: LiveAlerts, id: string): Alert | string {
  const exact = alerts.alert(id);
  if (exact !== undefined) return exact;
  const found = id.length < 4 ? [] : alerts.kept.alerts.filter((one) => one.id.startsWith(id));
  const [first, second] = found;
  if (first === undefined) return "there is no such alert";
  return second === undefined ? first : `${found.length} alerts begin with ${id}`;
}

const now = (): bigint => BigInt(Date.now()) * 1_000_000n;
const done = (by = authorHere()): { readonly at: bigint; readonly by: string } => ({ at: now(), by });
