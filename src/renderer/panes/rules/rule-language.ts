// The language of rules as the editor takes it: the same grammar as everywhere, with colours, folding and indentation.
import {
  LRLanguage,
  LanguageSupport,
  continuedIndent,
  delimitedIndent,
  foldInside,
  foldNodeProp,
  indentNodeProp,
} from "@codemirror/language";
import { styleTags, tags } from "@lezer/highlight";
import { parser } from "../../../rules/index.js";
import { codeColours } from "../../widgets/code-colours.js";

const ruleLanguage = LRLanguage.define({
  name: "rules",
  parser: parser.configure({
    props: [
      styleTags({
        "when rule recover then where ClauseName/...": tags.keyword,
        "true false": tags.bool,
        "FunctionName/...": tags.function(tags.variableName),
        "ActionName/...": tags.function(tags.variableName),
        String: tags.string,
        "Number Unit": tags.number,
        Comment: tags.lineComment,
        "AndOperator OrOperator": tags.logicOperator,
        "CompareOperator EqualOperator PlusOperator TimesOperator UnaryOperator": tags.operator,
      }),
      indentNodeProp.add({
        "RuleBody Block Object": delimitedIndent({ closing: "}" }),
        Arguments: delimitedIndent({ closing: ")" }),
        Binary: continuedIndent(),
      }),
      foldNodeProp.add({ "RuleBody Block": foldInside }),
    ],
  }),
  languageData: { commentTokens: { line: "#" }, closeBrackets: { brackets: ["(", "[", "{", '"', "'"] } },
});

export const ruleSupport = () => [new LanguageSupport(ruleLanguage), codeColours];
