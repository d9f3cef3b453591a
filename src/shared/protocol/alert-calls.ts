// Calls about rules that are evaluated while a recording is made, and about what they told: alerts. They belong to the recording
// and leave with it, as notes do.
import * as v from "valibot";
import { count, ns, recording, text, texts, whole } from "./schemas.js";

const mostRuleBytes = 1024 * 1024;
/** Files of rules at once. */
export const mostRuleFiles = 100;
/** Incidents of one recording that are kept each by itself; more are counted. */
export const mostFirings = 10_000;
/** Alerts of one recording; of groups beyond that nothing is kept. */
export const mostAlerts = 5000;
/** UTF-16 units. */
export const mostAlertText = 4000;
const mostLabel = 200;

/** Which of them, worst first: what `alertState` says of one. */
export const alertStates = ["firing", "acknowledged", "suppressed", "recovered", "resolved"] as const;
export type AlertState = (typeof alertStates)[number];

const byWhom = v.object({ at: ns, by: v.pipe(text, v.maxLength(mostLabel)) });
const labels = v.record(text, text);

/** What became of one action. */
const outcome = v.object({ action: text, done: v.boolean(), what: text });
export type ActionOutcome = v.InferOutput<typeof outcome>;

/** A rule that fired for a group, once or more often, until somebody called it resolved. */
export const alert = v.object({
  id: v.pipe(text, v.minLength(1), v.maxLength(100)),
  rule: text,
  severity: v.picklist(["low", "medium", "high", "critical"]),
  /** What `by` names; empty where everything is one. */
  group: labels,
  labels,
  /** Of its last incident. */
  message: text,
  first: ns,
  last: ns,
  count,
  /** When the last incident was over; absent while it goes on. */
  recovered: v.optional(ns),
  /** Its last incident began while it was suppressed. */
  isSuppressed: v.boolean(),
  acknowledged: v.optional(byWhom),
  resolved: v.optional(byWhom),
  notes: v.array(v.object({ ...byWhom.entries, text: v.pipe(text, v.maxLength(mostAlertText)) })),
});
export type Alert = v.InferOutput<typeof alert>;

/** One incident of an alert. */
export const firing = v.object({
  alert: text,
  at: ns,
  recovered: v.optional(ns),
  /** Its actions with the values of that instant. */
  said: texts,
  outcomes: v.array(outcome),
});
export type Firing = v.InferOutput<typeof firing>;

/** What fires between the two instants with these labels does nothing: its alert says so. */
export const silence = v.object({
  id: v.pipe(text, v.minLength(1), v.maxLength(100)),
  /** Labels of the rule, what `by` names, `rule` and `severity`. */
  labels,
  since: ns,
  until: ns,
  author: v.pipe(text, v.maxLength(mostLabel)),
  text: v.pipe(text, v.maxLength(mostAlertText)),
});
export type Silence = v.InferOutput<typeof silence>;

/** What happens to the alerts of a recording; the same once more changes nothing. */
export type AlertChange =
  | { readonly kind: "alert"; readonly alert: Alert }
  | { readonly kind: "firing"; readonly firing: Firing }
  | { readonly kind: "silence"; readonly silence: Silence }
  | { readonly kind: "unsilence"; readonly id: string };

export function alertState({
  recovered,
  resolved,
  acknowledged,
  isSuppressed,
}: Pick<Alert, "recovered" | "resolved" | "acknowledged" | "isSuppressed">): AlertState {
  if (resolved !== undefined) return "resolved";
  if (recovered !== undefined) return "recovered";
  if (isSuppressed) return "suppressed";
  return acknowledged === undefined ? "firing" : "acknowledged";
}

/** What silences and people name an alert by. */
export const labelsOf = ({
  rule,
  severity,
  group,
  labels: own,
}: Pick<Alert, "rule" | "severity" | "group" | "labels">) => ({
  ...group,
  ...own,
  rule,
  severity,
});

export const isSilenced = (
  silences: readonly Silence[],
  alerted: Pick<Alert, "rule" | "severity" | "group" | "labels">,
  at: bigint,
): boolean => {
  const known: Readonly<Record<string, string>> = labelsOf(alerted);
  return silences.some(
    ({ labels: asked, since, until }) =>
      since <= at && at < until && Object.entries(asked).every(([name, value]) => known[name] === value),
  );
};

const ruleFile = v.object({
  /** As it was typed, or where it lies. */
  path: v.pipe(text, v.maxLength(4096)),
  source: v.pipe(text, v.maxLength(mostRuleBytes)),
});
export type LiveRuleFile = v.InferOutput<typeof ruleFile>;

const liveRule = v.object({
  rule: text,
  path: text,
  severity: text,
  line: whole,
  /** Why it is evaluated no more, or never was. */
  disabled: v.optional(text),
});
export type LiveRule = v.InferOutput<typeof liveRule>;

const liveRules = v.object({
  rules: v.array(liveRule),
  problems: v.array(
    v.object({ path: text, line: whole, column: whole, severity: v.picklist(["error", "warning"]), message: text }),
  ),
  /** Records up to here were decided on; absent before the first. */
  until: v.optional(ns),
  records: count,
  /** Records that came too late to be decided on. */
  late: count,
  /** Groups that were told of nowhere, because there were too many alerts. */
  untold: count,
  /** Why nothing is decided on just now, if so. */
  trouble: v.optional(text),
});
export type LiveRules = v.InferOutput<typeof liveRules>;

const which = { ...recording, id: text, author: v.optional(v.pipe(text, v.maxLength(mostLabel))) };
const changed = v.object({ alert });

export const alertCalls = {
  /** From now on these rules are evaluated while the recording is made, in place of those before. A rule with an error is not. */
  "rules.setLive": {
    args: v.object({ ...recording, files: v.pipe(v.array(ruleFile), v.maxLength(mostRuleFiles)) }),
    result: liveRules,
  },
  /** Rules that are evaluated while the recording is made, or were; none where nobody set any. */
  "rules.live": { args: v.object(recording), result: liveRules },
  /** Worst state first, then the latest; `firings` in the order of time, all or those of one alert. */
  "alerts.list": {
    args: v.object({ ...recording, id: v.optional(text) }),
    result: v.object({ alerts: v.array(alert), firings: v.array(firing), silences: v.array(silence) }),
  },
  "alerts.acknowledge": { args: v.object(which), result: changed },
  /** It is over for people: what fires next is another alert. */
  "alerts.resolve": { args: v.object(which), result: changed },
  "alerts.note": { args: v.object({ ...which, text: v.pipe(text, v.maxLength(mostAlertText)) }), result: changed },
  /** What fires with these labels from now until then is suppressed. */
  "alerts.suppress": {
    args: v.object({
      ...recording,
      labels: v.pipe(
        labels,
        v.check((given) => Object.keys(given).length > 0, "a silence names at least one label"),
      ),
      since: v.optional(ns),
      until: ns,
      author: v.optional(v.pipe(text, v.maxLength(mostLabel))),
      text: v.optional(v.pipe(text, v.maxLength(mostAlertText))),
    }),
    result: v.object({ silence }),
  },
  "alerts.unsuppress": { args: v.object({ ...recording, id: text }), result: v.object({}) },
} as const;
