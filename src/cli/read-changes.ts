// hindcast changes and hindcast graph: what is different in a span of time, and who calls whom.
import { failed } from "../shared/base/result.js";
import { changeKinds } from "../shared/protocol/correlation-calls.js";
import { hindcastError } from "../shared/protocol/errors.js";
import { offsetFromStart } from "../shared/trace/iso-time.js";
import { usualLimit } from "./correlate.js";
import type { CommandArgs } from "./decode-args.js";
import { done, range, withRecording } from "./reading.js";
import { onOneLine } from "./rows.js";
import { aligned } from "./table-text.js";
import type { Ending } from "./terminal.js";
import { durationText } from "./time-text.js";
import type { World } from "./world.js";

export const changes = (world: World, args: CommandArgs<"changes">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const { call, recordingId, summary, out } = reading;
    const times = range(reading, args);
    if (!times.ok) return times;
    const limit = Math.min(2000, args.limit ?? usualLimit);
    const answer = await call("range.changes", { recordingId, ...times.value, against: args.against, limit });
    if (!answer.ok) return answer;
    const found = answer.value;
    if (found.baseline === undefined)
      return failed(
        hindcastError("bad-usage", {
          reason:
            args.against === "after"
              ? "what is recorded after --to is too short to compare with"
              : "what is recorded before --from is too short to compare with; --against after compares with what came later",
        }),
      );
    const rows = [...found.kind].map((kind, at) => ({
      kind: changeKinds[kind] ?? "metric",
      service: found.services[at] ?? "",
      subject: found.subjects[at] ?? "",
      score: found.score[at] ?? 0,
      chance: found.chance[at] ?? 1,
      before: found.before[at] ?? 0,
      after: found.after[at] ?? 0,
      unit: found.units[at] ?? "",
      why: found.why[at] ?? "",
    }));
    if (args.json) {
      for (const row of rows) await out.line(JSON.stringify(row));
      return done;
    }
    const at = (instant: bigint): string => offsetFromStart(instant, summary.start);
    await out.line(
      `${found.named} of ${found.tried} things changed from ${at(found.baseline.from)} … ${at(found.baseline.to)} to ${at(times.value.from)} … ${at(times.value.to)}`,
    );
    if (rows.length === 0) return done;
    const cells = rows.map(({ kind, service, subject, score, why }) => [
      String(Math.round(score * 100)),
      kind,
      onOneLine(service),
      onOneLine(subject),
      onOneLine(why),
    ]);
    const lines = aligned([["SCORE", "KIND", "SERVICE", "WHAT", "WHY"], ...cells.map(cut)], new Set([0]));
    for (const line of lines) await out.line(line);
    return done;
  });

const mostShown = 80;
const cut = (cells: readonly string[]): readonly string[] =>
  cells.map((cell, at) => (at === 3 && cell.length > mostShown ? `${cell.slice(0, mostShown - 1)}…` : cell));

export const graph = (world: World, args: CommandArgs<"graph">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const { call, recordingId, out } = reading;
    const times = range(reading, args);
    if (!times.ok) return times;
    const { from, to } = times.value;
    // The last instant is part of what is asked for.
    const answer = await call("services.graph", { recordingId, from, to: to + 1n });
    if (!answer.ok) return answer;
    const { nodes, calls, errors, perSecond, p50Ns, p95Ns, p99Ns, ...ends } = answer.value;
    const ns = (value: number | undefined): number | null =>
      value === undefined || Number.isNaN(value) ? null : value;
    const rows = [...calls].map((count, at) => {
      const [caller, callee] = [nodes[ends.from[at] ?? 0], nodes[ends.to[at] ?? 0]];
      return {
        from: caller?.name ?? "",
        fromKind: caller?.kind ?? "service",
        to: callee?.name ?? "",
        toKind: callee?.kind ?? "service",
        calls: count,
        errors: errors[at] ?? 0,
        perSecond: perSecond[at] ?? 0,
        p50Ns: ns(p50Ns[at]),
        p95Ns: ns(p95Ns[at]),
        p99Ns: ns(p99Ns[at]),
      };
    });
    if (args.json) {
      for (const row of rows) await out.line(JSON.stringify(row));
      return done;
    }
    const duration = (value: number | null): string => (value === null ? "–" : durationText(value));
    const shown = (name: string, kind: string): string =>
      onOneLine(kind === "service" || kind === name ? name : `${name} (${kind})`);
    const cells = rows.map((row) => [
      shown(row.from, row.fromKind),
      shown(row.to, row.toKind),
      String(row.calls),
      String(row.errors),
      row.perSecond.toPrecision(3),
      duration(row.p50Ns),
      duration(row.p95Ns),
      duration(row.p99Ns),
    ]);
    const headings = ["FROM", "TO", "CALLS", "ERRORS", "PER SECOND", "P50", "P95", "P99"];
    if (cells.length > 0)
      for (const line of aligned([headings, ...cells], new Set([2, 3, 4, 5, 6, 7]))) await out.line(line);
    return done;
  });
