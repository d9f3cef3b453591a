// What each framework's probe gives to the one that makes spans of requests.

export interface RouteSource {
  /** Of the request that node:http made, when it is over; undefined where this framework had none for it. */
  routeOf(request: object, statusCode: number): string | undefined;
  uninstall(): void;
}
