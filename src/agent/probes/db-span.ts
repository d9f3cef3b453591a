// Spans of what is asked of a database, by OpenTelemetry's names: kind client, below the span of whoever asked. What the
// program does with the answer belongs to who asked, too, not to whoever had the connection opened that brought it.
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { budgets, cutText, exceptionAttributes } from "../attributes.js";
import { textProperty } from "../own-data.js";
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

  /** undefined: not recorded. `asker` is the span that is current unless the question had to wait for its turn. */
  start(server: DbServer, query: DbQuery, asker = this.asker): DbCall | undefined {
    const { guest, sink } = this.#kit;
    return guest.runAsGuest(() => {
      const { operation, collection, text } = query;
      const name = [operation ?? server.system, ...(collection === undefined ? [] : [collection])].join(" ");
      const attributes: Record<string, AttributeValue> = { "db.system.name": server.system };
      if (operation !== undefined) attributes["db.operation.name"] = operation;
      if (collection !== undefined) attributes["db.collection.name"] = collection;
      if (server.namespace !== undefined) attributes["db.namespace"] = server.namespace;
      if (text !== undefined) attributes["db.query.text"] = cutText(text, budgets.textUnits);
      if (server.address !== undefined) attributes["server.address"] = server.address;
      if (server.port !== undefined) attributes["server.port"] = server.port;
      const span = sink.startSpan(
        name,
        "client",
        asker === undefined ? noParent : { kind: "local", span: asker },
        attributes,
      );
      return { span, asker, isOver: false };
    }, undefined);
  }

  startSql(server: DbServer, text: string | undefined, asker = this.asker): DbCall | undefined {
    const summary = this.#kit.guest.runAsGuest(() => this.#summaries.of(text ?? ""), undefined);
    return this.start(server, { text, operation: summary?.operation, collection: summary?.collection }, asker);
  }

  get asker(): OpenSpan | undefined {
    return this.#kit.context.current;
  }

  succeed(call: DbCall | undefined): void {
    this.#end(call, "unset", () => ({}));
  }

  fail(call: DbCall | undefined, error: unknown): void {
    this.#end(call, "error", () => {
      const exception = exceptionAttributes(error);
      const code = typeof error === "object" && error !== null ? textProperty(error, "code") : undefined;
      return { ...exception, "error.type": code ?? exception["exception.type"], ...statusCode(error, code) };
    });
  }

  /** `error` as callbacks get it: nothing, or what went wrong. */
  settle(call: DbCall | undefined, error: unknown): void {
    if (error === undefined || error === null) this.succeed(call);
    else this.fail(call, error);
  }

  #end(call: DbCall | undefined, status: "unset" | "error", attributes: () => Record<string, AttributeValue>): void {
    if (call === undefined || call.isOver) return;
    call.isOver = true;
    const { guest, sink } = this.#kit;
    guest.runAsGuest(() => sink.endSpan(call.span, status, undefined, attributes()), undefined);
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

const noParent = { kind: "none" } as const;

/** What the server itself said, as far as the library keeps it: SQLSTATE is five characters. */
function statusCode(error: unknown, code: string | undefined): Record<string, AttributeValue> {
  if (typeof error !== "object" || error === null) return {};
  const state = textProperty(error, "sqlState") ?? code;
  return state !== undefined && /^[0-9A-Z]{5}$/.test(state) ? { "db.response.status_code": state } : {};
}
