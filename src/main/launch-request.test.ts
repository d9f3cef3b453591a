import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { appWords, launchRequest } from "./launch-request.js";

describe("launchRequest", () => {
  const cwd = resolve("/work");

  it("opens the file named, from where the app was started", () => {
    expect(launchRequest(["--no-sandbox", "a b.hindcast"], cwd, undefined)).toEqual({
      kind: "open",
      path: join(cwd, "a b.hindcast"),
    });
  });

  it("leaves an absolute path alone", () => {
    const path = resolve("/elsewhere/a.hindcast");
    expect(launchRequest([path], cwd, undefined)).toEqual({ kind: "open", path });
  });

  it("hands a link to a place on as it is", () => {
    const path = "hindcast://open?file=%2Fa.hindcast&at=5";
    expect(launchRequest([path], cwd, undefined)).toEqual({ kind: "open", path });
  });

  it("shows the welcome page without one, and records the demo when asked", () => {
    expect(launchRequest([], cwd, undefined)).toEqual({ kind: "welcome" });
    expect(launchRequest(["--demo"], cwd, undefined)).toEqual({ kind: "demo", limits: {} });
    expect(launchRequest(["--demo", "--max-age-ms=90000", "--max-bytes=64000000"], cwd, undefined)).toEqual({
      kind: "demo",
      limits: { maxAgeMs: 90_000, maxBytes: 64_000_000 },
    });
  });

  it("borrows its window to a serve host on this machine and to nobody else", () => {
    const address = "http://127.0.0.1:4477/?token=x";
    expect(launchRequest([], cwd, address)).toEqual({ kind: "address", address });
    for (const other of [
      "http://example.com/",
      "https://127.0.0.1/",
      "file:///etc/passwd",
      "http://127.0.0.1.example/",
      "",
    ]) {
      expect(launchRequest([], cwd, other)).toEqual({ kind: "welcome" });
    }
  });
});

describe("appWords", () => {
  it("knows where the app's own arguments begin", () => {
    expect(appWords(["electron", "out/main/index.js", "a"], false)).toEqual(["a"]);
    expect(appWords(["Hindcast", "a"], true)).toEqual(["a"]);
  });
});
