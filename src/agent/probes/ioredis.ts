// Commands of ioredis, those of pipelines among them. Its diagnostics channels are left alone: with a subscriber there, a
// command that failed and that nobody waits for is no longer an unhandled rejection (6.0). A command's end is told by its
// own `resolve` and `reject`, which the connection calls; no promise is derived. Clusters are untried.
import { dataProperty, isFunction, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { type DbServer, DbSpans, patchConnecting } from "./db-span.js";
import { redisText } from "./redis-text.js";

export function installIoredis(kit: ProbeKit): () => void {
  const spans = new DbSpans(kit);
  /** A command comes by again when it had to wait for the connection. */
  const known = new WeakSet<object>();

  /** What a connection says to be ready; servers may refuse parts of it, which nobody hears of. */
  const isGreeting = (redis: object, name: string): boolean =>
    spans.asker === undefined && dataProperty(redis, "status") === "connect" && greetings.has(name);

  const begin = (redis: object, command: object): void => {
    if (known.has(command)) return;
    known.add(command);
    const [resolve, reject] = [dataProperty(command, "resolve"), dataProperty(command, "reject")];
    const name = textProperty(command, "name");
    if (!isFunction(resolve) || !isFunction(reject) || name === undefined || isGreeting(redis, name)) return;
    const text = kit.guest.runAsGuest(() => redisText(name, dataProperty(command, "args")), undefined);
    const call = spans.start(serverOf(redis), { text, operation: name.toUpperCase() });
    if (call === undefined) return;
    Reflect.set(command, "resolve", (...given: unknown[]) => {
      spans.succeed(call);
      return Reflect.apply(resolve, command, given);
    });
    Reflect.set(command, "reject", (...given: unknown[]) => {
      spans.fail(call, given[0]);
      return Reflect.apply(reject, command, given);
    });
  };

  return kit.onModule(kit.guest, "ioredis/built/Redis.js", (exports) => {
    const constructor = dataProperty(exports, "default");
    const redis = prototypeOf(isObject(constructor) ? constructor : exports);
    return together([
      replaceMethod(
        redis,
        "sendCommand",
        (send) =>
          function (...args) {
            if (isObject(this) && isObject(args[0])) begin(this, args[0]);
            return Reflect.apply(send, this, args);
          },
      ),
      // What the connection does by itself belongs to nobody, though somebody's command had it opened.
      patchConnecting(spans, redis, "connect"),
    ]);
  });
}

const greetings: ReadonlySet<string> = new Set(["hello", "auth", "client", "select", "readonly", "info"]);

function serverOf(redis: object): DbServer {
  const options = dataProperty(redis, "options");
  const condition = dataProperty(redis, "condition");
  if (!isObject(options)) return { system: "redis" };
  const selected = isObject(condition) ? dataProperty(condition, "select") : dataProperty(options, "db");
  const path = textProperty(options, "path");
  const port = dataProperty(options, "port");
  return {
    system: "redis",
    namespace: typeof selected === "number" ? String(selected) : undefined,
    address: path ?? textProperty(options, "host") ?? "localhost",
    port: path === undefined && typeof port === "number" ? port : undefined,
  };
}
