// `npm run endings:generate`: lets programs end in every way on every Node, and writes what was seen into docs/protocol.md.
import { readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { buildIfStale } from "../../../tools/build-if-stale.js";
import { observeEverything } from "./observe.js";
import { pageWith, tableOf } from "./table.js";

const path = "docs/protocol.md";
buildIfStale();
let done = 0;
const { observations, missing } = await observeEverything((what) => console.error(`${++done} ${what}`));
if (missing.length > 0) throw new Error(`not every Node could be had: ${missing.join("; ")}`);
const page = pageWith(readFileSync(path, "utf8"), tableOf(observations));
writeFileSync(path, await format(page, { ...(await resolveConfig(path)), parser: "markdown" }));
