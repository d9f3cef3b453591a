// What Calls shows: what is under way at the playhead, or the tree of a stretch or of a span. Which of them is in the shared
// selection, so that other panes can ask for a tree; what is open and looked for in it is the pane's own.
import type { Progress } from "../../../shared/base/asker.js";
import { untrack } from "svelte";
import { type CallsOf, type CallsPlace, hasCalls } from "../../state/calls-place.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import { type CallStacks, type StackRow, stackRows } from "./stack-rows.js";
import { type CallTree, OpenedNodes, type TreeRow, treeRows } from "./tree-rows.js";

export class CallsView {
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #selection: Selection;
  readonly stacks = new Query<CallStacks & { readonly atNs: number }>();
  readonly tree = new Query<CallTree>();
  readonly #stacksDue: Repeats;
  readonly #treeDue: Repeats;
  readonly #opened = new OpenedNodes();
  #openings = $state(0);
  #words = $state("");
  #active = $state(-1);
  #shownScope = "";

  readonly stackRows: readonly StackRow[] = $derived.by(() => {
    const { value } = this.stacks;
    return value === undefined ? [] : stackRows(value, value.atNs);
  });
  readonly treeRows: readonly TreeRow[] = $derived.by(() => {
    void this.#openings;
    return this.tree.value === undefined ? [] : treeRows(this.tree.value, this.#opened, this.#words);
  });
  /** Of the list that is shown. */
  readonly activeRow: number = $derived.by(() => {
    if (this.place.question === "tree") return this.treeRows.findIndex(({ node }) => node === this.#active);
    const { span } = this.#selection;
    const frames = this.stacks.value?.frames;
    return this.stackRows.findIndex(
      (row) =>
        row.kind === "frame" &&
        span !== undefined &&
        frames?.spanIds[row.frame] === span.spanId &&
        frames.process[row.frame] === span.process,
    );
  });

  constructor(recording: OpenRecording, playhead: Playhead, selection: Selection) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#selection = selection;
    this.#stacksDue = new Repeats(recording, this.stacks, "second");
    this.#treeDue = new Repeats(recording, this.tree, "second");
  }

  get place(): CallsPlace {
    return this.#selection.calls;
  }
  get words(): string {
    return this.#words;
  }
  get hasRange(): boolean {
    return this.#selection.range !== undefined;
  }
  /** What the tree of a span would be of: the one that was asked for, else the selected one. */
  get of(): CallsOf | undefined {
    const { span, calls } = this.#selection;
    return calls.of ?? (span === undefined ? undefined : { ...span, name: "the selected span" });
  }
  get hasCalls(): boolean {
    return hasCalls(this.#recording.summary);
  }

  ask(question: CallsPlace["question"]): void {
    this.#selection.showCalls({ question });
  }
  chooseScope(scope: CallsPlace["scope"]): void {
    this.#selection.showCalls(scope === "span" ? { scope, of: this.of } : { scope });
  }
  find(words: string): void {
    this.#words = words;
  }

  setOpen(index: number, isOpen: boolean): void {
    const [row, tree] = [this.treeRows[index], this.tree.value];
    if (row?.isOpen === undefined || tree === undefined) return;
    this.#opened.choose(this.#opened.waysOf(tree)[row.node] ?? 0, isOpen);
    this.#openings += 1;
  }

  /** Left and right, as in any tree. */
  along(key: string, index: number): void {
    const row = this.treeRows[index];
    if (row === undefined) return;
    if (key === "ArrowRight" && row.isOpen === false) this.setOpen(index, true);
    else if (key === "ArrowRight" && row.isOpen === true) this.standOnNode(index + 1);
    else if (key === "ArrowLeft" && row.isOpen === true && this.#words === "") this.setOpen(index, false);
    else if (key === "ArrowLeft") {
      const above = this.treeRows.findLastIndex(({ depth }, at) => at < index && depth < row.depth);
      if (above >= 0) this.standOnNode(above);
    }
  }

  /** The span is selected, and Source shows it where that is seen anyway. */
  standOnNode(index: number): void {
    const [row, tree] = [this.treeRows[index], this.tree.value];
    if (row === undefined || tree === undefined) return;
    const { node } = row;
    this.#active = node;
    const [process, spanId] = [tree.process[node] ?? 0, tree.spanIds[node] ?? ""];
    this.#selection.selectSpan({ process, spanId, traceId: "" });
    this.#readSource(tree, node, { process, spanId, startNs: tree.startNs[node] ?? 0 });
  }

  standOnFrame(index: number): void {
    const [row, stacks] = [this.stackRows[index], this.stacks.value];
    if (row?.kind !== "frame" || stacks === undefined) return;
    const { frames } = stacks;
    const { frame } = row;
    const [process, spanId] = [frames.process[frame] ?? 0, frames.spanIds[frame] ?? ""];
    this.#selection.selectSpan({ process, spanId, traceId: frames.traceIds[frame] ?? "" });
    this.#readSource(stacks, frame, { process, spanId, startNs: frames.startNs[frame] ?? 0 });
  }

  #readSource(
    { files, lines, isCall }: Pick<CallTree, "files" | "lines" | "isCall">,
    at: number,
    call: { readonly process: number; readonly spanId: string; readonly startNs: number },
  ): void {
    if (isCall[at] === 1) this.#selection.showSource({ file: files[at] ?? "", line: lines[at] ?? 0, call });
  }

  /** What the active row is about is brought to the front; of what is no call there is no source. */
  openSource(index: number): void {
    if (this.place.question === "tree") this.standOnNode(index);
    else this.standOnFrame(index);
    const isCall =
      this.place.question === "tree"
        ? this.tree.value?.isCall[this.treeRows[index]?.node ?? -1]
        : this.stacks.value?.isCall[this.#frameAt(index)];
    const { source } = this.#selection;
    if (isCall === 1 && source !== undefined) this.#selection.openSource(source);
  }

  #frameAt(index: number): number {
    const row = this.stackRows[index];
    return row?.kind === "frame" ? row.frame : -1;
  }

  /** Call from an effect. */
  loadStacks(): void {
    if (this.place.question !== "stack") return;
    const { instant, offsetNs: atNs } = this.#playhead;
    if (!this.#stacksDue.isDue([instant], atNs)) return;
    this.stacks.load(async (signal, tell) => {
      const answer = await this.#recording.call("calls.stacks", { instant }, signal, tell);
      return answer.ok ? { ok: true, value: { ...answer.value, atNs } } : answer;
    });
  }

  /** Call from an effect. */
  loadTree(): void {
    if (this.place.question !== "tree") return;
    const { scope } = this.place;
    const range = scope === "range" ? this.#selection.range : undefined;
    const of = scope === "span" ? this.place.of : undefined;
    const asked = [scope, range, of];
    if (!this.#treeDue.isDue(asked, range?.toNs ?? Infinity)) return;
    const { start, end } = untrack(() => this.#recording.summary);
    const times =
      range === undefined
        ? { from: start, to: end }
        : {
            from: this.#recording.instantFromOffset(range.fromNs),
            to: this.#recording.instantFromOffset(range.toNs),
          };
    const below = of === undefined ? {} : { below: { process: of.process, spanId: of.spanId } };
    const ask = (signal: AbortSignal, tell: Progress) =>
      this.#recording.call("calls.tree", { ...times, ...below }, signal, tell);
    const shown = JSON.stringify(asked);
    if (shown === this.#shownScope) this.tree.load(ask);
    else {
      this.#active = -1;
      this.tree.restart(ask);
    }
    this.#shownScope = shown;
  }

  again(): void {
    this.#stacksDue.retry();
    this.#treeDue.retry();
  }
}
