import { describe, expect, it } from "vitest";
import { contentSecurityPolicy, pageFileAt } from "./page.js";

describe("pageFileAt", () => {
  it("finds the page and its files", () => {
    expect(pageFileAt("/")).toMatchObject({ path: "index.html", isImmutable: false });
    expect(pageFileAt("/assets/index-DHMNf5tR.js")).toMatchObject({
      path: "assets/index-DHMNf5tR.js",
      isImmutable: true,
    });
    expect(pageFileAt("/assets/inter%2Dwght.woff2")?.contentType).toBe("font/woff2");
  });

  it.each([
    "",
    "index.html",
    "/..",
    "/../a.js",
    "/a/../b.js",
    "/%2e%2e/a.js",
    "/..%2fa.js",
    "/a%5c..%5cb.js",
    "/.env.js",
    "/%00.js",
    "/%zz",
    "//a.js",
    "/a//b.js",
    "/assets/",
    "/a.exe",
    "/a",
  ])("finds nothing at %j", (pathname) => {
    expect(pageFileAt(pathname)).toBeUndefined();
  });
});

describe("contentSecurityPolicy", () => {
  it("lets in what carries this response's nonce, and nothing inline or evaluated", () => {
    const policy = contentSecurityPolicy("abc");
    expect(policy).toContain("script-src 'self' 'nonce-abc'");
    expect(policy).not.toContain("unsafe");
  });
});
