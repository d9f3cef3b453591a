// `hindcast validate` and `hindcast fmt`: what is wrong in files of rules, a line each, as editors and people follow it, and how they
// are laid out.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { formatRules } from "../rules/index.js";
import { hindcastError } from "../shared/protocol/errors.js";
import type { CommandArgs } from "./decode-args.js";
import { problemText, problemsIn, readRuleFile } from "./rule-files.js";
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
    const { rules, rows } = problemsIn(file.value, "live");
    for (const row of rows) {
      hasFailed ||= row.severity === "error";
      await out.line(json ? JSON.stringify(row) : problemText(row));
    }
    if (!json && rows.length === 0)
      await out.line(`${path}: ${rules} ${rules === 1 ? "rule" : "rules"}, nothing wrong`);
  }
  await out.flush();
  return ended(hasFailed ? 1 : 0);
}

export async function fmt(world: World, { files, check }: CommandArgs<"fmt">): Promise<Ending> {
  const { out } = world.terminal;
  let hasFailed = false;
  for (const path of files) {
    const file = readRuleFile(world, path);
    const formatted = file.ok ? formatRules(file.value.source) : undefined;
    if (!file.ok) {
      hasFailed = true;
      await complain(world.terminal, file.error);
    } else if (formatted === undefined) {
      hasFailed = true;
      await out.line(`${path}: has an error; hindcast validate ${path} says where`);
    } else if (formatted !== file.value.source) {
      hasFailed ||= check;
      if (!check) {
        try {
          writeFileSync(resolve(world.cwd, path), formatted);
        } catch (error) {
          hasFailed = true;
          const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
          await complain(world.terminal, hindcastError("cannot-write", { path, reason }));
          continue;
        }
      }
      await out.line(`${path}: ${check ? "would change" : "changed"}`);
    }
  }
  await out.flush();
  return ended(hasFailed ? 1 : 0);
}
