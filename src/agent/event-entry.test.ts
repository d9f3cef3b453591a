import { expect, it } from "vitest";
import { makeEventEntry } from "./event-entry.js";

it("lets no Proxy in, whatever it stands for", () => {
  const given: unknown[] = [];
  const event = makeEventEntry((name, attributes) => given.push(name, attributes));
  const plain = { a: 1 };
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const attributes of [plain, new Proxy(plain, {}), revoked, undefined, 5]) event("e", attributes);
  expect(given).toEqual(["e", plain, "e", undefined, "e", undefined, "e", undefined, "e", 5]);
});
