// The text of a source, to be read: numbers of lines, beside them how often what begins there was called. It is loaded when the first
// text is shown.
import { defaultKeymap } from "@codemirror/commands";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, RangeSet, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  GutterMarker,
  drawSelection,
  gutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { countText } from "../../state/text.js";
import { codeColours } from "../../widgets/code-colours.js";
import { codeTheme } from "../../widgets/code-theme.js";
import type { GutterLine } from "./gutter-rows.js";
import { sourceLanguage } from "./source-language.js";

export interface SourceText {
  /** Another text begins at its top. */
  show(file: string, text: string): void;
  showCounts(lines: readonly GutterLine[]): void;
  /** From 1; 0 = none. `isCome`: it is brought on screen. */
  mark(line: number, isCome: boolean): void;
  focus(): void;
  dispose(): void;
}

export function makeSourceText(parent: HTMLElement): SourceText {
  let shown = "";
  // The page's policy takes no styles without it.
  const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? "";
  const extensionsFor = (file: string): Extension => [
    EditorView.cspNonce.of(nonce),
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ "aria-label": `Source of ${file}`, "aria-readonly": "true", tabindex: "0" }),
    countsField,
    gutter({ class: "cm-counts", markers: (view) => view.state.field(countsField) }),
    lineNumbers(),
    markField,
    drawSelection(),
    highlightSelectionMatches(),
    search({ top: true }),
    keymap.of([
      ...searchKeymap,
      {
        key: "Escape",
        run: ({ contentDOM }) => {
          contentDOM.blur();
          contentDOM.closest<HTMLElement>("[data-pane]")?.focus();
          return true;
        },
      },
      ...defaultKeymap,
    ]),
    sourceLanguage(file),
    codeColours,
    codeTheme,
    ownTheme,
  ];
  const view = new EditorView({ parent, state: EditorState.create({ doc: "", extensions: extensionsFor("") }) });
  const startOf = (line: number): number | undefined =>
    line >= 1 && line <= view.state.doc.lines ? view.state.doc.line(line).from : undefined;
  return {
    show(file, text) {
      const isOther = file !== shown;
      shown = file;
      // What comes of a file that is looked at leaves it where it is.
      if (isOther || view.state.doc.toString() !== EditorState.create({ doc: text }).doc.toString())
        view.setState(EditorState.create({ doc: text, extensions: extensionsFor(file) }));
    },
    showCounts(lines) {
      const markers = lines.flatMap((line) => {
        const from = startOf(line.line);
        return from === undefined ? [] : [new CountMarker(line).range(from)];
      });
      view.dispatch({ effects: setCounts.of(RangeSet.of(markers, true)) });
    },
    mark(line, isCome) {
      const from = startOf(line);
      const effects: StateEffect<unknown>[] = [
        setMark.of(from === undefined ? Decoration.none : Decoration.set([markedLine.range(from)])),
      ];
      if (from !== undefined && isCome) effects.push(EditorView.scrollIntoView(from, { y: "center" }));
      view.dispatch({ effects, ...(from === undefined || !isCome ? {} : { selection: { anchor: from } }) });
    },
    focus: () => view.focus(),
    dispose: () => view.destroy(),
  };
}

class CountMarker extends GutterMarker {
  constructor(readonly line: GutterLine) {
    super();
  }
  override eq({ line }: CountMarker): boolean {
    return line.words === this.line.words;
  }
  override toDOM(): HTMLElement {
    const { calls, failed, words } = this.line;
    const dom = document.createElement("span");
    dom.className = failed > 0 ? "failed" : calls === 0 ? "never" : calls === undefined ? "untold" : "";
    dom.textContent = calls === undefined ? "–" : `${failed > 0 ? "✗ " : ""}${countText(calls)}`;
    dom.title = words;
    return dom;
  }
}

const setCounts = StateEffect.define<RangeSet<GutterMarker>>();
const countsField = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update: (counts, { effects }) => effects.reduce((now, one) => (one.is(setCounts) ? one.value : now), counts),
});

const markedLine = Decoration.line({ class: "cm-marked" });
const setMark = StateEffect.define<DecorationSet>();
const markField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (mark, { effects }) => effects.reduce((now, one) => (one.is(setMark) ? one.value : now), mark),
  provide: (field) => EditorView.decorations.from(field),
});

const ownTheme = EditorView.theme({
  ".cm-counts": { minWidth: "40px", textAlign: "right", paddingRight: "var(--space-8)" },
  ".cm-counts .cm-gutterElement": { color: "var(--text-2)", fontVariantNumeric: "tabular-nums" },
  ".cm-counts .failed": { color: "var(--critical-text)" },
  ".cm-counts .never, .cm-counts .untold": { color: "var(--text-3)" },
  ".cm-marked": { backgroundColor: "var(--surface-selected)", boxShadow: "inset 2px 0 0 var(--accent)" },
});
