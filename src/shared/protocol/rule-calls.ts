// Calls about rules, and about the files they are kept in. A part of the table of engine-calls.ts.
import * as v from "valibot";
import { f64, ns, nothing, recording, text, texts, whole } from "./schemas.js";

export const mostRuleBytes = 1024 * 1024;
export const mostCourseBuckets = 2000;

const source = v.pipe(text, v.maxLength(mostRuleBytes));
/** What `by` names, as texts. */
const group = v.record(v.string(), v.string());

/** Also on systems that take no others. */
const ruleFileName = v.pipe(
  text,
  v.regex(/^[\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,79}\.(?:rules|dscr)$/u, "a name that ends in .rules"),
);
/** Changes whenever the file's text does. */
const version = text;

const ruleFile = v.object({ name: text, version, source: text });
export type RuleFile = v.InferOutput<typeof ruleFile>;

export const ruleCalls = {
  /**
   * What the rules of one text would have done from `from` to `to`, as they would have while that was recorded. `name` is what rules
   * without one are called after. Rules that ask for state are left out: `unread` names them. Lines and columns are counted from one.
   */
  "rules.backtest": {
    args: v.object({ ...recording, source, name: text, from: ns, to: ns }),
    result: v.object({
      rules: v.array(v.object({ rule: text, severity: text, line: whole })),
      unread: texts,
      problems: v.array(
        v.object({ line: whole, column: whole, severity: v.picklist(["error", "warning"]), message: text }),
      ),
      /** In the order of time. `said`: what its actions say, or why it was disabled. */
      outcomes: v.array(
        v.object({
          instant: ns,
          rule: text,
          kind: v.picklist(["fired", "recovered", "disabled"]),
          group,
          said: texts,
        }),
      ),
      /** That were decided on. */
      records: whole,
    }),
  },
  /**
   * Why one rule did or did not fire at an instant: what each of its clauses came to when it was evaluated last by then, in each
   * group; and the course of their values from `from` to `to`, the least and the greatest of each of equal buckets, for the first
   * groups. A clause that compares no numbers has no `compared`, and its course is 1 where it held.
   */
  "rules.explain": {
    args: v.object({
      ...recording,
      source,
      name: text,
      rule: text,
      from: ns,
      to: ns,
      at: ns,
      buckets: v.pipe(whole, v.minValue(1), v.maxValue(mostCourseBuckets)),
    }),
    result: v.object({
      /** It asks for state, which is not read. */
      isUnread: v.boolean(),
      forNs: ns,
      /** Offsets in the text. `needs` says what its value is compared with, as written. */
      clauses: v.array(v.object({ from: whole, to: whole, text, needs: v.optional(text) })),
      /** First those that fire, then those that most clauses hold of. `groupCount`: how many there are besides. */
      groups: v.array(
        v.object({
          by: group,
          state: v.picklist(["inactive", "pending", "firing", "recovering"]),
          evaluated: ns,
          /** When its state began; of one that never was another, not there. */
          since: v.optional(ns),
          coolUntil: v.optional(ns),
          clauses: v.array(
            v.object({
              holds: v.optional(v.boolean()),
              compared: v.optional(
                /** `value` and `limit` are not there where they have none: the texts say so. */
                v.object({
                  value: v.optional(v.number()),
                  limit: v.optional(v.number()),
                  text,
                  limitText: text,
                  awayText: text,
                }),
              ),
            }),
          ),
          courses: v.array(v.object({ least: f64, most: f64 })),
        }),
      ),
      groupCount: whole,
    }),
  },
  /** Every file of the rules folder, by name; `left` of them are not told of, being too many or too large. */
  "ruleFiles.list": {
    args: nothing,
    result: v.object({ folder: text, files: v.array(ruleFile), left: whole }),
  },
  /** Without `over` the file has to be new; else it has to be that version still, unless `anyway`. */
  "ruleFiles.save": {
    args: v.object({ name: ruleFileName, source, over: v.optional(version), anyway: v.optional(v.boolean()) }),
    result: v.object({ version }),
  },
  "ruleFiles.rename": { args: v.object({ name: ruleFileName, to: ruleFileName }), result: nothing },
  "ruleFiles.delete": { args: v.object({ name: ruleFileName, over: version }), result: nothing },
} as const;
