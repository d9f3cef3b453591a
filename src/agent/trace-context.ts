// The W3C header that ties a request to the span that sent it: 00-<trace id>-<span id>-<flags>.
import type { OpenSpan, SpanParent } from "./record-sink.js";

export const traceHeader = "traceparent";

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/** Where a span hangs that was asked for with this header; a malformed header is as good as none. */
export function parentFromHeader(header: unknown): SpanParent {
  const match = typeof header === "string" && header.length < 256 ? pattern.exec(header.trim()) : null;
  const [version, traceId, spanId] = [match?.[1], match?.[2], match?.[3]];
  const isUsable = version !== undefined && version !== "ff" && traceId !== undefined && spanId !== undefined;
  if (!isUsable || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return { kind: "none" };
  if (version === "00" && match?.[4] !== undefined) return { kind: "none" };
  return { kind: "remote", traceId: bytesFromHex(traceId), spanId: bytesFromHex(spanId) };
}

export function headerFromSpan(span: OpenSpan): string {
  return `00-${hexFromBytes(span.traceId)}-${hexFromBytes(span.spanId)}-01`;
}

/** The header leaves for this machine only: no other service gets to see that it is being recorded. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "");
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}

function bytesFromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

function hexFromBytes(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += (byte + 256).toString(16).slice(1);
  return hex;
}
