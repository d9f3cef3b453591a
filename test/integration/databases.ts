// What the tests of database probes have in common.
import { join, resolve } from "node:path";
import { expect } from "vitest";
import type { ProgramSeen, SpanSeen } from "./agent-listener.js";
import { runBoth } from "./run-both.js";

const folder = join(import.meta.dirname, "../programs/databases");

/** A program run alone and recorded: it prints the same. What was recorded of it. */
export async function recordedAlike(
  program: string,
  environment: Readonly<Record<string, string>>,
  { args = [], binary }: { readonly args?: readonly string[]; readonly binary?: string } = {},
): Promise<ProgramSeen> {
  const both = await runBoth([resolve(folder, program), ...args], [], environment, "welcome", binary);
  expect(comparable(both.recorded)).toEqual(comparable(both.plain));
  expect(both.recorded.code, both.recorded.err).toBe(0);
  expect(both.program.events.filter(({ name }) => name === "hindcast.agent.fault")).toEqual([]);
  return both.program;
}

/** Which of two hundred requests is answered first is nobody's business, nor is the number of a process. */
const comparable = <Ended extends { readonly out: string; readonly err: string }>(ended: Ended): Ended => ({
  ...ended,
  err: ended.err.replaceAll(/^\(node:\d+\)/gm, "(node)"),
  out: ended.out.replaceAll(/^answered \d+\n/gm, ""),
});

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Spans of a database's calls as lines: name, status code or type of error, text. */
export function callLines(spans: readonly SpanSeen[]): string[] {
  return spans.map(({ name, status, attributes }) => {
    const error = status === "error" ? ` !${shown(attributes["error.type"])}` : status === undefined ? " …" : "";
    return `${name}${error}: ${shown(attributes["db.query.text"] ?? "")}`;
  });
}

/**
 * Of 200 requests served at once (serve.mjs): each call hangs on the request of the number in its text, and the line that
 * was logged in its callback does, too.
 */
export function expectOwnRequests(program: ProgramSeen, numberOf: (text: string) => number | undefined): void {
  const paths = new Map(program.spans.map(({ number, attributes }) => [number, attributes["url.path"]]));
  const asked = program.spans.flatMap(({ kind, parent, attributes }) => {
    const text = attributes["db.query.text"];
    const number = kind === "client" && typeof text === "string" ? numberOf(text) : undefined;
    return number === undefined ? [] : [`${number} ${shown(paths.get(parent))}`];
  });
  const expected = Array.from({ length: 200 }, (_, number) => `${number} /ask/${number}`);
  expect(asked.toSorted()).toEqual(expected.toSorted());
  const logged = program.logs.flatMap(({ body, span }) => {
    const number = /^answered (\d+)$/.exec(body)?.[1];
    return number === undefined ? [] : [`${number} ${shown(paths.get(span))}`];
  });
  expect(logged.toSorted()).toEqual(expected.toSorted());
}
