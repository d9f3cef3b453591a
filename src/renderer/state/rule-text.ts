// A rule about something that somebody selected, as a text to go on from: what it is about is right, the threshold is a beginning.

/** Texts have no escapes: one with a kind of quotes stands in the other kind; one with both is cut before the first. */
const quoted = (text: string): string => {
  const line = text.split("\n", 1)[0] ?? "";
  if (!line.includes('"')) return `"${line}"`;
  return line.includes("'") ? `"${line.slice(0, line.indexOf('"'))}"` : `'${line}'`;
};

const nameOf = (text: string): string => text.replace(/["'\n]/g, "").slice(0, 60);

const named = (name: string, condition: string, message: string): string => `rule "${nameOf(name)}" {
  when ${condition}
  then { alert("${message}") }
}
`;

/** Names that stand in a rule as they are; others stand as texts. */
const isPlain = (name: string): boolean => /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/.test(name);

/** It fires where the metric is above what it is at the playhead. */
export function ruleOfMetric({ name, value }: { readonly name: string; readonly value: number | undefined }): string {
  const limit = value === undefined || !Number.isFinite(value) ? "0" : plainNumber(value);
  const series = isPlain(name) ? name : quoted(name);
  return named(`${name} is high`, `avg(${series}, 1m) > ${limit}`, `${nameOf(name)} is high`);
}

/** More digits say nothing, and the language has no minus before an exponent's number that is not its own. */
const plainNumber = (value: number): string => String(Number(value.toPrecision(3)));

/** Lines that begin as this one does: numbers and names behind differ from line to line. */
export function ruleOfLog({ body, level }: { readonly body: string; readonly level: string }): string {
  const beginning = (/^[^\d{[]*/.exec(body.split("\n", 1)[0] ?? "")?.[0] ?? "").trim().slice(0, 60);
  const says = beginning === "" ? "" : ` && startsWith(message, ${quoted(beginning)})`;
  return named(
    beginning === "" ? `${level} lines` : beginning,
    `count(log where level == "${level}"${says}, 1m) > 0`,
    beginning === "" ? `${level} lines` : nameOf(beginning),
  );
}

/** It fires where calls like this one take longer than it did. */
export function ruleOfSpan({ name, durationNs }: { readonly name: string; readonly durationNs: number }): string {
  const ms = Math.max(1, Math.round(durationNs / 1e6));
  return named(
    `slow ${name}`,
    `p95(span where name == ${quoted(name)}, 1m) >= ${Number.isFinite(ms) ? ms : 1000}ms`,
    `${nameOf(name)} is slow`,
  );
}

export const ruleOfEvent = ({ name }: { readonly name: string }): string =>
  named(name, `count(event where name == ${quoted(name)}, 1m) > 0`, nameOf(name));
