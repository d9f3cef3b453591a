// What Requests shows: the requests of a route, or one request.
export interface RouteName {
  readonly service: string;
  readonly route: string;
  readonly kind: "server" | "consumer";
}

export type RequestPlace =
  | { readonly kind: "route"; readonly of: RouteName }
  | {
      readonly kind: "one";
      readonly process: number;
      readonly spanId: string;
      /** The whole request that the span is a part of. */
      readonly outermost: boolean;
      /** The list it was opened from. */
      readonly of?: RouteName | undefined;
    };

const keys = { service: "route-service", route: "route", consumer: "route-consumer", request: "request" } as const;

export function requestPlaceFrom(kept: URLSearchParams): RequestPlace | undefined {
  const [service, route] = [kept.get(keys.service), kept.get(keys.route)];
  const kind = kept.has(keys.consumer) ? "consumer" : "server";
  const of = service === null || route === null ? undefined : ({ service, route, kind } as const);
  const [, process, spanId, whole] = /^(\d{1,6})\.([0-9a-f]{16})(\+?)$/.exec(kept.get(keys.request) ?? "") ?? [];
  if (process !== undefined && spanId !== undefined)
    return { kind: "one", process: Number(process), spanId, outermost: whole === "+", of };
  return of === undefined ? undefined : { kind: "route", of };
}

export function keepRequestPlace(kept: URLSearchParams, place: RequestPlace | undefined): void {
  if (place === undefined) return;
  if (place.of !== undefined) {
    kept.set(keys.service, place.of.service);
    kept.set(keys.route, place.of.route);
    if (place.of.kind === "consumer") kept.set(keys.consumer, "");
  }
  if (place.kind === "one") kept.set(keys.request, `${place.process}.${place.spanId}${place.outermost ? "+" : ""}`);
}
