// The colours of code, whatever language it is in: tokens of the window, so that they follow the theme by themselves.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";

export const codeColours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.keyword, tags.bool, tags.null, tags.self], color: "var(--code-keyword)" },
    {
      tag: [
        tags.function(tags.variableName),
        tags.function(tags.propertyName),
        tags.function(tags.definition(tags.name)),
      ],
      color: "var(--code-function)",
    },
    { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: "var(--code-string)" },
    { tag: tags.number, color: "var(--code-number)" },
    { tag: tags.comment, color: "var(--code-comment)" },
    { tag: [tags.operator, tags.logicOperator], color: "var(--code-punct)" },
  ]),
);
