// Who may talk to the serve host. A page elsewhere can make a browser send requests here, under a name of its own choice
// (DNS rebinding) or from another port of this machine; so the name asked for must be a loopback name, the page asking
// must have come from exactly the address asked, and it must hold the session that the printed link was exchanged for.
import { randomBytes, timingSafeEqual } from "node:crypto";

/** The part of an incoming request's headers that decides. */
export interface AskedWith {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly cookie?: string | undefined;
}

/** Any port: through an SSH tunnel the address in the browser has a port of its own. */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host);
}

/** A browser names the page's origin with every WebSocket and with every request that is not a plain navigation. */
export function isSameOrigin({ host, origin }: AskedWith): boolean {
  return host !== undefined && origin?.toLowerCase() === `http://${host.toLowerCase()}`;
}

const randomSecret = (): string => randomBytes(32).toString("base64url");

function isSame(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** One-time tokens for links, and the sessions they were exchanged for. */
export class Access {
  readonly #tokens = new Set<string>();
  readonly #sessions = new Set<string>();
  readonly #cookieName: string;

  /** Cookies are shared by all ports of a host, so the name tells two serve hosts apart. */
  constructor(port: number) {
    this.#cookieName = `hindcast-${port}`;
  }

  newToken(): string {
    const token = randomSecret();
    this.#tokens.add(token);
    return token;
  }

  /** The Set-Cookie header of a new session; absent when the token is none, or was used before. */
  exchange(token: string): string | undefined {
    const known = [...this.#tokens].find((candidate) => isSame(token, candidate));
    if (known === undefined) return undefined;
    this.#tokens.delete(known);
    const session = randomSecret();
    this.#sessions.add(session);
    return `${this.#cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict`;
  }

  hasSession({ cookie }: AskedWith): boolean {
    const given = (cookie ?? "")
      .split(";")
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.#cookieName}=`))
      .map((pair) => pair.slice(this.#cookieName.length + 1));
    return given.some((value) => [...this.#sessions].some((session) => isSame(value, session)));
  }
}
