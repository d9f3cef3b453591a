// The package's entry. Everything here is harmless without an agent: `track` returns its value, `span` runs its work.
// The types users see are in index.d.ts.
import { type AgentHandle, agentHandleKey } from "../shared/protocol/agent-handle.js";

const agent = (): AgentHandle | undefined =>
  (globalThis as { readonly [agentHandleKey]?: AgentHandle })[agentHandleKey];

export function track<Value>(name: string, value: Value): Value {
  agent()?.track(name, value);
  return value;
}

export function event(name: string, attributes?: Readonly<Record<string, unknown>>): void {
  agent()?.event(name, attributes);
}

export function metric(
  name: string,
  value: number,
  options?: { readonly unit?: string; readonly attributes?: Readonly<Record<string, unknown>> },
): void {
  agent()?.metric(name, value, options?.unit ?? "", options?.attributes);
}

export function span<Result>(name: string, work: () => Result): Result;
export function span<Result>(name: string, attributes: Readonly<Record<string, unknown>>, work: () => Result): Result;
export function span<Result>(
  name: string,
  second: Readonly<Record<string, unknown>> | (() => Result),
  third?: () => Result,
): Result {
  const work = typeof second === "function" ? second : third;
  if (typeof work !== "function") throw new TypeError("span(name, [attributes], work): work must be a function");
  const attributes = typeof second === "function" ? undefined : second;
  const handle = agent();
  return handle === undefined ? work() : handle.span(name, attributes, work);
}

export const context = (): string | undefined => agent()?.context();

export function spanFrom<Result>(from: string | undefined, name: string, work: () => Result): Result;
export function spanFrom<Result>(
  from: string | undefined,
  name: string,
  attributes: Readonly<Record<string, unknown>>,
  work: () => Result,
): Result;
export function spanFrom<Result>(
  from: string | undefined,
  name: string,
  third: Readonly<Record<string, unknown>> | (() => Result),
  fourth?: () => Result,
): Result {
  const work = typeof third === "function" ? third : fourth;
  if (typeof work !== "function")
    throw new TypeError("spanFrom(context, name, [attributes], work): work must be a function");
  const attributes = typeof third === "function" ? undefined : third;
  const handle = agent();
  return handle === undefined ? work() : handle.spanFrom(from, name, attributes, work);
}
