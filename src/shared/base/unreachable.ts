/** The `default` arm of an exhaustive switch: a new variant becomes a type error at the call. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable: ${String(value)}`);
}
