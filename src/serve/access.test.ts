import { describe, expect, it } from "vitest";
import { Access, isLoopbackHost, isSameOrigin } from "./access.js";

describe("isLoopbackHost", () => {
  it.each(["127.0.0.1:4477", "localhost:9000", "LOCALHOST:1", "[::1]:4477", "127.0.0.1"])("accepts %s", (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it.each([
    undefined,
    "",
    "evil.example:4477",
    "127.0.0.1.evil.example:4477",
    "localhost.evil.example",
    "127.0.0.1:4477@evil.example",
    "evil.example#127.0.0.1:4477",
    "0.0.0.0:4477",
    "127.0.0.1:",
    "127.0.0.1:4477 ",
  ])("refuses %s", (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});

describe("isSameOrigin", () => {
  it("accepts a page of exactly this address, however the host is written", () => {
    expect(isSameOrigin({ host: "localhost:4477", origin: "http://localhost:4477" })).toBe(true);
    expect(isSameOrigin({ host: "LocalHost:4477", origin: "http://localhost:4477" })).toBe(true);
  });

  it.each(["http://localhost:3000", "https://localhost:4477", "http://127.0.0.1:4477", "null", "", undefined])(
    "refuses a page of %s",
    (origin) => {
      expect(isSameOrigin({ host: "localhost:4477", origin })).toBe(false);
    },
  );
});

describe("Access", () => {
  const cookieOf = (header: string | undefined): string => header?.split(";")[0] ?? "";

  it("exchanges a token once, for a cookie that scripts and other sites do not get", () => {
    const access = new Access(4477);
    const token = access.newToken();
    const header = access.exchange(token);
    expect(header).toMatch(/^hindcast-4477=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(access.exchange(token)).toBeUndefined();
  });

  it("knows a session by its cookie among others", () => {
    const access = new Access(4477);
    const cookie = cookieOf(access.exchange(access.newToken()));
    expect(access.hasSession({ cookie: `theme=dark; ${cookie}; x=1` })).toBe(true);
  });

  it("takes neither a token, a guess, another port's cookie nor nothing for a session", () => {
    const access = new Access(4477);
    const token = access.newToken();
    const session = cookieOf(access.exchange(access.newToken())).split("=")[1] ?? "";
    const cookies = [
      `hindcast-4477=${token}`,
      "hindcast-4477=",
      `hindcast-4478=${session}`,
      `hindcast-4477=${session}x`,
    ];
    expect([...cookies, undefined].filter((cookie) => access.hasSession({ cookie }))).toEqual([]);
  });

  it("keeps tokens apart: using one leaves the others usable", () => {
    const access = new Access(4477);
    const [first, second] = [access.newToken(), access.newToken()];
    expect(access.exchange(first)).toBeDefined();
    expect(access.exchange(second)).toBeDefined();
    expect(access.exchange(`${first.slice(1)}A`)).toBeUndefined();
  });
});
