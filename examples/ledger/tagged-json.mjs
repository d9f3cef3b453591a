// A live value in the notation of docs/protocol.md, "Values as JSON": what JSON cannot say carries a "$type".
// An object met a second time is a reference to the path where it was met first. Map keys are strings or numbers here.

const identifier = /^[A-Za-z_$][\w$]*$/;

const property = (path, key) => {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!identifier.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
};

export function taggedJson(root) {
  const firstPaths = new Map();

  const convert = (value, path) => {
    if (typeof value === "bigint") return { $type: "bigint", value: String(value) };
    if (value === undefined) return { $type: "undefined" };
    if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
      return { $type: "number", value: Object.is(value, -0) ? "-0" : String(value) };
    if (typeof value !== "object" || value === null) return value;
    const first = firstPaths.get(value);
    if (first !== undefined) return { $type: "ref", path: first };
    firstPaths.set(value, path);
    if (value instanceof Date) return { $type: "Date", value: Number.isNaN(+value) ? null : value.toISOString() };
    if (value instanceof Map)
      return { $type: "Map", entries: [...value].map(([key, item]) => [key, convert(item, property(path, key))]) };
    if (value instanceof Set)
      return { $type: "Set", values: [...value].map((item, i) => convert(item, `${path}[${i}]`)) };
    if (Array.isArray(value)) return convertArray(value, path);
    return Object.fromEntries(properties(value, path, Object.keys(value)));
  };

  const properties = (value, path, keys) => keys.map((key) => [key, convert(value[key], property(path, key))]);

  const convertArray = (array, path) => {
    const elements = Array.from(array, (item, i) => (i in array ? convert(item, `${path}[${i}]`) : { $type: "hole" }));
    const further = Object.keys(array).filter((key) => !/^\d+$/.test(key));
    return further.length === 0 ? elements : { $type: "array", elements, properties: properties(array, path, further) };
  };

  return convert(root, "");
}
