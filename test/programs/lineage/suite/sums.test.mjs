// A suite of one test, for whichever runner; the lines of runners differ, what it prints does not.
const { it } = process.env.SUITE_RUNNER !== "vitest" ? await import("node:test") : await import("vitest");

it("adds", () => {
  console.log("adding");
  if (1 + 1 !== 2) throw new Error("cannot add");
});
