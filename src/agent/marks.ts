// What is known of objects of the program that do not live long: requests, responses, queries. It is kept in the object itself
// where nobody can see it, in a private field; that costs a seventh of an entry in a WeakMap, which V8 has to look through
// at every collection besides. Of an object that lives on it would live on, too, after the agent has left: those want a WeakMap.

export interface Marks<Value> {
  get(of: object): Value | undefined;
  set(of: object, value: Value): void;
  delete(of: object): void;
}

/** Its constructor "makes" what it is given, and who extends it adds private fields to that. */
// oxlint-disable-next-line typescript/no-extraneous-class -- a function cannot be extended in TypeScript
class Given {
  constructor(given: object) {
    return given;
  }
}

/** Marks of one kind; an object may have marks of many kinds. */
export function newMarks<Value>(): Marks<Value> {
  /** Of objects that take none: frozen ones, from some version of V8 on. */
  let elsewhere: WeakMap<object, Value> | undefined;
  return class Marked extends Given {
    #value: Value | undefined;

    private constructor(of: object, value: Value) {
      super(of);
      this.#value = value;
    }

    static get(of: object): Value | undefined {
      return #value in of ? of.#value : elsewhere?.get(of);
    }

    static set(of: object, value: Value): void {
      if (#value in of) of.#value = value;
      else
        try {
          new Marked(of, value);
        } catch {
          elsewhere = (elsewhere ?? new WeakMap<object, Value>()).set(of, value);
        }
    }

    static delete(of: object): void {
      if (#value in of) of.#value = undefined;
      else elsewhere?.delete(of);
    }
  };
}
