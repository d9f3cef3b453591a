// State that is kept in memory and shown by Hindcast: `track` is the one line that knows of it. Every change happens
// synchronously inside `change`, and ends by counting itself.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { track } from "hindcast";
import { changeObserver } from "../oracle.mjs";

/**
 * `change(work)` runs `work(state)`. With LEDGER_ORACLE naming a folder, each process keeps its own account of each scope there.
 * @template {{ changes: number }} State
 * @param {string} scope
 * @param {State} state
 */
export function keepState(scope, state) {
  const tracked = track(scope, state);
  const observe = changeObserver(oracleFile(scope));
  /** @type {<Result>(work: (state: State) => Result) => Result} */
  const change = (work) =>
    observe(tracked, () => {
      const result = work(tracked);
      tracked.changes++;
      return result;
    });
  return { state: tracked, change, observe };
}

function oracleFile(scope) {
  const folder = process.env.LEDGER_ORACLE;
  if (folder === undefined || folder === "") return undefined;
  mkdirSync(folder, { recursive: true });
  return join(folder, `${scope}-${process.pid}.jsonl`);
}
