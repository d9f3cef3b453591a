// Spans of what is asked of a database, by OpenTelemetry's names: kind client, below the span of whoever asked. What the
// program does with the answer belongs to who asked, too, not to whoever had the connection opened that brought it.
import type { AttributeValue, Attributes } from "../../shared/trace/attributes.js";
import { budgets, cutText, failureAttributes } from "../attributes.js";
import { dataProperty, isFunction, isObject, textProperty } from "../own-data.js";
import { replaceMethod } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import type { OpenSpan } from "../record-sink.js";
import { SqlSummaries } from "./sql-summary.js";

export interface DbServer {
  /** OpenTelemetry's name of it: "postgresql", "redis" … */
  readonly system: string;
  readonly namespace?: string | undefined;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
}

export interface DbQuery {
  /** As the program wrote it: values that travel apart from it are not here. */
  readonly text: string | undefined;
  readonly operation: string | undefined;
  readonly collection?: string | undefined;
  /** How many operations travel together. */
  readonly batchSize?: number | undefined;
}

/** One question to a database whose answer is awaited. */
export interface DbCall {
  readonly span: OpenSpan;
  readonly asker: OpenSpan | undefined;
  isOver: boolean;
}

export class DbSpans {
  readonly #kit: ProbeKit;
  readonly #summaries = new SqlSummaries();

  constructor(kit: ProbeKit) {
    this.#kit = kit;
  }

  /** undefined: not recorded. */
  start(server: DbServer, query: DbQuery): DbCall | undefined {
    return this.#kit.guest.runAsGuest(() => this.open(server, query), undefined);
  }

  /** `start` for who is a guest already, as whatever listens to a channel is. */
  open(server: DbServer, { operation, collection, text, batchSize }: DbQuery): DbCall {
    const { asker } = this;
    const name = [operation ?? server.system, ...(collection === undefined ? [] : [collection])].join(" ");
    const attributes: Record<string, AttributeValue> = { "db.system.name": server.system };
    if (operation !== undefined) attributes["db.operation.name"] = operation;
    if (collection !== undefined) attributes["db.collection.name"] = collection;
    if (batchSize !== undefined) attributes["db.operation.batch.size"] = batchSize;
    if (server.namespace !== undefined) attributes["db.namespace"] = server.namespace;
    if (text !== undefined) attributes["db.query.text"] = cutText(text, budgets.textUnits);
    if (server.address !== undefined) attributes["server.address"] = server.address;
    if (server.port !== undefined) attributes["server.port"] = server.port;
    const span = this.#kit.sink.startSpan(name, "client", this.#kit.context.asParent, attributes);
    return { span, asker, isOver: false };
  }

  startSql(server: DbServer, text: string | undefined): DbCall | undefined {
    return this.#kit.guest.runAsGuest(() => this.open(server, { text, ...this.#summaries.of(text ?? "") }), undefined);
  }

  get asker(): OpenSpan | undefined {
    return this.#kit.context.current;
  }

  succeed(call: DbCall | undefined): void {
    this.#kit.guest.runAsGuest(() => this.close(call), undefined);
  }

  fail(call: DbCall | undefined, error: unknown): void {
    this.#kit.guest.runAsGuest(() => this.closeFailed(call, error), undefined);
  }

  /** `error` as callbacks get it: nothing, or what went wrong. */
  settle(call: DbCall | undefined, error: unknown): void {
    if (error === undefined || error === null) this.succeed(call);
    else this.fail(call, error);
  }

  /** `succeed` and `fail` for who is a guest already. */
  close(call: DbCall | undefined): void {
    this.#end(call, "unset", {});
  }

  closeFailed(call: DbCall | undefined, error: unknown): void {
    if (call === undefined || call.isOver) return;
    this.#end(call, "error", { ...failureAttributes(error), ...statusCode(error) });
  }

  #end(call: DbCall | undefined, status: "unset" | "error", attributes: Attributes): void {
    if (call === undefined || call.isOver) return;
    call.isOver = true;
    this.#kit.sink.endSpan(call.span, status, undefined, attributes);
  }

  /** Runs code of the library that calls the program back. */
  forAsker<Result>(call: DbCall, work: () => Result): Result {
    return this.#kit.context.resume(call.asker, work);
  }

  /** What a connection does by itself belongs to nobody, though somebody's question had it opened. */
  forNobody<Result>(work: () => Result): Result {
    return this.#kit.context.resume(undefined, work);
  }

  /** A callback of the program as one that runs for whoever passes it now. */
  boundToAsker(callback: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
    const { context } = this.#kit;
    const { asker } = this;
    return function (this: unknown, ...args) {
      return context.resume(asker, () => Reflect.apply(callback, this, args));
    };
  }
}

/**
 * What waits for a connection, called back by `method` of its owner, is called back for whoever asked, not for whoever gave
 * the connection back.
 */
export function patchConnecting(spans: DbSpans, owner: object, method: string): () => void {
  return replaceMethod(
    owner,
    method,
    (connect) =>
      function (...args) {
        const [callback, ...rest] = args;
        const given = isFunction(callback) ? [spans.boundToAsker(callback), ...rest] : args;
        return spans.forNobody(() => Reflect.apply(connect, this, given));
      },
  );
}

/** What the server itself said, as far as the library keeps it: SQLSTATE is five characters, MongoDB has numbers. */
function statusCode(error: unknown): Record<string, AttributeValue> {
  if (!isObject(error)) return {};
  const number = dataProperty(error, "code");
  if (typeof number === "number") return { "db.response.status_code": String(number) };
  const state = textProperty(error, "sqlState") ?? textProperty(error, "code");
  return state !== undefined && /^[0-9A-Z]{5}$/.test(state) ? { "db.response.status_code": state } : {};
}
