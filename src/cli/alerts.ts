// `hindcast alerts`: what rules told while a recording was made; acknowledges, resolves, notes and suppresses.
import { failed, ok } from "../shared/base/result.js";
import { type Alert, alertState } from "../shared/protocol/alert-calls.js";
import type { CallResult } from "../shared/protocol/engine-calls.js";
import { hindcastError } from "../shared/protocol/errors.js";
import { isoFromInstant, offsetFromStart } from "../shared/trace/iso-time.js";
import type { CommandArgs } from "./decode-args.js";
import { type Done, type Reading, done, withRecording } from "./reading.js";
import { instantsAsText, onOneLine } from "./rows.js";
import type { Ending } from "./terminal.js";
import type { World } from "./world.js";

type Args = CommandArgs<"alerts">;
type Listed = CallResult<"alerts.list">;

/** As many characters of an id as are shown; more are understood as well. */
const shownId = 8;

export const alerts = (world: World, args: Args): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const given = [args.acknowledge, args.resolve, args.note, args.suppress, args.unsuppress];
    if (given.filter((one) => one !== undefined).length > 1)
      return usage("--acknowledge, --resolve, --note, --suppress and --unsuppress go one at a time");
    if ((args.note === undefined) !== (args.text === undefined) && args.suppress === undefined)
      return usage("--note names the alert, and --text says what is noted");
    if (args.suppress === undefined && args.for !== undefined) return usage("--for is where --suppress is");
    if (args.suppress !== undefined) return suppress(reading, args, args.suppress);
    if (args.unsuppress !== undefined) return unsuppress(reading, args.unsuppress);
    return change(reading, args);
  });

const usage = (reason: string): Done => failed(hindcastError("bad-usage", { reason }));

async function change(reading: Reading, args: Args): Promise<Done> {
  const { call, recordingId, out } = reading;
  const { author, acknowledge, resolve, note, text = "" } = args;
  if (acknowledge === undefined && resolve === undefined && note === undefined) return list(reading, args);
  const id = acknowledge ?? resolve ?? note ?? "";
  const changed =
    acknowledge !== undefined
      ? await call("alerts.acknowledge", { recordingId, id, author })
      : resolve !== undefined
        ? await call("alerts.resolve", { recordingId, id, author })
        : await call("alerts.note", { recordingId, id, author, text });
  if (!changed.ok) return changed;
  const { alert } = changed.value;
  await out.line(args.json ? json({ ...alert, state: alertState(alert) }) : alertText(alert, reading));
  return done;
}

async function list(reading: Reading, { json: asJson }: Args): Promise<Done> {
  const { call, recordingId, out } = reading;
  const found = await call("alerts.list", { recordingId });
  if (!found.ok) return found;
  const { alerts: all, firings, silences } = found.value;
  for (const alert of all) {
    const own = firings.filter((one) => one.alert === alert.id);
    await out.line(asJson ? json({ ...alert, state: alertState(alert), firings: own }) : alertText(alert, reading));
    if (asJson) continue;
    for (const note of alert.notes) await out.line(onOneLine(`    ${note.by}: ${note.text}`));
    for (const line of notDone(own)) await out.line(onOneLine(`    ${line}`));
  }
  if (asJson) return done;
  for (const silence of silences) await out.line(silenceText(silence));
  if (all.length === 0) await out.line("No rule fired while this was recorded.");
  return done;
}

/** What its actions could not do, once each. */
function notDone(firings: Listed["firings"]): readonly string[] {
  const failedOnes = firings.flatMap(({ outcomes }) => outcomes.filter(({ done: isDone }) => !isDone));
  return [...new Set(failedOnes.map(({ action, what }) => `${action} was not done: ${what}`))];
}

const json = (value: unknown): string => JSON.stringify(value, instantsAsText);

function alertText(alert: Alert, { summary }: Reading): string {
  const { id, rule, severity, group, count, message, first, last } = alert;
  const at = (instant: bigint): string => offsetFromStart(instant, summary.start);
  const times = count === 1 ? at(last) : `${at(first)} – ${at(last)}, ${count} times`;
  const groups = Object.entries(group).map(([name, value]) => `${name}=${value}`);
  const who = alert.resolved ?? alert.acknowledged;
  const state = `${alertState(alert)}${who === undefined ? "" : ` by ${who.by}`}`;
  return onOneLine(
    [id.slice(0, shownId), state.padEnd(12), severity.padEnd(8), times, rule, ...groups, message].join("  "),
  );
}

const silenceText = ({ id, labels, until, author, text }: Listed["silences"][number]): string =>
  onOneLine(
    `${id.slice(0, shownId)}  suppression   ${Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(" ")}  until ${isoFromInstant(until)} by ${author}${text === "" ? "" : `: ${text}`}`,
  );

async function suppress({ call, recordingId, out }: Reading, args: Args, named: readonly string[]): Promise<Done> {
  if (args.for === undefined) return usage("--for says how long: 30m, 12h");
  const pairs = named.map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)] as const);
  if (named.some((one) => one.indexOf("=") < 1)) return usage("--suppress takes NAME=VALUE, such as rule=memory");
  const since = BigInt(Date.now()) * 1_000_000n;
  const until = since + BigInt(args.for) * 1_000_000n;
  const labels = Object.fromEntries(pairs);
  const { author, text } = args;
  const put = await call("alerts.suppress", { recordingId, labels, since, until, author, text });
  if (!put.ok) return put;
  await out.line(args.json ? json(put.value.silence) : silenceText(put.value.silence));
  return done;
}

async function unsuppress({ call, recordingId }: Reading, id: string): Promise<Done> {
  const found = await call("alerts.list", { recordingId });
  if (!found.ok) return found;
  const matching = found.value.silences.filter((one) => one.id.startsWith(id));
  const [only] = matching;
  const reason =
    matching.length > 1 ? `${matching.length} suppressions begin with ${id}` : "there is no such suppression";
  if (only === undefined || matching.length > 1) return failed(hindcastError("bad-alert", { reason }));
  const removed = await call("alerts.unsuppress", { recordingId, id: only.id });
  return removed.ok ? ok(undefined) : removed;
}
