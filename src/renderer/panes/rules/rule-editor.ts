// The editor of rules. It and the language are as much code as all panes: loaded when this one is first seen.
import {
  type Completion,
  type CompletionContext,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
  snippetCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  WidgetType,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { type Problem, formatRules } from "../../../rules/index.js";
import { codeTheme } from "../../widgets/code-theme.js";
import { ruleSupport } from "./rule-language.js";
import { type Checked, checked } from "./rule-problems.js";
import { spotAt } from "./spot.js";
import { type Offer, type Vocabulary, meaningOf, offersAt } from "./vocabulary.js";

/** What a clause came to, said behind it. */
export interface ClauseBadge {
  readonly at: number;
  readonly text: string;
  readonly how: "holds" | "fails" | "unknown";
}

export interface RuleEditorOptions {
  readonly parent: HTMLElement;
  readonly label: string;
  /** Words of the open recording, which may come later. */
  readonly vocabulary: () => Vocabulary;
  readonly onchange: (text: string) => void;
  readonly oncursor: (offset: number) => void;
  readonly onchecked: (found: Checked) => void;
  readonly onsave: () => void;
}

export interface RuleEditor {
  /** Another text, or another version of this one. */
  show(text: string, fileName: string): void;
  /** Words came: the text is judged anew. */
  recheck(): void;
  showBadges(badges: readonly ClauseBadge[]): void;
  /** False where it has errors of syntax. */
  format(): boolean;
  goTo(from: number): void;
  dispose(): void;
}

const mostDiagnostics = 500;

export function makeRuleEditor(options: RuleEditorOptions): RuleEditor {
  let fileName = "";
  const check = (): void => {
    const found = checked(view.state.doc.toString(), fileName, options.vocabulary());
    const shown = found.problems.slice(0, mostDiagnostics).map((one) => diagnosticOf(one, view.state.doc.length));
    view.dispatch(setDiagnostics(view.state, shown));
    options.onchecked(found);
  };
  const format = (): boolean => {
    const [source, formatted] = [view.state.doc.toString(), formatRules(view.state.doc.toString())];
    if (formatted === undefined) return false;
    if (formatted !== source) {
      const head = Math.min(view.state.selection.main.head, formatted.length);
      view.dispatch({ changes: { from: 0, to: source.length, insert: formatted }, selection: { anchor: head } });
    }
    return true;
  };
  const keys = keymap.of([
    { key: "Mod-s", run: () => (options.onsave(), true), preventDefault: true },
    { key: "Shift-Alt-f", run: format },
    {
      key: "Escape",
      run: ({ contentDOM, state }) => {
        if (completionStatus(state) !== null) return false;
        contentDOM.blur();
        return true;
      },
    },
  ]);
  // The page's policy takes no styles without it.
  const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? "";
  const extensions: Extension = [
    EditorView.cspNonce.of(nonce),
    EditorView.contentAttributes.of({ "aria-label": options.label }),
    lineNumbers(),
    foldGutter({ openText: "▾", closedText: "▸" }),
    codeFolding(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    bracketMatching(),
    closeBrackets(),
    indentOnInput(),
    highlightSelectionMatches(),
    search({ top: true }),
    lintGutter(),
    badgeField,
    ruleSupport(),
    autocompletion({ override: [(context) => completionsFor(context, options.vocabulary())], icons: false }),
    hoverTooltip(({ state }, at) => hoverAt(state, at, options.vocabulary())),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...lintKeymap,
    ]),
    keys,
    keymap.of([...defaultKeymap, indentWithTab]),
    EditorView.lineWrapping,
    EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
      if (docChanged) {
        options.onchange(state.doc.toString());
        check();
      }
      if (docChanged || selectionSet) options.oncursor(state.selection.main.head);
    }),
    codeTheme,
  ];
  const view = new EditorView({ parent: options.parent, state: EditorState.create({ doc: "", extensions }) });
  return {
    show(text, name) {
      const isOther = name !== fileName;
      fileName = name;
      if (isOther) {
        view.setState(EditorState.create({ doc: text, extensions }));
        options.oncursor(0);
        check();
      } else if (text !== view.state.doc.toString())
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    recheck: check,
    showBadges: (badges) => view.dispatch({ effects: setBadges.of(badges) }),
    format,
    goTo(from) {
      const at = Math.min(from, view.state.doc.length);
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
    dispose: () => view.destroy(),
  };
}

function diagnosticOf({ from, to, severity, message, fix }: Problem, length: number): Diagnostic {
  const start = Math.min(from, length);
  // A place without any width is seen by nobody.
  const end = Math.min(Math.max(to, start + 1), length);
  return {
    from: Math.min(start, end),
    to: end,
    severity,
    message,
    ...(fix === undefined
      ? {}
      : {
          actions: [
            {
              name: `Change to ${fix}`,
              apply: (view: EditorView, at: number, until: number) =>
                view.dispatch({ changes: { from: at, to: until, insert: fix } }),
            },
          ],
        }),
  };
}

const typeOf: Readonly<Record<Offer["kind"], string>> = {
  keyword: "keyword",
  function: "function",
  metric: "variable",
  field: "property",
  clause: "keyword",
  action: "function",
  value: "constant",
};

function completionsFor(context: CompletionContext, vocabulary: Vocabulary) {
  const spot = spotAt(context.state, context.pos);
  const word = context.matchBefore(typeof spot === "object" ? /[^"']*/ : /[\w.]+/);
  if (spot === undefined || (word === null && !context.explicit && typeof spot !== "object")) return null;
  const options = offersAt(spot, vocabulary).map((offer): Completion => {
    const plain: Completion = {
      label: offer.label,
      type: typeOf[offer.kind],
      ...(offer.detail === undefined ? {} : { detail: offer.detail }),
      ...(offer.says === undefined || offer.says === "" ? {} : { info: offer.says }),
    };
    return offer.writes === undefined ? plain : snippetCompletion(offer.writes, plain);
  });
  return { from: word?.from ?? context.pos, options, validFor: /^[\w.]*$/ };
}

function hoverAt(state: EditorState, at: number, vocabulary: Vocabulary) {
  const line = state.doc.lineAt(at);
  for (const { 0: word, index } of line.text.matchAll(/[\w.]+/g)) {
    const from = line.from + index;
    if (at < from || at > from + word.length) continue;
    const meaning = meaningOf(word, vocabulary);
    if (meaning === undefined) return null;
    return {
      pos: from,
      end: from + word.length,
      create: () => {
        const dom = document.createElement("div");
        dom.className = "cm-meaning";
        const head = dom.appendChild(document.createElement("code"));
        head.textContent = meaning.head;
        dom.append(meaning.says);
        return { dom };
      },
    };
  }
  return null;
}

const setBadges = StateEffect.define<readonly ClauseBadge[]>();

class Badge extends WidgetType {
  constructor(readonly badge: ClauseBadge) {
    super();
  }
  override eq({ badge }: Badge): boolean {
    return badge.text === this.badge.text && badge.how === this.badge.how;
  }
  override toDOM(): HTMLElement {
    const { text, how } = this.badge;
    const dom = document.createElement("span");
    dom.className = `cm-badge ${how}`;
    dom.textContent = `${{ holds: "✓", fails: "✗", unknown: "–" }[how]} ${text}`;
    return dom;
  }
}

/** Where the text is changed they are gone until they are known anew. */
const badgeField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(badges, { effects, docChanged, state }) {
    for (const effect of effects)
      if (effect.is(setBadges))
        return Decoration.set(
          effect.value
            .filter(({ at }) => at <= state.doc.length)
            .map((badge) => Decoration.widget({ widget: new Badge(badge), side: 1 }).range(badge.at)),
          true,
        );
    return docChanged ? Decoration.none : badges;
  },
  provide: (field) => EditorView.decorations.from(field),
});
