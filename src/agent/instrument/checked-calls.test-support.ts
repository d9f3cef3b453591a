// What is told of the calls of random programs on its way to what records them.
import type { CallRecorder } from "../calls.js";
import type { Call, CallsTold } from "../write-helpers.js";

/** Passes on what is told of calls, and says where that is in no order that can be. */
export class CheckedCalls implements CallsTold {
  isActive = true;
  readonly problems: string[] = [];
  readonly entered: number[] = [];
  readonly #calls: CallRecorder;
  readonly #state = new Map<Call, "runs" | "away" | "left">();

  constructor(calls: CallRecorder) {
    this.#calls = calls;
  }
  enter(...given: Parameters<CallsTold["enter"]>): Call | undefined {
    this.entered.push(given[0]);
    const call = this.#calls.enter(...given);
    if (call === undefined) this.problems.push("a call is not recorded");
    else this.#state.set(call, "runs");
    return call;
  }
  #expect(call: Call, what: string, ...states: readonly string[]): void {
    const state = this.#state.get(call) ?? "unknown";
    if (!states.includes(state)) this.problems.push(`${what}, but it is ${state}`);
  }
  steps(call: Call): void {
    this.#expect(call, "runs a statement", "runs");
  }
  returns(call: Call, value: unknown): void {
    this.#expect(call, "returns", "runs");
    this.#calls.returns(call, value);
  }
  throws(call: Call, value: unknown, isRejection: boolean): void {
    this.#expect(call, "throws", "runs", "away");
    this.#calls.throws(call, value, isRejection);
  }
  waits(call: Call): void {
    this.#expect(call, "waits", "runs", "away");
    this.#state.set(call, "away");
    this.#calls.waits(call);
  }
  goesOn(call: Call, hasCaught: boolean): void {
    this.#expect(call, "goes on", "runs", "away");
    this.#state.set(call, "runs");
    this.#calls.goesOn(call, hasCaught);
  }
  leaves(call: Call): void {
    this.#expect(call, "is left", "runs", "away");
    this.#state.set(call, "left");
    this.#calls.leaves(call);
  }
}
