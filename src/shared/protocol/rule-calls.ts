// Calls about rules. A part of the table of engine-calls.ts.
import * as v from "valibot";
import { ns, recording, text, texts, whole } from "./schemas.js";

const mostRuleBytes = 1024 * 1024;

export const ruleCalls = {
  /**
   * What the rules of one text would have done from `from` to `to`, as they would have while that was recorded. `name` is what rules
   * without one are called after. Rules that ask for state are left out: `unread` names them. Lines and columns are counted from one.
   */
  "rules.backtest": {
    args: v.object({
      ...recording,
      source: v.pipe(text, v.maxLength(mostRuleBytes)),
      name: text,
      from: ns,
      to: ns,
    }),
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
          group: v.record(v.string(), v.string()),
          said: texts,
        }),
      ),
      /** That were decided on. */
      records: whole,
    }),
  },
} as const;
