import { describe, expect, it } from "vitest";
import { failed, ok } from "../../../shared/base/result.js";
import { hindcastError } from "../../../shared/protocol/errors.js";
import type { CallHandlers } from "../../../shared/protocol/rpc.js";
import { instant } from "../../../shared/trace/time.js";
import { openTestRecording, start, summaryOf, testEngine } from "../../state/engine.test-support.js";
import { copyJson, copyText, pathText } from "./row-actions.js";

const value = { process: 1, scope: "ledger", path: "accounts.acc_1" };
const at = { kind: "instant", instant: instant(start) } as const;

function setUp(answer: CallHandlers["state.value"], isAllowed = true) {
  const said: string[] = [];
  const copied: string[] = [];
  const to = {
    recording: openTestRecording(testEngine({ "state.value": answer }), summaryOf(10)),
    toasts: {
      confirm: (text: string) => void said.push(text),
      say: (text: string) => void said.push(text),
      fail: ({ code }: { readonly code: string }) => void said.push(code),
    },
    clipboard: {
      writeText: (text: string) => {
        if (!isAllowed) return Promise.reject(new Error("not allowed"));
        copied.push(text);
        return Promise.resolve();
      },
    },
  };
  return { to, said, copied };
}
const answered =
  (json: unknown): CallHandlers["state.value"] =>
  ({ path, json: isWanted }) =>
    Promise.resolve(
      ok({
        text: "",
        type: "",
        json: isWanted && path === value.path ? json : undefined,
        isChanged: false,
        previous: "",
        seq: 1,
        instant: start,
      }),
    );

describe("copying", () => {
  it("takes the whole value as JSON", async () => {
    const { to, said, copied } = setUp(answered({ balance: 5, tags: ["a"] }));
    await copyJson(to, value, at);
    expect(copied.map((text): unknown => JSON.parse(text))).toEqual([{ balance: 5, tags: ["a"] }]);
    expect(said).toEqual(["JSON copied."]);
  });

  it("says why nothing was copied", async () => {
    const absent = setUp(answered(undefined));
    await copyJson(absent.to, value, at);
    const broken = setUp(() => Promise.resolve(failed(hindcastError("bad-path", { path: "", reason: "" }))));
    await copyJson(broken.to, value, at);
    const refused = setUp(answered(1), false);
    await copyText(refused.to, "1", "Value");
    expect([absent.said, broken.said, refused.said]).toEqual([
      ["There is no such value at this instant."],
      ["bad-path"],
      ["Nothing was copied: the browser did not allow it."],
    ]);
    expect([absent.copied, refused.copied]).toEqual([[], []]);
  });

  it("names a scope where there is no path", () => {
    expect([pathText(value), pathText({ ...value, path: "" })]).toEqual(["accounts.acc_1", "ledger"]);
  });
});
