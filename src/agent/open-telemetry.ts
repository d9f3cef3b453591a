// A program that runs OpenTelemetry itself: our spans join its traces. What is asked of it is what any code of the program may
// ask of its API; nothing is, until that has been loaded. Its spans and headers are left as they are.
import { channel } from "node:diagnostics_channel";
import { Server } from "node:http";
import { Server as SecureServer } from "node:https";
import type { Guest } from "./guest.js";
import type { OnModule } from "./modules.js";
import { dataProperty, isFunction, isObject, textProperty } from "./own-data.js";
import { replaceMethod, together } from "./patch.js";
import { bytesFromHex } from "./trace-context.js";

/** One of its spans. */
export interface ForeignSpan {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly spanIdText: string;
}

/** Which span of OpenTelemetry's ours was begun in. */
export const otelSpanAttribute = "hindcast.otel.span_id";

/** Under which all copies of the API, of version 1, find what was registered. */
const apiKey = Symbol.for("opentelemetry.js.api.1");
const spanKey = Symbol.for("OpenTelemetry Context Key SPAN");

export class OpenTelemetry {
  #isLoaded = false;
  #onRequest: (request: unknown, response: unknown) => void = () => undefined;

  /** Whether the program may have spans of OpenTelemetry's. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** `whenLoaded` is called once. */
  install(guest: Guest, onModule: OnModule, whenLoaded: () => void): () => void {
    let putBack: (() => void) | undefined;
    const release = onModule(guest, "@opentelemetry/api", () => {
      this.#isLoaded = true;
      putBack ??= together([this.#watch(guest, Server.prototype), this.#watch(guest, SecureServer.prototype)]);
      whenLoaded();
      return () => undefined;
    });
    return together([() => putBack?.(), release]);
  }

  /**
   * Called as a server passes a request on to its handler. Instrumentation begins its span there, around what it finds: being
   * loaded after us it finds this.
   */
  onRequest(notice: (request: unknown, response: unknown) => void): void {
    this.#onRequest = notice;
  }

  #watch(guest: Guest, prototype: object): () => void {
    const notice = (request: unknown, response: unknown): void => this.#onRequest(request, response);
    return replaceMethod(
      prototype,
      "emit",
      (emit) =>
        function (...args) {
          const [name, request, response] = args;
          if (name === "request" || name === "checkContinue" || name === "checkExpectation")
            guest.runAsGuest(() => notice(request, response), undefined);
          return Reflect.apply(emit, this, args);
        },
    );
  }

  /** The span that OpenTelemetry would put down to the running code. */
  active(): ForeignSpan | undefined {
    const api = dataProperty(globalThis, apiKey);
    const active = called(
      called(isObject(api) ? dataProperty(api, "context") : undefined, "active"),
      "getValue",
      spanKey,
    );
    const context = called(active, "spanContext");
    if (!isObject(context)) return undefined;
    const [traceId, spanId] = [textProperty(context, "traceId"), textProperty(context, "spanId")];
    if (traceId === undefined || spanId === undefined || !isId(traceId, 32) || !isId(spanId, 16)) return undefined;
    return { traceId: bytesFromHex(traceId), spanId: bytesFromHex(spanId), spanIdText: spanId };
  }
}

function called(target: unknown, method: string, ...given: unknown[]): unknown {
  const found = isObject(target) ? dataProperty(target, method) : undefined;
  return isFunction(found) ? Reflect.apply(found, target, given) : undefined;
}

const isId = (text: string, length: number): boolean =>
  text.length === length && /^[0-9a-f]+$/.test(text) && !/^0+$/.test(text);

/** Whether somebody besides us hears of requests of this kind, who may add headers of his own. */
export function isHeardByOthers(name: string): boolean {
  const listeners = dataProperty(channel(name), "_subscribers");
  return Array.isArray(listeners) && listeners.length > 1;
}
