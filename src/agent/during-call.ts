// What a call of the program is about, for what it calls in turn: known from its beginning until it returns or throws.
import type { Method } from "./frameless.js";

export class DuringCall<Value> {
  current: Value | undefined;

  /** Stands in for a method. `find` must not throw; nor `after`, which is told of the call once it is over. */
  of(
    find: (self: unknown, args: unknown[]) => Value | undefined,
    after?: (self: unknown, args: unknown[]) => void,
  ): (original: Method) => Method {
    const holder = this;
    return (original) =>
      function (...args) {
        const before = holder.current;
        holder.current = find(this, args);
        try {
          return Reflect.apply(original, this, args);
        } finally {
          holder.current = before;
          after?.(this, args);
        }
      };
  }
}
