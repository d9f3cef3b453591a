// Routes of fastify: version 5 tells them on a diagnostics channel when a handler begins; earlier ones make a logger for each
// request of which they know the route by then.
import { objectIn, onChannel } from "../channels.js";
import { newMarks } from "../marks.js";
import { dataProperty, isObject, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import type { RouteSource } from "./route-source.js";

export function watchFastify({ guest, onModule }: ProbeKit): RouteSource {
  const routes = newMarks<string>();
  const note = (request: unknown, url: string | undefined): void => {
    if (isObject(request) && url !== undefined) routes.set(request, url);
  };
  const patchLogger = (logger: object): (() => void) =>
    replaceMethod(
      logger,
      "createChildLogger",
      (createChildLogger) =>
        function (...args) {
          const [context, , request] = args;
          guest.runAsGuest(() => note(request, urlOf(context)), undefined);
          return Reflect.apply(createChildLogger, this, args);
        },
    );
  return {
    routeOf: (request) => routes.get(request),
    uninstall: together([
      onChannel(guest, "tracing:fastify.request.handler:start", (message) => {
        const raw = objectIn(objectIn(message, "request") ?? {}, "raw");
        note(raw, textProperty(objectIn(message, "route") ?? {}, "url"));
      }),
      onModule(guest, "fastify/lib/logger.js", patchLogger),
      onModule(guest, "fastify/lib/logger-factory.js", patchLogger),
    ]),
  };
}

function urlOf(context: unknown): string | undefined {
  const config = isObject(context) ? dataProperty(context, "config") : undefined;
  return isObject(config) ? textProperty(config, "url") : undefined;
}
