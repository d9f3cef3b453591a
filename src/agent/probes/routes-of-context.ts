// Routes of koa and hapi, which make an object of their own for each request and say there which route it took.
import { type Marks, newMarks } from "../marks.js";
import { dataProperty, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { pathText } from "./route-path.js";
import type { RouteSource } from "./route-source.js";

/** koa's context, where @koa/router leaves what has matched. */
export function watchKoa({ guest, onModule }: ProbeKit): RouteSource {
  const contexts = newMarks<object>();
  return {
    routeOf(request) {
      const context = contexts.get(request);
      const matched = context === undefined ? undefined : dataProperty(context, "_matchedRoute");
      return matched === undefined ? undefined : pathText(matched);
    },
    uninstall: onModule(guest, "koa", (exports) => noteMade(prototypeOf(exports), "createContext", 0, contexts)),
  };
}

/** hapi's request; one that no route was found for has a special one. */
export function watchHapi({ guest, onModule }: ProbeKit): RouteSource {
  const requests = newMarks<object>();
  return {
    routeOf(request) {
      const route = dataProperty(requests.get(request) ?? {}, "_route");
      return !isObject(route) || dataProperty(route, "_special") === true ? undefined : textProperty(route, "path");
    },
    uninstall: onModule(guest, "@hapi/hapi/lib/request.js", (exports) => noteMade(exports, "generate", 1, requests)),
  };
}

/** What `method` returns, by its argument `at`. */
function noteMade(owner: object, method: string, at: number, made: Marks<object>): () => void {
  return replaceMethod(
    owner,
    method,
    (original) =>
      function (...args) {
        const result = Reflect.apply(original, this, args);
        const request = args[at];
        if (isObject(request) && isObject(result)) made.set(request, result);
        return result;
      },
  );
}
