import { describe, expect, it } from "vitest";
import { byWeight, startersLast } from "./process-order.js";

type Kind = "process" | "worker thread" | "cluster worker";

/** "2<1 4204": process 2, started by 1, wrote so many records; "t5<4 327": a thread. */
const ordered = (text: string, order = byWeight): string =>
  order(
    text.split(", ").map((one) => {
      const [, thread, process, parent, written] = /^(t?)(\d+)(?:<(\d+))? (\d+)$/.exec(one) ?? [];
      const kind: Kind = thread === "t" ? "worker thread" : "process";
      const from = parent === undefined ? {} : { parent: Number(parent) };
      return { process: Number(process), kind, ...from, written: Number(written) };
    }),
  )
    .map(({ process }) => process)
    .join(" ");

describe("byWeight", () => {
  it("has services before who started them, and threads at the end", () => {
    expect(ordered("1 616, 2<1 4204, 3<1 1822, t5<3 900000, 6<1 5194")).toBe("2 3 6 1 5");
    expect(ordered("1 90000, 2<1 99999")).toBe("2 1");
  });

  it("has a service first that started a helper and does more than it", () => {
    expect(ordered("1 5000, 2<1 4000")).toBe("1 2");
  });

  it("has the busier first, and leaves those of one order as they came", () => {
    expect(ordered("1 99, 2 1000, 3 9999, 4 0")).toBe("2 3 1 4");
    expect(ordered("1 99, 2 1001, 3 1000, 4 1")).toBe("2 3 1 4");
  });
});

describe("startersLast", () => {
  it("has who only started others at the end with its threads, and leaves the rest as they came", () => {
    expect(ordered("1 616, 2<1 99, 3<1 1822, t5<3 900000, t6<1 1, 7<1 5194", startersLast)).toBe("2 3 5 7 1 6");
  });

  it("leaves one first that does more than what it started", () => {
    expect(ordered("1 5000, 2<1 4000, 3 1", startersLast)).toBe("1 2 3");
  });
});
