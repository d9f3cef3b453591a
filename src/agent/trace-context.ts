// The W3C header that ties a request to the span that sent it: 00-<trace id>-<span id>-<flags>.
import { isLoopback } from "../shared/base/loopback.js";
import { takerOf } from "./pipeline/span-handling.js";
import type { OpenSpan, SpanParent } from "./record-sink.js";

export const traceHeader = "traceparent";
/** Beside it: what each tracer has to say of its own, `hindcast=…` among them. */
export const stateHeader = "tracestate";

/** Who finds one of these there traces already, by whatever convention: nothing is added. */
const traceHeaders: ReadonlySet<string> = new Set([
  traceHeader,
  stateHeader,
  "b3",
  "x-b3-traceid",
  "uber-trace-id",
  "x-cloud-trace-context",
  "x-amzn-trace-id",
  "x-datadog-trace-id",
  "sentry-trace",
  "elastic-apm-traceparent",
  "newrelic",
]);

export const isTraceHeader = (name: string): boolean => traceHeaders.has(name.toLowerCase());

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** The last bit of the flags. */
const sampledFlag = 1;

/** Where a span hangs that was asked for with this header; a malformed header is as good as none. */
export function parentFromHeader(header: unknown): SpanParent {
  if (typeof header !== "string" || header.length >= 256) return { kind: "none" };
  const match = pattern.exec(header.trim());
  const [version, traceId, spanId] = [match?.[1], match?.[2], match?.[3]];
  const isUsable = version !== undefined && version !== "ff" && traceId !== undefined && spanId !== undefined;
  if (!isUsable || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return { kind: "none" };
  if (version === "00" && match?.[5] !== undefined) return { kind: "none" };
  const isLeftOut = (Number.parseInt(match?.[4] ?? "01", 16) & sampledFlag) === 0;
  return {
    kind: "remote",
    traceId: bytesFromHex(traceId),
    spanId: bytesFromHex(spanId),
    ...(isLeftOut ? { isLeftOut } : {}),
  };
}

/** For a request that leaves this process. */
export function headerFromSpan(span: OpenSpan): string {
  span.isTold = true;
  const flags = takerOf(span.handling) === undefined ? "01" : "00";
  return `00-${hexFromBytes(span.traceId)}-${hexFromBytes(span.spanId)}-${flags}`;
}

/**
 * The header leaves for this machine, and for hosts that were named: no other service gets to see that it is being
 * recorded. ".example.com" names all hosts below example.com.
 */
export function traceTargets(named: readonly string[]): (host: string) => boolean {
  const names = named.map((name) => name.toLowerCase().replace(/^\*\./, "."));
  return (host) => {
    if (isLoopback(host)) return true;
    const asked = host.toLowerCase().replace(/^\[|\]$/g, "");
    return names.some((name) => (name.startsWith(".") ? asked.endsWith(name) : asked === name));
  };
}

export function bytesFromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

function hexFromBytes(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += (byte + 256).toString(16).slice(1);
  return hex;
}

/** Ids of the same length. */
export const areEqual = (a: Uint8Array, b: Uint8Array): boolean => a === b || a.every((byte, at) => byte === b[at]);
