// An environment as it is typed: `NAME=value`, a line each. A name alone is one whose value was not saved and is to be typed again.

export interface Variable {
  readonly name: string;
  readonly value?: string | undefined;
}

export interface TypedEnvironment {
  readonly variables: readonly Variable[];
  /** What is wrong with it; undefined when nothing is. */
  readonly problem: string | undefined;
}

/** Lines that say something, without spaces around them. */
export const linesFrom = (text: string): readonly string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

export function environmentFrom(text: string): TypedEnvironment {
  const variables: Variable[] = [];
  let problem: string | undefined;
  for (const line of linesFrom(text)) {
    if (line.startsWith("#")) continue;
    const [, name = "", value] = /^(?:export\s+)?([^=\s]+)\s*(?:=(.*))?$/.exec(line) ?? [];
    if (name === "") problem ??= `“${line}” is no NAME=value.`;
    else if (value === undefined)
      problem ??= `${name} has no value: what looks like a secret is not saved. Type it again.`;
    if (name !== "") variables.push({ name, ...(value === undefined ? {} : { value }) });
  }
  return { variables, problem };
}

export const textFromEnvironment = (variables: readonly Variable[]): string =>
  variables.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)).join("\n");
