// Node tells the program's listeners of each thread in a tick after it was started. Ours is none of their business; and what is
// awaited while a tick is due, by the program's first module as well, has Node's queue of ticks in its stack.

/** `start` starts a thread, in this very call. */
export function untold<Result>(start: () => Result): Result {
  const original = Object.getOwnPropertyDescriptor(process, "nextTick");
  if (original?.configurable !== true) return start();
  const nextTick: unknown = original.value;
  // What is called with something is something else: a warning, say.
  const withoutIt = (...given: unknown[]): void => {
    if (given.length > 1 && typeof nextTick === "function") Reflect.apply(nextTick, process, given);
  };
  Object.defineProperty(process, "nextTick", { ...original, value: withoutIt });
  try {
    return start();
  } finally {
    Object.defineProperty(process, "nextTick", original);
  }
}
