// What the palette finds besides commands: metrics of the open recording by the typed words, its records that hold them, newest first,
// places where the person was, and recordings that are not open.
import { type MetricSeries, foundKinds, searchKinds } from "../../shared/protocol/engine-rows.js";
import { type Result, ok } from "../../shared/base/result.js";
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { EngineLink } from "../state/engine-link.svelte.js";
import type { OpenRecording } from "../state/open-recording.svelte.js";
import { Query } from "../state/query.svelte.js";
import type { Session } from "../state/session.svelte.js";
import { clockText } from "../state/text.js";
import type { Command } from "./command.js";
import { type NamedSpan, placeCommands } from "./palette-places.js";

/** Fewer letters than this are in almost everything. */
const leastLetters = 3;
const [mostFound, mostSeries] = [8, 6];
const mostRecents = 30;

interface Found {
  readonly text: string;
  readonly records: CallResult<"search.page">;
  readonly series: readonly MetricSeries[];
}

export class PaletteFinds {
  readonly #session: Session;
  readonly #link: EngineLink;
  readonly #query = new Query<Found>();
  readonly #spans = new Query<readonly NamedSpan[]>();
  readonly #recents = new Query<CallResult<"recordings.list">>();

  constructor(session: Session, link: EngineLink) {
    this.#session = session;
    this.#link = link;
  }

  /** Names of the spans that were looked at lately. */
  loadSpans(): void {
    const { workspace } = this.#session;
    const spans = workspace?.recent.spans ?? [];
    if (workspace === undefined || spans.length === 0) return;
    this.#spans.load(async (signal) => {
      const named: NamedSpan[] = [];
      for (const span of spans) {
        const { process, spanId } = span;
        const found = await workspace.recording.call("requests.one", { process, spanId }, signal);
        const row = found.ok ? found.value.asked : undefined;
        if (!found.ok || row === undefined) continue;
        const { names, startNs } = found.value.spans;
        named.push({ ...span, name: names[row] ?? "", startNs: startNs[row] ?? 0 });
      }
      return { ok: true, value: named };
    });
  }

  get places(): readonly Command[] {
    const { workspace } = this.#session;
    return workspace === undefined ? [] : placeCommands(workspace, this.#spans.value ?? []);
  }

  loadRecents(): void {
    this.#recents.load((signal) => this.#link.call("recordings.list", {}, signal));
  }

  /** Call from an effect: the metrics and records that hold this text; one that is typed on is not waited for. */
  look(text: string): void {
    const words = text.trim();
    const { workspace } = this.#session;
    if (workspace === undefined || words.length < leastLetters) return;
    this.#query.load(async (signal) => {
      const { recording } = workspace;
      const args = { text: words, kinds: [...searchKinds], order: "newest" as const, limit: mostFound };
      const [records, series] = await Promise.all([
        recording.call("search.page", args, signal),
        seriesHaving(recording, words, signal),
      ]);
      if (!records.ok) return records;
      return series.ok ? ok({ text: words, records: records.value, series: series.value }) : series;
    }, 0);
  }

  get isLooking(): boolean {
    return this.#query.runningSinceMs !== undefined;
  }

  /** Metrics that have the text, which open in Metrics. */
  series(text: string): readonly Command[] {
    const { workspace } = this.#session;
    const answer = this.#query.value;
    if (workspace === undefined || answer?.text !== text.trim()) return [];
    const { recording, selection } = workspace;
    return answer.series.map(({ series, process, alias, attributes }): Command => {
      const service = recording.process(process)?.serviceName ?? String(process);
      return {
        id: `series ${series}`,
        group: "metric",
        title: `${alias}${attributes === "{}" ? "" : ` ${attributes}`} of ${service}`,
        keys: [],
        run: () => selection.askForSeries(series),
      };
    });
  }

  /** Records that hold the text; none while those of another text are all there is. */
  records(text: string): readonly Command[] {
    const { workspace } = this.#session;
    const answer = this.#query.value;
    if (workspace === undefined || answer?.text !== text.trim()) return [];
    const { recording, playhead } = workspace;
    const found = answer.records;
    return found.titles.map((title, at): Command => {
      const [process, seq] = [found.process[at] ?? 0, found.seq[at] ?? 0];
      const instant = recording.instantFromOffset(found.timeNs[at] ?? 0);
      const words = `${found.before[at] ?? ""}${found.matched[at] ?? ""}${found.after[at] ?? ""}`;
      const kind = foundKinds[found.kind[at] ?? 0] ?? "record";
      return {
        id: `record ${at} ${process}.${seq}`,
        group: kind,
        title: `${clockText(instant, 3)}  ${words === title || words === "" ? title : words}`,
        keys: [],
        run: () => playhead.moveToPosition({ process, seq, instant }),
      };
    });
  }

  get recents(): readonly Command[] {
    const open = new Set(this.#session.workspaces.map(({ recording }) => recording.summary.path));
    return (this.#recents.value ?? [])
      .filter(({ path }) => !open.has(path))
      .slice(0, mostRecents)
      .map(({ path, name }): Command => ({
        id: `open ${path}`,
        group: "Recording",
        title: `Open ${name}`,
        keys: [],
        run: () => void this.#session.open(path),
      }));
  }
}

/** In the order in which they began. */
async function seriesHaving(
  recording: OpenRecording,
  text: string,
  signal: AbortSignal,
): Promise<Result<readonly MetricSeries[], HindcastError>> {
  const page = await recording.call(
    "search.page",
    { text, kinds: ["metric"], order: "oldest", limit: mostSeries },
    signal,
  );
  if (!page.ok || page.value.series.length === 0) return page.ok ? ok([]) : page;
  const list = await recording.call("metrics.list", {}, signal);
  if (!list.ok) return list;
  const known = new Map(list.value.map((one) => [one.series, one]));
  return ok([...page.value.series].flatMap((series) => known.get(series) ?? []));
}
