// Rules: the language, its checks, and the plans that are evaluated. Pure: no file, no clock, no database.
export { logLevels } from "./check/check-filter.js";
export { compileRules } from "./compile.js";
export { Evaluator } from "./evaluate/evaluator.js";
export type { RuleRecord } from "./evaluate/record.js";
export type { RulePlan } from "./plan.js";
export { lineColumns } from "./problem.js";
export { formatRules } from "./syntax/format.js";
