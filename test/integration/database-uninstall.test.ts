import { join } from "node:path";
import { expect, it } from "vitest";
import { runBoth } from "./run-both.js";

const looks = (out: string) =>
  JSON.parse(out) as { readonly replaced: readonly string[]; readonly after: readonly string[] };

it("what was replaced in database clients is put back when the agent goes", async () => {
  const program = join(import.meta.dirname, "../programs/databases/put-back.cjs");
  const { plain, recorded } = await runBoth([program], [], {}, "refused");
  const alone = looks(plain.out);
  const { replaced, after } = looks(recorded.out);
  expect(alone.replaced).toEqual([]);
  expect(replaced).toEqual(after.map((look) => look.split(" ")[0]));
  expect(after).toEqual(alone.after);
  expect(recorded.err).toBe("");
});
