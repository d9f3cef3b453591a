// Secrets in source text: what is told by its form, wherever it stands, and what is written out in quotation marks under a
// secret's name (`password: "…"`). Names alone tell nothing here: `const token = read(request)` is code. Lines stay lines.
import type { RedactionSettings } from "../shared/protocol/agent-wire.js";
import { saysNothing } from "./no-secrets.js";
import { Pseudonyms } from "./pseudonyms.js";
import { SecretKeys } from "./secret-keys.js";
import { type TextSettings, Texts } from "./texts.js";
import { secretReplacement } from "./values.js";

/** A name, what stands between it and its value, and the value in quotation marks. */
const named = /([A-Za-z_$][\w$-]*)(["'`]?\]?\s*[:=]\s*)(["'`])((?:\\.|(?!\3)[^\\\n\r])*)\3/g;

type OfSecret = Pick<Pseudonyms, "of" | "uncounted">;

export function redactedSource(
  text: string,
  settings: TextSettings & { readonly keys?: readonly string[] },
  all: OfSecret,
): string {
  const pseudonyms = keepingLines(all);
  const keys = new SecretKeys({ keys: settings.keys ?? [], allow: settings.allow });
  const byForm = new Texts(pseudonyms, { kindOf: () => undefined, signs: [] }, settings).redacted(text);
  return byForm.replace(named, (found: string, name: string, between: string, quote: string, value: string) => {
    const kind = keys.kindOf(name);
    if (kind === undefined || value.includes("${") || saysNothing(value, 0, value.length)) return found;
    return `${name}${between}${quote}${secretReplacement(pseudonyms, kind.kind, value)}${quote}`;
  });
}

/** For the programs of one recording: see `Pseudonyms`. Undefined where nothing is to be taken out. */
export function sourceRedaction(
  settings: RedactionSettings | undefined,
  recordingToken: string,
): (text: string) => string {
  if (settings?.enabled === false) return (text) => text;
  const pseudonyms = new Pseudonyms(recordingToken);
  return (text) => redactedSource(text, settings ?? { keys: [], prefixes: [], allow: [] }, pseudonyms);
}

/** A private key has many lines, and what comes after it is where it was. */
const keepingLines = (all: OfSecret): OfSecret => ({
  of: (kind, secret) => all.of(kind, secret) + "\n".repeat(secret.split("\n").length - 1),
  uncounted: (work) => all.uncounted(work),
});
