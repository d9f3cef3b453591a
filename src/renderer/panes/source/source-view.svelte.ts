// What Source shows: the list of files, or one of them with how often its functions were called, and one call in it. Which file is in
// the shared selection, so that other panes can ask for it.
import { type Result, ok } from "../../../shared/base/result.js";
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { WriteEntry } from "../../../shared/protocol/engine-rows.js";
import type { HindcastError } from "../../../shared/protocol/errors.js";
import type { Progress } from "../../../shared/base/asker.js";
import type { ListedSource, ReadSource } from "../../../shared/protocol/source-calls.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import type { SourcePlace } from "../../state/source-place.js";
import { type GutterLine, gutterLines } from "./gutter-rows.js";
import { type ShownCall, besideIn, callAt, findCall, innermostIn, isStillAsked } from "./shown-call.js";
import { type WriteLine, writeLines } from "./write-lines.js";

/** Calls may begin at the same instant; more than these are not looked through for the one that was asked for. */
const mostAtOnce = 1000;
const mostWrites = 5;
const pageOfCalls = 100;

/** `file`: the one that was asked for; there may be nothing of it. */
interface ReadFile {
  readonly file: string;
  readonly source: ReadSource | undefined;
}

export class SourceView {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #selection: Selection;
  readonly list = new Query<readonly ListedSource[]>();
  readonly read = new Query<ReadFile>();
  readonly call = new Query<{ readonly file: string; readonly call: ShownCall | undefined }>();
  readonly writes = new Query<CallResult<"calls.writes"> & { readonly spanId: string }>();
  readonly step = new Query<{ readonly from: string; readonly call: ShownCall | undefined }>();
  readonly #listDue: Repeats;
  readonly #readDue: Repeats;
  readonly #callDue: Repeats;
  readonly #writesDue: Repeats;
  /** Of which place it is known where the playhead was when it was asked for. */
  #asked = $state.raw<{ readonly place: SourcePlace; readonly atNs: number }>();
  #stepped = $state.raw<"previous" | "next">("next");

  /** Of the file that is wanted, and not of the one before. */
  readonly file: ReadFile | undefined = $derived.by(() =>
    this.read.value?.file === this.place?.file ? this.read.value : undefined,
  );
  readonly gutter: readonly GutterLine[] = $derived.by(() => {
    const functions = this.file?.source?.functions;
    return functions === undefined ? [] : gutterLines(functions);
  });
  readonly shownCall: ShownCall | undefined = $derived.by(() =>
    this.call.value?.file === this.place?.file ? this.call.value?.call : undefined,
  );

  /** Of a place that is no call, its own until the playhead is moved. */
  readonly line: number = $derived.by(() => {
    const { place } = this;
    const isAtPlace =
      place?.call === undefined && this.#asked?.place === place && this.#asked?.atNs === this.#playhead.offsetNs;
    return (isAtPlace && place?.line) || (this.shownCall?.line ?? place?.line ?? 0);
  });
  /** Only of a call that threw. */
  readonly writesBefore: readonly WriteLine[] = $derived.by(() => {
    const [call, found] = [this.shownCall, this.writes.value];
    if (call?.facts.outcome.kind !== "threw" || found?.spanId !== call.spanId) return [];
    const endedAt = Number.isNaN(call.endNs) ? undefined : this.#recording.instantFromOffset(call.endNs);
    return writeLines(found.writes, found.mentioned, endedAt);
  });
  readonly stepNote: string = $derived.by(() => {
    const { value } = this.step;
    if (value === undefined || value.call !== undefined || value.from !== this.shownCall?.spanId) return "";
    return this.#stepped === "previous" ? "no call of it before" : "no call of it after";
  });

