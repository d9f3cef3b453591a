// Which route of the program's framework served a request: "/items/:id", whatever the id was. Asked when the response is over.
// What a framework says of itself is taken where it does; nothing of ours stands in the stack of a handler.
import { together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import type { RouteSource } from "./route-source.js";
import { watchExpress } from "./routes-express.js";
import { watchFastify } from "./routes-fastify.js";
import { watchHapi, watchKoa } from "./routes-of-context.js";

export function watchRoutes(agent: ProbeKit): RouteSource {
  const sources = [watchExpress(agent), watchFastify(agent), watchKoa(agent), watchHapi(agent)];
  return {
    routeOf(request, statusCode) {
      for (const source of sources) {
        const route = source.routeOf(request, statusCode);
        if (route !== undefined) return route;
      }
      return undefined;
    },
    uninstall: together(sources.map((source) => () => source.uninstall())),
  };
}
