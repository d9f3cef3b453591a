// Calls over any transport that carries whole byte messages in order: MessagePort, WebSocket, child process.
// Both ends decode what arrives with the schemas of engine-calls.ts. A call ends in a value, in an error of the
// catalogue, or in "engine-lost" when the transport closes; aborting it tells the other end to stop working on it. How far a
// long one is, is told meanwhile, some ten times a second.
import * as v from "valibot";
import { type CancelSignal, CancelSource, Cancelled } from "../base/cancel.js";
import { type Result, failed, ok } from "../base/result.js";
import {
  type CallArgs,
  type CallResult,
  type EngineCallName,
  type EngineNotice,
  engineCalls,
  engineNotice,
} from "./engine-calls.js";
import { isHindcastError } from "./schemas.js";
import { type HindcastError, hindcastError } from "./errors.js";
import type { Progress } from "../base/asker.js";
import { ThinnedProgress, callProgress } from "./progress.js";

export interface Transport {
  send(message: Uint8Array): void;
  onMessage(listener: (message: Uint8Array) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** msgpack with typed arrays and int64 as bigint, the same settings on both ends. */
export interface Codec {
  encode(message: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

export type Call = <Name extends EngineCallName>(
  name: Name,
  args: CallArgs<Name>,
  signal?: AbortSignalLike,
  onProgress?: Progress,
) => Promise<Result<CallResult<Name>, HindcastError>>;

/** The calls about one recording, and their arguments without its id. */
export type RecordingCallName = {
  [Name in EngineCallName]: CallArgs<Name> extends { recordingId: string } ? Name : never;
}[EngineCallName];
export type RecordingArgs<Name extends RecordingCallName> = Omit<CallArgs<Name>, "recordingId">;

/** Calls about one recording; TypeScript cannot see by itself that the id completes the arguments. */
export const callAbout = <Name extends RecordingCallName>(
  call: Call,
  recordingId: string,
  name: Name,
  args: RecordingArgs<Name>,
  signal?: AbortSignalLike,
  onProgress?: Progress,
): Promise<Result<CallResult<Name>, HindcastError>> => {
  const complete: unknown = { ...args, recordingId };
  return call(name, complete as CallArgs<Name>, signal, onProgress);
};

/** The part of AbortSignal used here: shared code has neither DOM nor Node types. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export type CallHandlers = {
  readonly [Name in EngineCallName]: (
    args: CallArgs<Name>,
    signal: CancelSignal,
    progress?: Progress,
  ) => Promise<Result<CallResult<Name>, HindcastError>>;
};

/** Answers a call itself, whose arguments were checked against its schema; undefined: whoever is behind it does. */
type Instead = (
  name: EngineCallName,
  args: { readonly recordingId?: string },
  signal: CancelSignal,
  progress: Progress | undefined,
) => Promise<Result<unknown, HindcastError>> | undefined;

/** What `instead` answers has been checked as well. */
export function aroundHandlers(handlers: CallHandlers, instead: Instead): CallHandlers {
  const around = (Object.keys(handlers) as EngineCallName[]).map((name) => {
    const behind = handlers[name] as (...given: unknown[]) => unknown;
    const answer = (args: { readonly recordingId?: string }, signal: CancelSignal, progress?: Progress): unknown =>
      instead(name, args, signal, progress) ?? behind(args, signal, progress);
    return [name, answer] as const;
  });
  const complete: unknown = Object.fromEntries(around);
  return complete as CallHandlers;
}

/** A call whose name and arguments were a handler's. */
export const callAgain = (
  call: Call,
  name: EngineCallName,
  args: unknown,
  signal?: AbortSignalLike,
  onProgress?: Progress,
): Promise<Result<unknown, HindcastError>> => call(name, args as never, signal, onProgress);

const message = v.variant("kind", [
  v.object({ kind: v.literal("call"), id: v.number(), name: v.string(), args: v.unknown() }),
  v.object({ kind: v.literal("cancel"), id: v.number() }),
  v.object({ kind: v.literal("result"), id: v.number(), value: v.unknown() }),
  v.object({ kind: v.literal("error"), id: v.number(), error: v.custom<HindcastError>(isHindcastError) }),
  v.object({ kind: v.literal("progress"), id: v.number(), progress: callProgress }),
  v.object({ kind: v.literal("notice"), notice: engineNotice }),
]);

const isCallName = (name: string): name is EngineCallName => Object.hasOwn(engineCalls, name);

export interface EngineClient {
  readonly call: Call;
  onNotice(listener: (notice: EngineNotice) => void): void;
  close(): void;
}

export function connectToEngine(transport: Transport, codec: Codec): EngineClient {
  const waiting = new Map<number, (outcome: Result<unknown, HindcastError>) => void>();
  const progress = new Map<number, Progress>();
  const listeners: ((notice: EngineNotice) => void)[] = [];
  let nextId = 1;
  let isClosed = false;

  transport.onMessage((bytes) => {
    const read = v.safeParse(message, codec.decode(bytes));
    if (!read.success) return;
    const told = read.output;
    if (told.kind === "notice") for (const listener of listeners) listener(told.notice);
    if (told.kind === "progress") progress.get(told.id)?.(told.progress);
    if (told.kind !== "result" && told.kind !== "error") return;
    const settle = waiting.get(told.id);
    waiting.delete(told.id);
    settle?.(told.kind === "result" ? ok(told.value) : failed(told.error));
  });
  transport.onClose(() => {
    isClosed = true;
    for (const settle of waiting.values()) settle(failed(hindcastError("engine-lost")));
    waiting.clear();
    progress.clear();
  });

  const call: Call = async (name, args, signal, onProgress) => {
    if (isClosed) return failed(hindcastError("engine-lost"));
    if (signal?.aborted === true) return failed(hindcastError("cancelled"));
    const id = nextId++;
    if (onProgress !== undefined) progress.set(id, onProgress);
    let giveUp = (): void => undefined;
    const outcome = await new Promise<Result<unknown, HindcastError>>((resolve) => {
      waiting.set(id, resolve);
      giveUp = () => {
        if (!waiting.delete(id)) return;
        transport.send(codec.encode({ kind: "cancel", id }));
        resolve(failed(hindcastError("cancelled")));
      };
      signal?.addEventListener("abort", giveUp);
      transport.send(codec.encode({ kind: "call", id, name, args }));
    });
    // One signal may be that of thousands of calls.
    signal?.removeEventListener("abort", giveUp);
    progress.delete(id);
    if (!outcome.ok) return outcome;
    const result = v.safeParse(engineCalls[name].result, outcome.value);
    if (!result.success) return failed(hindcastError("internal", { reason: `${name}: ${result.issues[0].message}` }));
    return ok(result.output as CallResult<typeof name>);
  };

  return {
    call,
    onNotice: (listener) => void listeners.push(listener),
    close: () => {
      transport.close();
    },
  };
}

export interface ServedClient {
  notify(notice: EngineNotice): void;
  close(): void;
}

/** Of one client: the others' calls are not kept waiting behind thousands of its own. */
const mostAtOnce = 16;
/** Far more than the calls that any of our own clients has waiting. */
const mostWaitingBytes = 64 * 1024 * 1024;

interface Asked {
  readonly id: number;
  readonly name: string;
  readonly args: unknown;
  readonly size: number;
}

/**
 * Answers one client. A handler that throws is a bug of ours and reaches the client as "internal". What a client that is
 * gone had still waiting is not worked on.
 */
export function serveEngine(transport: Transport, codec: Codec, handlers: CallHandlers): ServedClient {
  const running = new Map<number, CancelSource>();
  const waiting = new Map<number, Asked>();
  let waitingBytes = 0;
  let busy = 0;

  const take = (asked: Asked): void => {
    if (busy < mostAtOnce) return void work(asked);
    if (waitingBytes + asked.size > mostWaitingBytes) {
      const error = hindcastError("bad-request", { reason: "too many calls wait for an answer" });
      return transport.send(codec.encode({ kind: "error", id: asked.id, error }));
    }
    forget(asked.id);
    waiting.set(asked.id, asked);
    waitingBytes += asked.size;
  };

  const forget = (id: number): Asked | undefined => {
    const asked = waiting.get(id);
    waitingBytes -= asked?.size ?? 0;
    waiting.delete(id);
    return asked;
  };

  const next = (): Asked | undefined => {
    for (const id of waiting.keys()) return forget(id);
    return undefined;
  };

  const work = async (first: Asked): Promise<void> => {
    busy++;
    for (let asked: Asked | undefined = first; asked !== undefined; asked = next()) await answer(asked);
    busy--;
  };

  const answer = async ({ id, name, args }: Asked): Promise<void> => {
    const outcome = await outcomeOf(id, name, args);
    if (!running.delete(id)) return;
    transport.send(
      codec.encode(
        outcome.ok ? { kind: "result", id, value: outcome.value } : { kind: "error", id, error: outcome.error },
      ),
    );
  };

  const outcomeOf = async (id: number, name: string, rawArgs: unknown): Promise<Result<unknown, HindcastError>> => {
    const signal = new CancelSource();
    running.set(id, signal);
    if (!isCallName(name)) return failed(hindcastError("bad-request", { reason: `no call ${name.slice(0, 80)}` }));
    const args = v.safeParse(engineCalls[name].args, rawArgs);
    if (!args.success) return failed(hindcastError("bad-request", { reason: `${name}: ${args.issues[0].message}` }));
    const handler = handlers[name] as (
      args: unknown,
      signal: CancelSignal,
      progress: Progress,
    ) => Promise<Result<unknown, HindcastError>>;
    const progress = new ThinnedProgress((told) => {
      if (running.has(id)) transport.send(codec.encode({ kind: "progress", id, progress: told }));
    });
    try {
      const outcome = await handler(args.output, signal, progress.tell);
      if (outcome.ok) progress.end();
      return outcome;
    } catch (error) {
      if (error instanceof Cancelled) return failed(hindcastError("cancelled"));
      return failed(
        hindcastError("internal", { reason: firstLine(error instanceof Error ? error.message : String(error)) }),
      );
    }
  };

  transport.onMessage((bytes) => {
    const read = v.safeParse(message, decodeSafely(codec, bytes));
    if (!read.success) return;
    const asked = read.output;
    if (asked.kind === "call") take({ ...asked, size: bytes.length });
    if (asked.kind === "cancel") {
      running.get(asked.id)?.abort();
      running.delete(asked.id);
      forget(asked.id);
    }
  });
  transport.onClose(() => {
    for (const signal of running.values()) signal.abort();
    running.clear();
    waiting.clear();
    waitingBytes = 0;
  });

  return {
    notify: (notice) => {
      transport.send(codec.encode({ kind: "notice", notice }));
    },
    close: () => {
      transport.close();
    },
  };
}

function decodeSafely(codec: Codec, bytes: Uint8Array): unknown {
  try {
    return codec.decode(bytes);
  } catch {
    return undefined;
  }
}

/** What comes after it is for us, not for whoever reads the sentence. */
const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";
