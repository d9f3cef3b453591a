// What a value looks like in one line of log text. Like util.inspect to the eye, but it runs none of the program's code
// and stops at a budget.
import { types } from "node:util";
import type { AttributeValue } from "../shared/trace/attributes.js";
import { attributeFrom } from "./attributes.js";
import { type Redaction, noRedaction } from "../redact/redactor.js";
import { isError, stackOf, textProperty } from "./own-data.js";

const maxUnits = 16_384;

/** The text console.log would print for these arguments, to within the layout of objects. */
export function formatLine(args: readonly unknown[], redaction: Redaction = noRedaction): string {
  let text = "";
  let next = 0;
  const template = args[0];
  if (typeof template === "string") {
    next = 1;
    text = template.replace(/%[sdifjoOc%]/g, (directive) => {
      if (directive === "%%") return args.length > 1 ? "%" : "%%";
      return next < args.length ? formatted(directive, args[next++], redaction) : directive;
    });
  }
  for (; next < args.length && text.length < maxUnits; next++) {
    const value = args[next];
    text += (next > 0 ? " " : "") + (typeof value === "string" ? value : previewOf(value, redaction));
  }
  return text;
}

function formatted(directive: string, value: unknown, redaction: Redaction): string {
  const isNumeric = typeof value === "number" || typeof value === "string" || typeof value === "boolean";
  switch (directive) {
    case "%s":
      return typeof value === "string" ? value : previewOf(value, redaction);
    case "%d":
      return typeof value === "bigint" ? `${value}n` : String(isNumeric ? Number(value) : NaN);
    case "%i":
      return typeof value === "bigint" ? `${value}n` : String(isNumeric ? Number.parseInt(String(value), 10) : NaN);
    case "%f":
      return String(isNumeric ? Number.parseFloat(String(value)) : NaN);
    case "%j":
      return JSON.stringify(redaction.value(attributeFrom(value) ?? null));
    case "%c":
      return "";
    default:
      return previewOf(value, redaction);
  }
}

export function previewOf(value: unknown, redaction: Redaction = noRedaction): string {
  if (typeof value === "bigint") return `${value}n`;
  if (value === undefined) return "undefined";
  if (typeof value === "symbol") return value.toString();
  if (types.isProxy(value)) return "[Proxy]";
  if (typeof value === "function") {
    const name = textProperty(value, "name") ?? "";
    return name === "" ? "[Function (anonymous)]" : `[Function: ${name}]`;
  }
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (isError(value)) {
    return stackOf(value) ?? `${textProperty(value, "name") ?? "Error"}: ${textProperty(value, "message") ?? ""}`;
  }
  return textOf(redaction.value(attributeFrom(value) ?? null));
}

function textOf(value: AttributeValue): string {
  if (typeof value === "string") return /^\[[\w $]+\]$/.test(value) ? value : quoted(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (isList(value)) return value.length === 0 ? "[]" : `[ ${value.map(textOf).join(", ")} ]`;
  const entries = Object.entries(value).map(
    ([key, item]) => `${/^[\w$]+$/.test(key) ? key : quoted(key)}: ${textOf(item)}`,
  );
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

const isList = (value: AttributeValue): value is readonly AttributeValue[] => Array.isArray(value);
const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&").replace(/\n/g, "\\n")}'`;
