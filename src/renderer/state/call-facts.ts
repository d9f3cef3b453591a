// What a call was given and what it came to, as its attributes say it: for panes that show calls.
import { spanStatuses } from "../../shared/trace/attributes.js";
import { attributeBag } from "./attribute-bag.js";

export interface CallFacts {
  readonly given: readonly { readonly name: string; readonly value: string }[];
  readonly outcome:
    | { readonly kind: "returned"; readonly value: string }
    | { readonly kind: "threw"; readonly type: string; readonly message: string }
    /** It returned nothing, or nothing was recorded of it; or it is under way. */
    | { readonly kind: "nothing" };
  /** It was left while it waited for something: nothing ever came. */
  readonly isLeft: boolean;
}

export const failedStatus = spanStatuses.indexOf("error");

export function callFactsFrom(attributes: string, hasFailed: boolean): CallFacts {
  const bag = attributeBag(attributes);
  const given = bag["hindcast.call.arguments"];
  const result = bag["hindcast.call.result"];
  const type = wordsOf(bag["exception.type"] ?? bag["error.type"]);
  return {
    given:
      typeof given === "object" && given !== null
        ? Object.entries(given).map(([name, value]) => ({ name, value: JSON.stringify(value) }))
        : [],
    outcome: hasFailed
      ? { kind: "threw", type, message: wordsOf(bag["exception.message"]) }
      : result === undefined
        ? { kind: "nothing" }
        : { kind: "returned", value: JSON.stringify(result) },
    isLeft: bag["hindcast.call.left"] === "waiting",
  };
}

/** `account: "acc_1", cents: 500` */
export const givenText = ({ given }: CallFacts): string =>
  given.map(({ name, value }) => (name === "" ? value : `${name}: ${value}`)).join(", ");

/** `TypeError: no such account` */
export function thrownText(facts: CallFacts): string | undefined {
  const { outcome } = facts;
  if (outcome.kind !== "threw") return undefined;
  const said = [outcome.type, outcome.message].filter((part) => part !== "");
  return said.length === 0 ? "an error" : said.join(": ");
}

/** `debit(account: "acc_1") = 3`, `debit(…) threw TypeError: no such account` */
export function callText(name: string, facts: CallFacts): string {
  const thrown = thrownText(facts);
  const came =
    thrown !== undefined ? ` threw ${thrown}` : facts.outcome.kind === "returned" ? ` = ${facts.outcome.value}` : "";
  return `${name}(${givenText(facts)})${came}`;
}

const wordsOf = (value: unknown): string =>
  value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
