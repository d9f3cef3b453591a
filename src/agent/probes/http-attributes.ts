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
  const attributes: Record<string, AttributeValue> = {};
  addTarget(attributes, target);
  return attributes;
}

export function addTarget(attributes: Record<string, AttributeValue>, target: string): void {
  const at = target.indexOf("?");
  attributes["url.path"] = cutText(at < 0 ? target : target.slice(0, at), maxUrlUnits);
  if (at >= 0) attributes["url.query"] = cutText(target.slice(at + 1), maxUrlUnits);
}

const mostRoutes = 1000;

/** "GET /items/:id": each text is made once, so that whoever looks it up need not read it again. */
export class RouteNames {
  readonly #byRoute = new Map<string, Map<string, string>>();

  nameOf(method: string, route: string): string {
    const known = this.#byRoute.get(route)?.get(method);
    if (known !== undefined) return known;
    if (this.#byRoute.size >= mostRoutes) this.#byRoute.clear();
    const names = this.#byRoute.get(route) ?? new Map<string, string>();
    const name = `${method} ${route}`;
    // Who makes methods up makes no more of them than Node knows.
    this.#byRoute.set(route, names.set(method, name));
    return name;
  }
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
