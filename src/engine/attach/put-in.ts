// Puts the agent into a program over a session with its inspector, and closes the inspector.
import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import * as v from "valibot";
import { type Result, failed, ok } from "../../shared/base/result.js";
import type { TrackedGlobal } from "../../shared/protocol/attach-calls.js";
import { type AttachOrder, attachOutcome } from "../../shared/protocol/agent-wire.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import type { InspectorSession, InspectorTrouble } from "./inspector-session.js";

const answersWithinMs = 5000;
/** A large program's heap is read when something is tracked. */
const startsWithinMs = 15_000;

const remoteObject = v.object({
  type: v.string(),
  value: v.optional(v.unknown()),
  unserializableValue: v.optional(v.string()),
  objectId: v.optional(v.string()),
});
type RemoteObject = v.InferOutput<typeof remoteObject>;
const evaluated = v.object({
  result: remoteObject,
  exceptionDetails: v.optional(
    v.object({ text: v.string(), exception: v.optional(v.object({ description: v.optional(v.string()) })) }),
  ),
});
type Evaluated = v.InferOutput<typeof evaluated>;

export interface ToPutIn {
  readonly order: AttachOrder;
  /** Built file whose text is evaluated. */
  readonly attachFile: string;
  readonly track: readonly TrackedGlobal[];
  /** The program that is meant; undefined: whichever is there. */
  readonly pid: number | undefined;
  /** As the user is told. */
  readonly target: string;
}

/** The program's process id. Where this fails nothing was changed in the program, or it is brought back soon. */
export async function putIn(session: InspectorSession, given: ToPutIn): Promise<Result<number, HindcastError>> {
  const { target } = given;
  const pid = await evaluate(session, "process.pid");
  if (!pid.ok) return failed(explained(pid.error, target));
  const found = pid.value.result.value;
  if (typeof found !== "number" || (given.pid !== undefined && found !== given.pid))
    return failed(hindcastError("bad-inspector", { target, reason: "it belongs to another program" }));
  const values = await valuesOf(session, given);
  if (!values.ok) return values;
  const started = await start(session, given, values.value);
  if (!started.ok) return failed(explained(started.error, target));
  const outcome = v.safeParse(attachOutcome, started.value.result.value);
  if (!outcome.success)
    return failed(hindcastError("cannot-attach", { target, reason: thrownText(started.value) ?? "it said nothing" }));
  switch (outcome.output.kind) {
    case "recorded":
      return failed(hindcastError("already-recorded", { target }));
    case "elsewhere":
      return failed(hindcastError("not-among-us", { target }));
    case "failed":
      return failed(hindcastError("cannot-attach", { target, reason: outcome.output.reason }));
    case "attached":
      return ok(found);
  }
}

/** Evaluating the text starts nothing: that is done in one go, by a call, in a turn of the program's own. */
async function start(
  session: InspectorSession,
  { order, attachFile, track }: ToPutIn,
  values: readonly RemoteObject[],
): Promise<Result<Evaluated, InspectorTrouble>> {
  const text = await readFile(attachFile, "utf8");
  // `require` of a console is only there while it is evaluated.
  const expression =
    `(function (require) { const module = { exports: {} }; (function (exports, require, module) { ${text}\n` +
    `})(module.exports, require, module); return module.exports; })(require)`;
  const loaded = await evaluate(session, expression, { includeCommandLineAPI: true });
  if (!loaded.ok || loaded.value.result.objectId === undefined) return loaded;
  const params = {
    functionDeclaration: "function (order, ...tracked) { return this.attach(order, tracked); }",
    objectId: loaded.value.result.objectId,
    arguments: [{ value: order }, ...track.flatMap(({ name }, at) => [{ value: name }, argumentOf(values[at])])],
    silent: true,
    awaitPromise: true,
    returnByValue: true,
  };
  return session.ask("Runtime.callFunctionOn", params, evaluated, startsWithinMs);
}

/** Looked up before anything is started: what cannot be had must not leave an agent behind. */
async function valuesOf(
  session: InspectorSession,
  { track, target }: ToPutIn,
): Promise<Result<RemoteObject[], HindcastError>> {
  const values: RemoteObject[] = [];
  for (const { name, expression } of track) {
    // V8 stops at the first thing that would change anything, a getter of the program's that does so included.
    const options = { throwOnSideEffect: true, timeout: 1000 };
    const value = await evaluate(session, `(${expression}\n)`, options);
    if (!value.ok) return failed(explained(value.error, target));
    const reason =
      thrownText(value.value) ?? (value.value.result.type === "undefined" ? "there is nothing" : undefined);
    if (reason !== undefined) return failed(hindcastError("bad-tracked", { name, reason }));
    values.push(value.value.result);
  }
  return ok(values);
}

const argumentOf = (value: RemoteObject | undefined): object =>
  value?.objectId !== undefined
    ? { objectId: value.objectId }
    : value?.unserializableValue !== undefined
      ? { unserializableValue: value.unserializableValue }
      : { value: value?.value };

/**
 * Every session with it ends by that, this one too; there may be no answer. In the second turn of the event loop from now on: in
 * a program that was busy when the signal came Node opens the inspector at once, and again when it gets to its loop.
 */
export async function closeInspector(session: InspectorSession): Promise<void> {
  const expression = `{
    const [{ close }, { setImmediate }] = [require("node:inspector"), require("node:timers")];
    setImmediate(() => setImmediate(close));
    undefined;
  }`;
  void evaluate(session, expression, { includeCommandLineAPI: true });
  await Promise.race([session.closed, wait(answersWithinMs, undefined, { ref: false })]);
}

const evaluate = (session: InspectorSession, expression: string, options: object = {}, withinMs = answersWithinMs) =>
  session.ask("Runtime.evaluate", { expression, silent: true, ...options }, evaluated, withinMs);

const thrownText = ({ exceptionDetails }: Evaluated): string | undefined =>
  exceptionDetails === undefined
    ? undefined
    : (exceptionDetails.exception?.description ?? exceptionDetails.text).split("\n")[0];

/** What went wrong with the inspector, as the user is told. */
export function explained({ kind, reason, waitedMs }: InspectorTrouble, target: string): HindcastError {
  switch (kind) {
    case "silent":
      return hindcastError("program-busy", { target, seconds: String(Math.ceil(waitedMs / 1000)) });
    case "mute":
    case "gone":
      return hindcastError("no-inspector", { target, reason });
    case "strange":
      return hindcastError("bad-inspector", { target, reason });
  }
}
