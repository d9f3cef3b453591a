// One value of captured state at a position, whole as it is copied or as a watch shows it; and values by a text in them.
import type { Asker } from "../shared/base/asker.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { type PathStep, parsePath } from "../shared/trace/path.js";
import { slotKeyOf } from "../shared/trace/slots.js";
import { taggedJson } from "../shared/trace/tagged-json.js";
import type { CapturedValue } from "../shared/trace/value.js";
import type { Change } from "./replay/change.js";
import { findValues } from "./replay/find.js";
import { previewOf, typeOf } from "./replay/preview.js";
import { type Resolved, resolvePath } from "./replay/resolve.js";
import { changeAtSlot } from "./replay/rows.js";
import type { Slot } from "./replay/slot.js";
import { cutFor, unlessEvicted } from "./state-evicted.js";
import { type StateSubjects, noSuchScope } from "./state-subject.js";

/** What somebody copies has to fit into a clipboard. */
const mostObjects = 50_000;
/** Looked at in one go, which nothing can interrupt. */
const mostLooked = 300_000;

export async function valueAt(
  subjects: StateSubjects,
  args: CallArgs<"state.value">,
  asker: Asker,
): Promise<Result<CallResult<"state.value">, HindcastError>> {
  const subject = subjects.of(args, asker);
  if (!subject.ok) return subject;
  const path = parsePath(args.path);
  if (!path.ok) return failed(hindcastError("bad-path", { path: args.path, reason: path.error.reason }));
  const shown = await cutFor(subject.value, args.at);
  if (!shown.ok) return shown;
  const { state, process } = subject.value;
  const { upTo } = shown.value;
  const answer = state.graphs.at(
    process,
    upTo,
    ({ graph, change, last }) => {
      const resolved = resolvePath(graph, args.scope, path.value);
      const { value } = resolved;
      const changed = changedBy(change, args.scope, path.value.at(-1), resolved);
      return ok({
        text: value === undefined ? "" : previewOf(graph, value),
        type: value === undefined ? "" : typeOf(graph, value),
        json: value === undefined || !args.json ? undefined : taggedJson(value, graph.contentsOf, mostObjects),
        isChanged: changed !== undefined,
        previous: changed?.before === undefined ? "" : previewOf(graph, changed.before),
        seq: last?.seq ?? 0,
        instant: last?.instant ?? 0n,
      });
    },
    asker,
  );
  return unlessEvicted(subject.value, upTo, answer);
}

export async function find(
  subjects: StateSubjects,
  args: CallArgs<"state.find">,
  asker: Asker,
): Promise<Result<CallResult<"state.find">, HindcastError>> {
  const found = subjects.ofProcess(args, asker);
  if (!found.ok) return found;
  const { subject, scopes: known } = found.value;
  const missing = args.scopes?.find((scope) => !known.has(scope));
  if (missing !== undefined) return failed(noSuchScope(missing, [...known]));
  const shown = await cutFor(subject, args.at);
  if (!shown.ok) return shown;
  const { upTo } = shown.value;
  const { text, limit } = args;
  const answer = subject.state.graphs.at(
    subject.process,
    upTo,
    ({ graph }) => {
      const values: CallResult<"state.find">["values"] = [];
      let left = mostLooked;
      for (const scope of args.scopes ?? known) {
        const part = findValues(graph, { scope, text, limit: limit - values.length, mostLooked: left });
        for (const one of part.found) values.push({ scope, ...one });
        if (!part.isWhole) return ok({ isWhole: false, values });
        left -= part.looked;
      }
      return ok({ isWhole: true, values });
    },
    asker,
  );
  return unlessEvicted(subject, upTo, answer);
}

/** What the last write did to the value's own slot, or to what the object there holds itself. */
function changedBy(
  change: Change,
  scope: string,
  step: PathStep | undefined,
  { links, value }: Resolved,
): { readonly before: CapturedValue | undefined } | undefined {
  if (change.kind === "scope") return change.scope === scope && step === undefined ? change : undefined;
  if (change.kind === "none") return undefined;
  if (value?.kind === "object" && value.id === change.target) return { before: undefined };
  const last = links.at(-1);
  if (last === undefined || step === undefined) return undefined;
  if (last.slot !== undefined) return changeAtSlot(change, last.object, last.slot);
  const isGone = change.kind === "slot" && change.target === last.object && change.after === undefined;
  return isGone && slotsOf(step).includes(change.slot) ? change : undefined;
}

/** Where a step led before it led nowhere. */
function slotsOf(step: PathStep): readonly Slot[] {
  if (step.kind === "property") return [step.key, slotKeyOf({ kind: "primitive", value: step.key })];
  return step.kind === "number" ? [slotKeyOf({ kind: "primitive", value: step.value })] : [];
}
