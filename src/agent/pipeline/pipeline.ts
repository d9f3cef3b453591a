// What a recorder asks of the pipeline: whether a record stays, and as what. The chain can be changed while records come.
import type { Pipeline as Stages } from "../../shared/protocol/pipeline-stages.js";
import { type Attributes, severities } from "../../shared/trace/attributes.js";
import type { OpenSpan, SpanHandling, SpanParent } from "../record-sink.js";
import { Accounts, codeOf } from "./account.js";
import { Chain, type ChainSurroundings } from "./chain.js";
import type { StageFailure } from "./custom-stage.js";
import { takerOf } from "./span-handling.js";

const codes = { event: codeOf("event"), span: codeOf("span"), log: codeOf("log"), metric: codeOf("metric") } as const;
const write = codeOf("write");
/** What the agent itself says of the process: an error that nobody caught is always recorded. */
const processSource = "process";

export class RecordPipeline {
  readonly accounts = new Accounts();
  readonly #surroundings: ChainSurroundings;
  #chain: Chain;

  constructor(stages: Stages, surroundings: ChainSurroundings) {
    this.#surroundings = surroundings;
    this.#chain = this.#chainOf(stages);
  }

  /** What records are held against from now on. */
  change(stages: Stages): void {
    this.#chain = this.#chainOf(stages);
  }

  #chainOf(stages: Stages): Chain {
    return new Chain(stages, this.accounts, this.#surroundings);
  }

  /** Of each stage that failed and is not asked any more: its words and why, once. */
  takeFailures(): readonly StageFailure[] {
    return this.#chain.customStages.flatMap((custom) => custom.takeFailure() ?? []);
  }

  /** Of the record that has just passed. */
  get attributes(): unknown {
    return this.#chain.attributes;
  }

  get body(): string {
    return this.#chain.body;
  }

  leavesOutEvent(name: string, attributes: unknown, span: OpenSpan | undefined): boolean {
    if (this.#isInside(span, codes.event, name)) return true;
    return (
      this.#chain.leaverOf("event", codes.event, name, {
        severity: 0,
        body: "",
        attributes,
        own: undefined,
        trace: span,
      }) !== undefined
    );
  }

  leavesOutMetric(name: string, attributes: unknown): boolean {
    const passing = { severity: 0, body: "", attributes, own: undefined, trace: undefined };
    return this.#chain.leaverOf("metric", codes.metric, name, passing) !== undefined;
  }

  leavesOutLog(
    severity: number,
    source: string,
    body: string,
    attributes: Attributes,
    span: OpenSpan | undefined,
  ): boolean {
    const isFatal = source === processSource && severity >= severities.fatal;
    if (!isFatal && this.#isInside(span, codes.log, source)) return true;
    const name = isFatal ? "hindcast.fatal" : source;
    return (
      this.#chain.leaverOf("log", codes.log, name, { severity, body, attributes, own: attributes, trace: span }) !==
      undefined
    );
  }

  /** Whether the state of this scope is captured; counted when it is not. */
  leavesOutScope(scope: string): boolean {
    const passing = { severity: 0, body: "", attributes: undefined, own: undefined, trace: undefined };
    return this.#chain.leaverOf("write", write, scope, passing) !== undefined;
  }

  /** `hangsOn`: the nearest span above it that is recorded. Undefined: nothing is done with it. */
  handlingOf(
    name: string,
    parent: SpanParent,
    hangsOn: SpanParent,
    traceId: Uint8Array,
    attributes: Attributes,
  ): SpanHandling | undefined {
    const above = parent.kind === "local" ? takerOf(parent.span.handling) : undefined;
    if (above !== undefined) {
      above.count(codes.span);
      return { kind: "left-out", hangsOn, takenBy: above };
    }
    const isLeftOut = parent.kind === "remote" && parent.isLeftOut === true;
    const chain = this.#chain;
    const leaver = chain.leaverOf("span", codes.span, name, {
      severity: 0,
      body: "",
      attributes,
      own: attributes,
      trace: { traceId, isLeftOut },
    });
    if (leaver !== undefined) return { kind: "left-out", hangsOn, takenBy: leaver.takesInside ? leaver : undefined };
    const { applied: by, hold } = chain;
    return by.length === 0 && hold === undefined ? undefined : { kind: "changed", by, hold };
  }

  #isInside(span: OpenSpan | undefined, code: number, name: string): boolean {
    const taker = span === undefined ? undefined : takerOf(span.handling);
    if (taker === undefined || name.startsWith("hindcast.")) return false;
    taker.count(code);
    return true;
  }
}
