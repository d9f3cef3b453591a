// Names of OpenTelemetry's HTTP semantic conventions, for the three probes that record requests.
import type { AttributeValue, Attributes } from "../../shared/trace/attributes.js";
import { cutText } from "../attributes.js";

const maxUrlUnits = 2048;

export interface Host {
  readonly name: string;
  readonly port: number | undefined;
}

/** "localhost:3000" or "[::1]:80", as a Host header or an URL's authority has it. */
export function hostFrom(authority: string): Host {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority);
  const name = (match?.[1] ?? authority).replace(/^\[|\]$/g, "");
  return { name, port: match?.[2] === undefined ? undefined : Number(match[2]) };
}

export function targetAttributes(target: string): Attributes {
  const at = target.indexOf("?");
  if (at < 0) return { "url.path": cutText(target, maxUrlUnits) };
  return {
    "url.path": cutText(target.slice(0, at), maxUrlUnits),
    "url.query": cutText(target.slice(at + 1), maxUrlUnits),
  };
}

export function clientAttributes(method: string, scheme: string, host: Host, path: string): Attributes {
  const attributes: Record<string, AttributeValue> = { "http.request.method": method, "server.address": host.name };
  const isDefaultPort = host.port === undefined || host.port === (scheme === "https" ? 443 : 80);
  attributes["server.port"] = host.port ?? (scheme === "https" ? 443 : 80);
  const name = host.name.includes(":") ? `[${host.name}]` : host.name;
  const authority = isDefaultPort ? name : `${name}:${host.port}`;
  attributes["url.full"] = cutText(`${scheme}://${authority}${path}`, maxUrlUnits);
  return attributes;
}
