// Where in a text of rules somebody types, by its tree: what can stand there is offered.
import { syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import type { Spot } from "./vocabulary.js";

/** Undefined: nothing is offered there, as within comments and names. */
export function spotAt(state: EditorState, at: number): Spot | undefined {
  const before = state.sliceDoc(Math.max(0, at - 200), at);
  const quoted = /([\w.]+)\s*(?:==|!=|<=?|>=?)\s*["']([^"']*)$/.exec(before);
  if (quoted?.[1] !== undefined && !/["']$/.test(before.slice(0, quoted.index))) return { valueOf: quoted[1] };
  let inner: ReturnType<typeof parentOf> = syntaxTree(state).resolveInner(at, -1);
  if (["String", "Comment", "Number", "Unit"].includes(inner.name)) return undefined;
  if (/\bseverity\s+\w*$/.test(before)) return "severity";
  for (; inner !== null; inner = parentOf(inner)) {
    switch (inner.name) {
      case "Selection":
        return /\bwhere\b/.test(state.sliceDoc(inner.from, at)) ? "filter" : "expression";
      case "Action":
        if (inner.firstChild !== null && at <= inner.firstChild.to) return "action";
        return "expression";
      case "Block":
        return "action";
      case "Clause":
        return /^\w*$/.test(state.sliceDoc(inner.from, at)) ? "head" : undefined;
      case "When":
      case "Recover":
      case "ShortRule":
        return /[\w.\])"'%]\s+\w*$/.test(before) && !/(?:when|where|&&|\|\||[-+*/<>=!(,])\s*\w*$/.test(before)
          ? "head"
          : "expression";
      case "RuleBody":
        return /\b(?:when|&&|\|\||[-+*/<>=!(,])\s*[\w.]*$/.test(before) ? "expression" : "body";
      case "NamedRule":
        return "head";
    }
  }
  return /\bwhen\s+[^{}]*$/.test(before) ? "expression" : "file";
}

type Node = ReturnType<ReturnType<typeof syntaxTree>["resolveInner"]>;
const parentOf = (node: Node): Node | null => node.parent;
