// Rules: the language, its checks, and the plans that are evaluated. Pure: no file, no clock, no database.
export { aliases, recordedMetrics } from "./catalogue.js";
export { logLevels } from "./check/check-filter.js";
export { compileRules } from "./compile.js";
export { Evaluator } from "./evaluate/evaluator.js";
export { type RecordNeeds, needsOf } from "./evaluate/needs.js";
export type { RuleRecord } from "./evaluate/record.js";
export { RuleLook } from "./evaluate/rule-look.js";
export { type RulePlan, severities, windowFunctions } from "./plan.js";
export { type Problem, didYouMean, lineColumns, nearest } from "./problem.js";
export { formatRules } from "./syntax/format.js";
export { parser } from "./syntax/parser-tables.js";
export { actions, clauseForms, clauseMeanings, functionMeanings, liveActions } from "./words.js";
export { type Decided, decidedOver, differencesIn } from "./cases/check-case.js";
export type { RuleCase } from "./cases/model.js";
export { readCases } from "./cases/read-cases.js";
export { type KnownIncident, joinedIncidents, scoresOf } from "./score.js";
