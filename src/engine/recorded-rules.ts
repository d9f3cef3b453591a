// Rules of a recording that is being made, with their alerts: what they decide is kept and acted on, once, and an engine that goes on
// with the recording knows them.
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as v from "valibot";
import type { ActionOutcome, LiveRuleFile, LiveRules as LiveRulesTold } from "../shared/protocol/alert-calls.js";
import type { Alerts } from "./alerts.js";
import type { Incident } from "./live-alerts.js";
import { type Decided, LiveRules, type RulesSince, type RulesSurroundings, type Said } from "./live-rules.js";

export interface RecordedRulesAround extends Pick<RulesSurroundings, "query" | "start"> {
  readonly alerts: Alerts;
  /** Where an engine after this one finds them. */
  readonly folder: string;
  changed(): void;
  /** What is to be done about an incident that nobody suppressed; resolves to what became of it, and never rejects. */
  act(incident: Incident, actions: readonly Said[]): Promise<readonly ActionOutcome[]>;
}

const written = v.object({
  files: v.array(v.object({ path: v.string(), source: v.string() })),
  since: v.record(v.string(), v.object({ hash: v.string(), since: v.pipe(v.string(), v.regex(/^\d{1,19}$/)) })),
});

const fileName = "rules.json";
/** Once a recording has ended. */
const actsWithinMs = 3000;

export const noRules: LiveRulesTold = { rules: [], problems: [], records: 0, late: 0, untold: 0 };

export class RecordedRules {
  readonly #around: RecordedRulesAround;
  readonly #rules: LiveRules;
  #files: readonly LiveRuleFile[] = [];
  #writing: Promise<unknown> = Promise.resolve();
  #untold = 0;
  readonly #acting = new Set<Promise<void>>();

  constructor(around: RecordedRulesAround) {
    this.#around = around;
    this.#rules = new LiveRules({
      query: around.query,
      start: around.start,
      decided: (decided) => this.#decided(decided),
      caughtUp: (going, at) => this.#caughtUp(going, at),
      changed: () => around.changed(),
    });
  }

  /** As an engine before this one left them, if it had any. */
  async resume(): Promise<void> {
    const text = await readFile(join(this.#around.folder, fileName), "utf8").catch(() => undefined);
    if (text === undefined) return;
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), written), text);
    if (!read.success) return;
    await this.#around.alerts.hold();
    this.#files = read.output.files;
    this.#rules.set(this.#files, read.output.since);
  }

  async set(files: readonly LiveRuleFile[]): Promise<LiveRulesTold> {
    await this.#around.alerts.hold();
    this.#files = files;
    this.#rules.set(files);
    await this.#write();
    return this.told();
  }

  async told(): Promise<LiveRulesTold> {
    return { ...(await this.#rules.told()), untold: this.#untold };
  }

  committed(): void {
    this.#rules.changed();
  }

  /** Nothing more comes: what is there is decided on. */
  async finish(end: bigint): Promise<void> {
    await this.#rules.finish(end);
    // What goes on being tried is told of in the recording as it stands when nobody waits any more.
    await Promise.race([Promise.all(this.#acting), wait(actsWithinMs, undefined, { ref: false })]);
    await this.#around.alerts.letGo();
  }

  async #write(): Promise<void> {
    const { folder } = this.#around;
    const since: RulesSince = this.#rules.since;
    const text = JSON.stringify({ files: this.#files, since });
    const path = join(folder, fileName);
    this.#writing = this.#writing
      .then(() => writeFile(`${path}.new`, text, { mode: 0o600 }))
      .then(() => rename(`${path}.new`, path))
      .catch(() => undefined); // an engine after this one is told anew, or has none
    await this.#writing;
  }

  async #decided(decided: readonly Decided[]): Promise<void> {
    const incidents: { readonly incident: Incident; readonly actions: readonly Said[] }[] = [];
    const kept = await this.#around.alerts.changing((alerts) => {
      const changes = decided.flatMap((one) => {
        if (one.kind === "recovered") return alerts.recovered(one.key, one.at);
        const told = alerts.fired(one.fired);
        if (told.incident !== undefined) incidents.push({ incident: told.incident, actions: one.actions });
        return told.changes;
      });
      this.#untold = alerts.untold;
      return { value: undefined, changes };
    });
    // What could not be kept is not done either: the next engine would do it again.
    if (!kept.ok) return;
    for (const { incident, actions } of incidents) if (!incident.alert.isSuppressed) this.#act(incident, actions);
  }

  #act(incident: Incident, actions: readonly Said[]): void {
    const acting = this.#around.act(incident, actions).then(async (outcomes) => {
      await this.#around.alerts.changing((alerts) => ({
        value: undefined,
        changes: alerts.acted(incident.firing, outcomes),
      }));
      this.#acting.delete(acting);
    });
    this.#acting.add(acting);
  }

  /** What went on before a rule was there, or is over without anybody having seen its end, is told now. */
  async #caughtUp(going: ReadonlyMap<string, Extract<Decided, { kind: "fired" }>>, at: bigint): Promise<void> {
    const alerts = await this.#around.alerts.hold();
    const over = alerts.firing.filter((key) => !going.has(key));
    await this.#decided([...over.map((key): Decided => ({ kind: "recovered", key, at })), ...going.values()]);
  }
}
