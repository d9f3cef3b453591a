// Where something of a random program stands, and the choices of what it is: the same for the same seed.
import { randomFrom } from "../../shared/base/random.test-support.js";

/** What may stand where a program goes on being made. */
export interface Place {
  readonly depth: number;
  readonly isStrict: boolean;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** `return` may stand here. */
  readonly isInFunction: boolean;
  readonly hasArguments: boolean;
  readonly hasNewTarget: boolean;
  readonly hasSuper: boolean;
  readonly isInLoop: boolean;
  readonly isInSwitch: boolean;
  /** Loops and what else `break` may leave by name. */
  readonly labels: readonly { readonly name: string; readonly isLoop: boolean }[];
  /** That can be read, and of these what can be written. */
  readonly names: readonly string[];
  readonly variables: readonly string[];
  readonly fields: readonly string[];
}

export const outermost: Place = {
  depth: 0,
  isStrict: false,
  isAsync: false,
  isGenerator: false,
  isInFunction: false,
  hasArguments: false,
  hasNewTarget: false,
  hasSuper: false,
  isInLoop: false,
  isInSwitch: false,
  labels: [],
  names: [],
  variables: [],
  fields: [],
};

/** How something is called, so that what it does is seen. */
export type Callable = {
  readonly name: string;
  readonly kind: "function" | "generator" | "async" | "async generator" | "class";
};

/** Of a function, constructor, method or accessor: what its parameters and body are made for. */
export interface BodyKind {
  readonly isAsync?: boolean;
  readonly isGenerator?: boolean;
  readonly hasSuper?: boolean;
  readonly given?: "none" | "one";
  readonly before?: string;
  readonly hasReturn?: boolean;
}

export const deepest = 4;

export class RandomChoices {
  readonly #random: () => number;
  #made = 0;
  protected readonly callables: Callable[] = [];

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  protected below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  protected chance(share: number): boolean {
    return this.#random() < share;
  }

  protected one<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to choose from");
    return item;
  }

  protected some(most: number, make: () => string, least = 0): string[] {
    return Array.from({ length: least + this.below(most + 1 - least) }, make);
  }

  protected newName(word: string): string {
    return `${word}${++this.#made}`;
  }
}
