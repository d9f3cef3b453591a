// Texts as searching reads them: in lower case, and without the escapes of JSON.

/** Character by character as DuckDB's lower() has it, which knows no Greek word endings and no dots of their own. */
export const lowered = (text: string): string =>
  text.replaceAll("\u0130", "i").replaceAll("\u03a3", "\u03c3").toLowerCase();

const oneEscape = /\\(?:u([0-9a-fA-F]{4})|(.))/gs;
const characters = new Map(Object.entries({ b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }));

/** JSON text in which each escape stands for its character. */
export const withoutEscapes = (json: string): string =>
  json.replace(oneEscape, (_, code: string | undefined, letter: string | undefined) =>
    code === undefined
      ? (characters.get(letter ?? "") ?? letter ?? "")
      : String.fromCharCode(Number.parseInt(code, 16)),
  );
