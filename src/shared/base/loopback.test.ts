import { describe, expect, it } from "vitest";
import { isLoopback } from "./loopback.js";

describe("isLoopback", () => {
  it("knows which hosts are this machine", () => {
    const local = ["localhost", "LOCALHOST", "api.localhost", "127.0.0.1", "127.1.2.255", "::1", "[::1]"];
    const names = ["example.com", "127.0.0.1.example.com", "localhost.example.com", "127.0.0.256", "127.0.1"];
    const remote = [...names, "10.0.0.1", "", "0.0.0.0"];
    expect([local.filter(isLoopback), remote.filter(isLoopback)]).toEqual([local, []]);
  });
});
