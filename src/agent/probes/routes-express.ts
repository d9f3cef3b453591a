// Routes of express 4 and 5, and of the package "router" alone. A request has the route that was found for it, which knows
// its path below its router's own; where a router was mounted is noted as the program says so, before any request.
import { DuringCall } from "../during-call.js";
import { dataProperty, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { isList, itemsOf, pathText } from "./route-path.js";
import type { RouteSource } from "./route-source.js";

interface Mount {
  readonly path: string;
  /** A router or an app. */
  readonly parent: object;
}

const { hasOwn } = Object;
const maxDepth = 16;
const maxCandidates = 64;

export function watchExpress({ guest, onModule }: ProbeKit): RouteSource {
  const mounts = new Mounts();
  /** The app whose router is about to be asked for something, by that app itself. */
  const asking = new DuringCall<object>();

  const noteOwner = (router: unknown): void => {
    if (asking.current !== undefined && isObject(router)) mounts.own(router, asking.current);
    asking.current = undefined;
  };
  const patchRouter = (router: object): (() => void) =>
    together([
      replaceMethod(
        router,
        "use",
        (use) =>
          function (...args) {
            noteOwner(this);
            const result = Reflect.apply(use, this, args);
            if (isObject(this)) guest.runAsGuest(() => mounts.add(this, args), undefined);
            return result;
          },
      ),
      replaceMethod(
        router,
        "route",
        (route) =>
          function (...args) {
            noteOwner(this);
            const result = Reflect.apply(route, this, args);
            if (isObject(this) && isObject(result)) mounts.addRoute(result, this);
            return result;
          },
      ),
    ]);
  const addApps = (app: unknown, args: unknown[]): void => {
    if (isObject(app)) guest.runAsGuest(() => mounts.addApps(app, args), undefined);
  };
  const patchApp = (app: object): (() => void) =>
    together(
      ["use", "route", "lazyrouter"].map((name) => {
        const standIn = asking.of((self) => (isObject(self) ? self : undefined), name === "use" ? addApps : undefined);
        return replaceMethod(app, name, standIn);
      }),
    );
  return {
    routeOf: (request, statusCode) => mounts.routeOf(request, statusCode),
    uninstall: together([
      onModule(guest, "express/lib/application.js", patchApp),
      onModule(guest, "express/lib/router/index.js", patchRouter),
      onModule(guest, "router", (exports) => patchRouter(prototypeOf(exports))),
    ]),
  };
}

class Mounts {
  /** By a route, the router it was made by; by a router, the app it is the own one of. */
  readonly #owners = new WeakMap<object, object>();
  /** By a router or app. */
  readonly #mounts = new WeakMap<object, Mount[]>();
  /** By a route, as far as it was asked for since anything was mounted. */
  #paths = new WeakMap<object, readonly string[]>();

  own(router: object, app: object): void {
    this.#owners.set(router, app);
    this.#paths = new WeakMap();
  }

  addRoute(route: object, router: object): void {
    this.#owners.set(route, router);
  }

  /** Of `use`: what may be a path, then any number of functions, in lists or not. */
  add(parent: object, args: readonly unknown[]): void {
    this.#paths = new WeakMap();
    const path = startsWithFunction(args) ? "" : pathText(args[0]);
    for (const mounted of functionsIn(args, maxDepth)) {
      const known = this.#mounts.get(mounted) ?? [];
      if (known.length < maxCandidates) this.#mounts.set(mounted, [...known, { path, parent }]);
    }
  }

  /** An app stands in its parent's router as a function that nobody else knows. */
  addApps(parent: object, args: readonly unknown[]): void {
    this.add(
      parent,
      args.filter((arg, at) => (at === 0 && !startsWithFunction(args)) || isAppIn(parent, arg)),
    );
  }

  routeOf(request: object, statusCode: number): string | undefined {
    // A router sets it on the request itself; most programs have none.
    const route = hasOwn(request, "route") ? dataProperty(request, "route") : undefined;
    if (!isObject(route)) return undefined;
    // When no handler has answered, the outermost router has put this back before the last resort did.
    if (statusCode === 404 && dataProperty(request, "next") === undefined) return undefined;
    const candidates = this.#pathsOf(route);
    if (candidates === undefined) {
      const path = dataProperty(route, "path");
      return path === undefined ? undefined : joined(textProperty(request, "baseUrl") ?? "", pathText(path));
    }
    if (candidates.length <= 1) return candidates[0];
    const url = textProperty(request, "originalUrl") ?? textProperty(request, "url") ?? "";
    return candidates.find((candidate) => mayMatch(candidate, url)) ?? candidates[0];
  }

  /** All under which it can be reached; undefined for one of a router that is not known. */
  #pathsOf(route: object): readonly string[] | undefined {
    const known = this.#paths.get(route);
    if (known !== undefined) return known;
    const path = dataProperty(route, "path");
    const router = this.#owners.get(route);
    if (path === undefined || router === undefined) return undefined;
    const paths = this.#prefixesOf(router, maxDepth).map((prefix) => joined(prefix, pathText(path)));
    this.#paths.set(route, paths);
    return paths;
  }

  /** All paths under which this router or app can be reached. */
  #prefixesOf(owned: object, depth: number): readonly string[] {
    if (depth === 0) return [""];
    const app = this.#owners.get(owned);
    const above = [
      ...(app === undefined ? [] : this.#prefixesOf(app, depth - 1)),
      ...(this.#mounts.get(owned) ?? []).flatMap(({ path, parent }) =>
        this.#prefixesOf(parent, depth - 1).map((prefix) => joined(prefix, path)),
      ),
    ];
    return above.length === 0 ? [""] : above.slice(0, maxCandidates);
  }
}

const isAppIn = (parent: object, arg: unknown): boolean =>
  functionsIn([arg], maxDepth).some((found) => dataProperty(found, "parent") === parent);

function startsWithFunction(args: readonly unknown[]): boolean {
  let first = args[0];
  for (let depth = 0; depth < maxDepth && isList(first); depth++) first = dataProperty(first, "0");
  return typeof first === "function";
}

function functionsIn(list: readonly unknown[], depth: number): readonly object[] {
  if (depth === 0) return [];
  return itemsOf(list).flatMap((item) =>
    isList(item) ? functionsIn(item, depth - 1) : typeof item === "function" ? [item] : [],
  );
}

function joined(prefix: string, path: string): string {
  const base = prefix.replace(/\/$/, "");
  return base !== "" && path === "/" ? base : base + path;
}

/** By the segments that are the same for every request. */
function mayMatch(pattern: string, url: string): boolean {
  const asked = url
    .replace(/[?#].*$/s, "")
    .toLowerCase()
    .split("/");
  const segments = pattern.toLowerCase().split("/");
  return segments.every((segment, at) => /[:*(){}?+,\\^$]/.test(segment) || segment === asked[at]);
}
