// A live JavaScript value in the notation of tagged-json.ts: what a program says of itself, to be compared with what
// was reconstructed. Runs getters of nobody, and imports nothing: oracles inside recorded programs may copy it.

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const identifier = /^[A-Za-z_$][\w$]*$/;
const maxDepth = 1000;

export function liveJson(root: unknown): Json {
  const firstPaths = new Map<object, string>();

  function convert(value: unknown, path: string, depth: number): Json {
    switch (typeof value) {
      case "bigint":
        return { $type: "bigint", value: String(value) };
      case "undefined":
        return { $type: "undefined" };
      case "symbol":
        return { $type: "symbol", description: value.description ?? "" };
      case "function":
        return unavailable("opaque", value.name === "" ? "function" : `function ${value.name}`);
      case "number":
        if (Object.is(value, -0)) return { $type: "number", value: "-0" };
        return Number.isFinite(value) ? value : { $type: "number", value: String(value) };
      case "object":
        return value === null ? null : convertObject(value, path, depth);
      case "string":
      case "boolean":
        return value;
    }
  }

  function convertObject(object: object, path: string, depth: number): Json {
    const first = firstPaths.get(object);
    if (first !== undefined) return { $type: "ref", path: first };
    if (object instanceof Promise || object instanceof WeakMap || object instanceof WeakSet)
      return unavailable("opaque", object.constructor.name);
    if (object instanceof RegExp) return unavailable("opaque", String(object));
    if (depth > maxDepth) return unavailable("too-large", "nested too deeply");
    firstPaths.set(object, path);
    if (object instanceof Date)
      return { $type: "Date", value: Number.isNaN(object.getTime()) ? null : object.toISOString() };
    if (object instanceof Map) return { $type: "Map", entries: convertPairs(object, path, depth + 1) };
    if (object instanceof Set) return { $type: "Set", values: convertList([...object], path, depth + 1) };
    if (ArrayBuffer.isView(object) || object instanceof ArrayBuffer) return bytesOf(object);
    const properties = convertProperties(object, path, depth + 1);
    if (Array.isArray(object)) {
      const elements = convertList(object, path, depth + 1);
      return properties.length === 0 ? elements : { $type: "array", elements, properties };
    }
    if (object instanceof Error) return { $type: "error", className: object.constructor.name, properties };
    const isPlain = properties.every(([key]) => key !== "$type" && key !== "__proto__");
    return isPlain ? Object.fromEntries(properties) : { $type: "object", properties };
  }

  function convertList(items: readonly unknown[], path: string, depth: number): Json[] {
    const list: Json[] = [];
    for (let index = 0; index < items.length; index++)
      list.push(index in items ? convert(items[index], `${path}[${index}]`, depth) : { $type: "hole" });
    return list;
  }

  function convertProperties(object: object, path: string, depth: number): [string, Json][] {
    const isIndex = (key: string) => Array.isArray(object) && /^\d+$/.test(key) && Number(key) < object.length;
    // An error's message is its own but not enumerable; reading `stack` may run code.
    const keys = object instanceof Error ? Object.getOwnPropertyNames(object) : Object.keys(object);
    return keys
      .filter((key) => !isIndex(key) && !(object instanceof Error && key === "stack"))
      .map((key) => {
        const property = Object.getOwnPropertyDescriptor(object, key);
        if (property?.get !== undefined || property?.set !== undefined)
          return [key, unavailable("getter", `get ${key}()`)];
        const value: unknown = property?.value;
        return [key, convert(value, propertyPath(path, key), depth)];
      });
  }

  function convertPairs(map: ReadonlyMap<unknown, unknown>, path: string, depth: number): Json[] {
    return [...map].map(([key, value], position) => [
      convert(key, `${path}[key ${position}]`, depth),
      convert(value, entryPath(path, key, position), depth),
    ]);
  }

  return convert(root, "", 0);
}

const unavailable = (because: string, what: string): Json => ({ $type: "unavailable", because, what });

const propertyPath = (path: string, key: string): string => {
  if (!identifier.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
};

function entryPath(path: string, key: unknown, position: number): string {
  switch (typeof key) {
    case "string":
      return propertyPath(path, key);
    case "bigint":
      return `${path}[${key}n]`;
    case "symbol":
      return `${path}[symbol ${JSON.stringify(key.description ?? "")}]`;
    case "object":
    case "function":
      return key === null ? `${path}[null]` : `${path}[entry ${position}]`;
    case "number":
    case "boolean":
      return `${path}[${key}]`;
    case "undefined":
      return `${path}[undefined]`;
  }
}

function bytesOf(source: ArrayBuffer | ArrayBufferView): Json {
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { $type: "bytes", className: source.constructor.name, hex, length: bytes.length };
}
