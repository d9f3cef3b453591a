// Writes the documents that are generated from code: docs/errors.md from the error catalogue and docs/cli.md from the
// tables of commands and options. With --check it writes nothing and fails when a document differs from what it should say.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { errorCodes, explain, hindcastError } from "../src/shared/protocol/errors.js";
import { operands, options } from "../src/cli/option-table.js";
import { commands, exitCodes } from "../src/cli/command-table.js";
import { cliPage } from "./cli-page.js";
import { errorsPage } from "./errors-page.js";

const placeholders = new Proxy<Record<string, string>>({}, { get: (_, name) => `\`{${String(name)}}\`` });

const documents = [
  {
    path: "docs/errors.md",
    text: errorsPage(errorCodes.map((code) => ({ code, ...explain(hindcastError(code, placeholders)) }))),
  },
  { path: "docs/cli.md", text: cliPage({ commands, exitCodes, operands, options }) },
];

const isChecking = process.argv.includes("--check");

for (const { path, text } of documents) {
  if (!isChecking) {
    writeFileSync(path, text);
    continue;
  }
  const written = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (written === text) continue;
  console.log(`${path} is out of date. Run: npm run docs:generate`);
  process.exitCode = 1;
}
