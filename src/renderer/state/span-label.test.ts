import { describe, expect, it } from "vitest";
import { spanLabel } from "./span-label.js";

const label = (name: string, attributes: unknown): string => spanLabel(name, JSON.stringify(attributes));

describe("what a span is called", () => {
  it("says what was called, asked and run where its name does not", () => {
    expect(label("GET", { "url.full": "http://127.0.0.1:8/accounts/acc_1?full=1" })).toBe("→ GET /accounts/acc_1");
    expect(label("GET", { "url.full": "https://api.example.com/v1/pay" })).toBe("→ GET api.example.com/v1/pay");
    expect(label("GET", { "url.path": "/feeds/acc_1/next" })).toBe("GET /feeds/acc_1/next");
    expect(label("SELECT", { "db.query.text": "SELECT 1" })).toBe("SELECT 1");
    expect(label("SELECT orders", { "db.query.summary": "SELECT orders" })).toBe("SELECT orders");
    expect(label("node", { "process.command_args": ["/usr/bin/node", "--inspect", "/srv/accounts.mjs", "x"] })).toBe(
      "node accounts.mjs",
    );
    expect(label("sh", { "process.command_args": ["sh", "-c"] })).toBe("sh");
  });

  it("is its name everywhere else", () => {
    expect(label("GET /accounts/:id", { "url.path": "/accounts/1" })).toBe("GET /accounts/:id");
    expect(label("GET", { "url.full": "no address" })).toBe("→ GET no address");
    expect(label("GET", { "url.full": 7 })).toBe("→ GET");
    expect(spanLabel("GET", '{"url.full":"http://h/a')).toBe("GET");
    expect(spanLabel("GET", "{}")).toBe("GET");
  });
});
