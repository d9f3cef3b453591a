// `hindcast validate`: what is wrong in files of rules, a line each, as editors and people follow it.
import { compileRules, lineColumns } from "../rules/index.js";
import type { CommandArgs } from "./decode-args.js";
import { readRuleFile } from "./rule-files.js";
import { type Ending, complain, ended } from "./terminal.js";
import type { World } from "./world.js";

export async function validate(world: World, { files, json }: CommandArgs<"validate">): Promise<Ending> {
  const { out } = world.terminal;
  let hasFailed = false;
  for (const path of files) {
    const file = readRuleFile(world, path);
    if (!file.ok) {
      hasFailed = true;
      await complain(world.terminal, file.error);
      continue;
    }
    const { plans, problems } = compileRules(file.value.source, { fileName: file.value.stem });
    const placeOf = lineColumns(file.value.source);
    for (const { from, to, severity, message, fix } of problems) {
      const { line, column } = placeOf(from);
      hasFailed ||= severity === "error";
      const row = { file: path, line, column, end: placeOf(to), severity, message, fix };
      const word = severity === "warning" ? "warning: " : "";
      await out.line(json ? JSON.stringify(row) : `${path}:${line}:${column}: ${word}${message}`);
    }
    if (!json && problems.length === 0)
      await out.line(`${path}: ${plans.length} ${plans.length === 1 ? "rule" : "rules"}, nothing wrong`);
  }
  await out.flush();
  return ended(hasFailed ? 1 : 0);
}