  constructor(recording: OpenRecording, playhead: Playhead, selection: Selection) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#selection = selection;
    this.#listDue = new Repeats(recording, this.list, "second");
    this.#readDue = new Repeats(recording, this.read, "second");
    this.#callDue = new Repeats(recording, this.call, "second");
    this.#writesDue = new Repeats(recording, this.writes, "second");
  }

  get place(): SourcePlace | undefined {
    return this.#selection.source;
  }

  open(file: string): void {
    this.#selection.showSource({ file, line: 0 });
  }
  showList(): void {
    this.#selection.showSource(undefined);
  }
  goTo(ns: number): void {
    this.#playhead.moveTo(ns);
  }
  get areWritesCut(): boolean {
    return this.writes.value?.isCut === true || this.writesBefore.length === mostWrites;
  }
  /** Its line here, its value in State, and the playhead right behind it. */
  goToWrite(write: WriteEntry): void {
    const { process, scope, path, location } = write;
    this.#playhead.moveToPosition(write);
    this.#selection.showValue({ process, scope, path });
    if (location === undefined) return;
    const place = { file: location.file, line: location.line };
    this.#asked = { place, atNs: this.#playhead.offsetNs };
    this.#selection.showSource(place);
  }
  /** To the call of the same function before or after the one that is shown. */
  stepCall(direction: "previous" | "next"): void {
    const from = this.shownCall;
    if (from === undefined) return;
    this.#stepped = direction;
    this.step.restart(async (signal, tell) => {
      const found = await this.#callBeside(from, direction, signal, tell);
      if (found.ok && found.value !== undefined && this.shownCall?.spanId === from.spanId) this.#show(found.value);
      return found.ok ? ok({ from: from.spanId, call: found.value }) : found;
    });
  }
  #show({ file, line, process, spanId, startNs }: ShownCall): void {
    this.#playhead.moveTo(startNs);
    this.#selection.showSource({ file, line, call: { process, spanId, startNs } });
  }
  async #callBeside(
    from: ShownCall,
    direction: "previous" | "next",
    signal: AbortSignal,
    tell: Progress,
  ): Promise<Result<ShownCall | undefined, HindcastError>> {
    const { start, end } = this.#recording.summary;
    const at = this.#recording.instantFromOffset(from.startNs);
    const isBackwards = direction === "previous";
    const range = isBackwards ? { from: start, to: at } : { from: at, to: end };
    for (let after: CallResult<"calls.page">["next"]; ;) {
      const asked = { ...range, function: from.name, isBackwards, limit: pageOfCalls, ...(after && { after }) };
      const page = await this.#recording.call("calls.page", asked, signal, tell);
      if (!page.ok) return page;
      const row = besideIn(page.value, from, isBackwards);
      if (row !== undefined) return ok(callAt(page.value.calls, page.value, row));
      if (page.value.next === undefined) return ok(undefined);
      after = page.value.next;
    }
  }
  showCallsOf({ process, spanId, name }: ShownCall): void {
    this.#selection.openCallsOf({ process, spanId, name });
  }

  /** Call from an effect. */
  loadList(): void {
    if (this.place !== undefined || !this.#listDue.isDue([], Infinity)) return;
    this.list.load(async (signal, tell) => {
      const answer = await this.#recording.call("sources.list", {}, signal, tell);
      return answer.ok ? ok(answer.value.sources) : answer;
    });
  }

  /** Call from an effect. */
  loadFile(): void {
    const { place } = this;
    if (place === undefined) return;
    const { file } = place;
    if (!this.#readDue.isDue([file], Infinity)) return;
    this.read.load(async (signal, tell) => {
      const answer = await this.#recording.call("sources.read", { file }, signal, tell);
      return answer.ok ? ok({ file, source: answer.value.source }) : answer;
    });
  }

  /** Call from an effect. */
  loadCall(): void {
    const { place } = this;
    if (place === undefined) return;
    const { file, call: asked } = place;
    const { instant, offsetNs } = this.#playhead;
    if (this.#asked?.place !== place) this.#asked = { place, atNs: offsetNs };
    const known = this.shownCall?.spanId === asked?.spanId ? this.shownCall : undefined;
    const isAsked = asked !== undefined && isStillAsked(offsetNs, this.#asked.atNs, known);
    if (isAsked ? !this.#callDue.isDue([asked], Infinity) : !this.#callDue.isDue([file, instant], offsetNs)) return;
    this.call.load(async (signal, tell) => {
      if (isAsked) {
        const at = this.#recording.instantFromOffset(asked.startNs);
        const page = await this.#recording.call("calls.page", { from: at, to: at, limit: mostAtOnce }, signal, tell);
        return page.ok ? ok({ file, call: findCall(page.value, asked) }) : page;
      }
      const stacks = await this.#recording.call("calls.stacks", { instant }, signal, tell);
      return stacks.ok ? ok({ file, call: innermostIn(stacks.value, file) }) : stacks;
    });
  }

  /** Call from an effect. */
  loadWrites(): void {
    const call = this.shownCall;
    if (call?.facts.outcome.kind !== "threw") return;
    const { process, spanId } = call;
    if (!this.#writesDue.isDue([process, spanId], call.endNs)) return;
    this.writes.load(async (signal, tell) => {
      const answer = await this.#recording.call("calls.writes", { process, spanId, limit: mostWrites }, signal, tell);
      return answer.ok ? ok({ ...answer.value, spanId }) : answer;
    });
  }

  again(): void {
    for (const due of [this.#listDue, this.#readDue, this.#callDue, this.#writesDue]) due.retry();
  }
}
