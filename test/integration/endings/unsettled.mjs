// An ES module whose top-level await never settles; counts as program.cjs does.
import fs from "node:fs";
import { event, track } from "hindcast";

const ledger = track("ledger", { last: 0 });
const file = fs.openSync(process.argv[3], "a");
for (let last = 1; last <= 2000; last++) {
  event("number", { n: last });
  console.log(`number ${last}`);
  ledger.last = last;
  fs.writeSync(file, `number ${last}\n`);
}
await new Promise(() => undefined);
