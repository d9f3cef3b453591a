// What a span is called where it is shown. Names by the semantic conventions say little of some: "GET" of a call to another
// service, "node" of a child process. What was called, asked and run stands in their attributes. What is asked of somebody else has an
// arrow: the same request has a span where it is asked for and one where it is answered.
import { type AttributeBag, attributeBag } from "./attribute-bag.js";

const mostKept = 5000;
const kept = new Map<string, string>();

/** `attributes`: as JSON. The same few are asked for again and again, at every frame. */
export function spanLabel(name: string, attributes: string): string {
  if (!/"(?:url\.full|url\.path|db\.query\.(?:summary|text)|process\.command_args)"/.test(attributes)) return name;
  const key = `${name}\n${attributes}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const bag = attributeBag(attributes);
  const more = whatOf(name, bag);
  const plain = more === undefined || more === "" || name.endsWith(more) ? name : joined(name, more);
  const label = Object.hasOwn(bag, "url.full") ? `→ ${plain}` : plain;
  if (kept.size >= mostKept) kept.clear();
  kept.set(key, label);
  return label;
}

const joined = (name: string, more: string): string => (more.startsWith(`${name} `) ? more : `${name} ${more}`);

function whatOf(name: string, bag: AttributeBag): string | undefined {
  const text = (key: string): string | undefined => {
    const value = bag[key];
    return typeof value === "string" ? value : undefined;
  };
  const url = text("url.full");
  if (url !== undefined) return URL.canParse(url) ? placeOf(new URL(url)) : url;
  const query = text("db.query.summary") ?? text("db.query.text");
  if (query !== undefined) return query;
  // Of what a server was asked for it knows the route, or nothing but the path.
  if (!name.includes(" ") && text("url.path") !== undefined) return text("url.path");
  const args = bag["process.command_args"];
  const script: unknown = Array.isArray(args)
    ? args.find((arg, at) => at > 0 && !String(arg).startsWith("-"))
    : undefined;
  return typeof script === "string" ? script.split(/[/\\]/).at(-1) : undefined;
}

/** Where: of a service on this machine the path alone, as ports say nothing to people. */
const placeOf = ({ hostname, host, pathname }: URL): string =>
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname) ? pathname : `${host}${pathname}`;
