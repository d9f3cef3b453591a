// A stage that somebody wrote for themselves: a function that is asked of each record the stage is about. It runs in the program,
// so it is given copies, and once it has thrown, or answered what cannot be understood, it is never asked again.
import { types } from "node:util";
import type { FilteredKind } from "../../shared/protocol/pipeline-stages.js";
import type { Attributes } from "../../shared/trace/attributes.js";
import { attributesFrom } from "../attributes.js";
import { isError, isObject, textProperty } from "../own-data.js";
import type { Transform } from "./transforms.js";

/** What the function is given. */
export interface AskedRecord {
  readonly kind: FilteredKind;
  readonly name: string;
  /** Of a span: asked again when it ends, of what came to it then. It is recorded whatever is answered. */
  readonly isEnd: boolean;
  /** Of a log line, as OpenTelemetry numbers them; else 0. */
  readonly severity: number;
  readonly body: string;
  readonly attributes: Attributes;
}

export type Answer =
  "stays" | "left-out" | { readonly body: string | undefined; readonly attributes: Attributes | undefined };

export interface StageFailure {
  readonly stage: string;
  readonly reason: string;
}

const mostReasonUnits = 512;
const { getOwnPropertyDescriptor } = Object;

export class CustomStage {
  readonly #words: string;
  #function: ((record: AskedRecord) => unknown) | undefined;
  #failure: StageFailure | undefined;
  #isAsked = false;

  /** `load`: what its file exports. */
  constructor(words: string, load: () => unknown) {
    this.#words = words;
    try {
      this.#function = functionIn(load());
      if (this.#function === undefined) this.#fail("its file exports no function");
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** What it causes to be recorded itself it is not asked of. */
  ask(record: AskedRecord): Answer {
    const asked = this.#function;
    if (asked === undefined || this.#isAsked) return "stays";
    this.#isAsked = true;
    try {
      const answer = answerFrom(asked(record));
      if (typeof answer === "object" || answer !== "unknown") return answer;
      this.#fail("it answered neither an object nor true or false");
    } catch (thrown) {
      this.#fail(thrown);
    } finally {
      this.#isAsked = false;
    }
    return "stays";
  }

  /** What comes to a span at its end goes through the function, too. */
  atEndOf(name: string): Transform {
    const about = { kind: "span", name, isEnd: true, severity: 0, body: "" } as const;
    return {
      body: (text) => text,
      attributes: (own) => {
        const answer = this.ask({ ...about, attributes: attributesFrom(own) });
        return typeof answer === "object" ? (answer.attributes ?? own) : own;
      },
    };
  }

  /** Why it is not asked any more, to be told once. */
  takeFailure(): StageFailure | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  #fail(thrown: unknown): void {
    this.#function = undefined;
    this.#failure = { stage: this.#words, reason: reasonFrom(thrown).slice(0, mostReasonUnits) };
  }
}

/** Of an ES module its default export, of a CommonJS module that, or what it exports itself. */
function functionIn(exported: unknown): ((record: AskedRecord) => unknown) | undefined {
  const found: unknown =
    typeof exported === "object" && exported !== null ? Reflect.get(exported, "default") : exported;
  return isFunction(found) ? found : undefined;
}

const isFunction = (value: unknown): value is (record: AskedRecord) => unknown => typeof value === "function";

function answerFrom(given: unknown): Answer | "unknown" {
  if (given === undefined || given === true) return "stays";
  if (given === false || given === null) return "left-out";
  if (!isObject(given) || types.isProxy(given) || types.isPromise(given) || typeof given === "function")
    return "unknown";
  const [body, attributes]: unknown[] = [own(given, "body"), own(given, "attributes")];
  return {
    body: typeof body === "string" ? body : undefined,
    attributes: attributes === undefined ? undefined : attributesFrom(attributes),
  };
}

const own = (given: object, key: string): unknown => getOwnPropertyDescriptor(given, key)?.value;

function reasonFrom(thrown: unknown): string {
  if (isError(thrown)) return `${textProperty(thrown, "name") ?? "Error"}: ${textProperty(thrown, "message") ?? ""}`;
  return typeof thrown === "string" ? thrown : `it threw ${typeof thrown}`;
}
