// What Node.js tells of HTTP/2 streams on its channels from version 22 on, for the versions before it: by the methods of sessions
// and streams. Their classes are met with the first session: it sets an option of its socket while it is made, and the socket
// has it by then. node:http2 is not loaded for our sake.
import { Socket } from "node:net";
import { objectIn } from "../channels.js";
import type { Guest } from "../guest.js";
import { classNameOf, dataProperty, isObject } from "../own-data.js";
import { replaceMethod, replaceWithoutFrame, together } from "../patch.js";

type Tell = (name: string, message: object) => void;

export const tellsOfStreams = Number.parseInt(process.versions.node, 10) >= 22;

const loadedWith = "NativeModule internal/http2/core";
const sides = { ClientHttp2Session: "client", ServerHttp2Session: "server" } as const;
const responding = ["respond", "respondWithFD", "respondWithFile"] as const;

/**
 * `met` is told of the prototype of each kind of session: what it replaces there runs around requests, and within what tells of
 * streams; it returns how to put that back.
 */
export function watchEarlierStreams(
  guest: Guest,
  tell: Tell,
  met: (prototype: object, side: Side) => () => void,
): () => void {
  const putBack: (() => void)[] = [];
  const known = new Set<Side>();
  const streams = new Set<object>();
  let isLoaded = false;
  const asGuest = (work: () => void): void => void guest.runAsGuest(work, undefined);

  const watchStream = (side: Side, stream: object): void => {
    const prototype: unknown = Reflect.getPrototypeOf(stream);
    if (!isObject(prototype) || streams.has(prototype)) return;
    streams.add(prototype);
    putBack.push(
      replaceEmit(prototype, (emit) => (self, [event, value]) => {
        if (!isObject(self)) return emit;
        if (event === "response" && isObject(value))
          asGuest(() => tell(`${side}.stream.finish`, { stream: self, headers: value }));
        else if (event === "error") {
          // One that Node has made of the stream's code says no more than that.
          const error = isObject(value) && dataProperty(value, "code") === "ERR_HTTP2_STREAM_ERROR" ? undefined : value;
          asGuest(() => tell(`${side}.stream.error`, { stream: self, error }));
        } else if (event === "close") asGuest(() => tell(`${side}.stream.close`, { stream: self }));
        // Whoever was told may have given this one its own.
        const own: unknown = Object.getOwnPropertyDescriptor(self, "emit")?.value;
        return isMethod(own) ? own : emit;
      }),
      ...responding.map((method, at) =>
        replaceMethod(
          prototype,
          method,
          (respond) =>
            function (...args) {
              const headers = args[at === 0 ? 0 : 1];
              asGuest(() =>
                tell(`${side}.stream.finish`, {
                  stream: this,
                  headers: { ":status": 200, ...(isObject(headers) ? headers : {}) },
                }),
              );
              return Reflect.apply(respond, this, args);
            },
        ),
      ),
    );
  };
  const watchServer = (prototype: object): (() => void) =>
    replaceEmit(prototype, (emit) => (_self, [event, stream, headers]) => {
      if (event === "stream" && isObject(stream))
        asGuest(() => {
          tell("server.stream.start", { stream, headers });
          watchStream("server", stream);
        });
      return emit;
    });
  const watchClient = (prototype: object): (() => void) =>
    replaceMethod(
      prototype,
      "request",
      (request) =>
        function (...args) {
          const stream = Reflect.apply(request, this, args);
          asGuest(() => {
            if (!isObject(stream)) return;
            watchStream("client", stream);
            tell("client.stream.created", { stream, headers: objectIn(stream, "sentHeaders") ?? {} });
          });
          return stream;
        },
    );

  const meet = (socket: unknown): void => {
    isLoaded ||= isAmong(dataProperty(process, "moduleLoadList"), loadedWith);
    if (!isLoaded || !isObject(socket)) return;
    for (const key of Reflect.ownKeys(socket)) {
      const session = dataProperty(socket, key);
      const side = isObject(session) ? sideOf(session) : undefined;
      const prototype: unknown = isObject(session) ? Reflect.getPrototypeOf(session) : undefined;
      if (side === undefined || !isObject(session) || !isObject(prototype) || known.has(side)) continue;
      known.add(side);
      if (side === "client") putBack.push(watchClient(prototype));
      putBack.push(met(prototype, side));
      if (side === "server") putBack.push(watchServer(prototype));
    }
  };
  return together([
    // Last of all: in the order in which they were replaced.
    () => {
      for (const undo of putBack.reverse()) undo();
    },
    replaceMethod(
      Socket.prototype,
      "setNoDelay",
      (set) =>
        function (...args) {
          if (known.size < 2) asGuest(() => meet(this));
          return Reflect.apply(set, this, args);
        },
    ),
  ]);
}

/** No frame of ours is in what Node prints of an error that nobody listens for. */
function replaceEmit(prototype: object, chooserFor: Parameters<typeof replaceWithoutFrame>[2]): () => void {
  const isOwn = Object.hasOwn(prototype, "emit");
  const found = dataProperty(prototype, "emit");
  const undo = replaceWithoutFrame(prototype, "emit", chooserFor);
  return () => {
    undo();
    if (!isOwn && dataProperty(prototype, "emit") === found) Reflect.deleteProperty(prototype, "emit");
  };
}

export type Side = "client" | "server";

const sideOf = (session: object): Side | undefined => {
  const name = classNameOf(session);
  return name === "ClientHttp2Session" || name === "ServerHttp2Session" ? sides[name] : undefined;
};

const isAmong = (list: unknown, text: string): boolean => Array.isArray(list) && list.includes(text);

const isMethod = (value: unknown): value is (this: unknown, ...args: unknown[]) => unknown =>
  typeof value === "function";

/** "https://host:1" of a session that somebody made before it could be noted. */
export function originIn(session: object): string | undefined {
  const valueOf = (description: string): unknown => {
    const key = Object.getOwnPropertySymbols(session).find((symbol) => symbol.description === description);
    return key === undefined ? undefined : dataProperty(session, key);
  };
  const [authority, protocol] = [valueOf("authority"), valueOf("protocol")];
  return typeof authority === "string" && typeof protocol === "string" ? `${protocol}//${authority}` : undefined;
}
