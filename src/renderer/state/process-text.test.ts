import { describe, expect, it } from "vitest";
import { processText, stepText } from "./process-text.js";

const two = [
  { process: 1, serviceName: "ledger", pid: 812 },
  { process: 2, serviceName: "ledger", pid: 813 },
];

describe("processText", () => {
  it("is the service name and the pid", () => {
    expect(processText(two, 2)).toBe("ledger (pid 813)");
  });

  it("tells a thread and a worker of a cluster from its process", () => {
    const threads = [
      { process: 1, serviceName: "ledger", pid: 812, thread: { id: 3, name: "adder" } },
      { process: 2, serviceName: "ledger", pid: 813, clusterWorker: 2 },
    ];
    expect(processText(threads, 1)).toBe("ledger (pid 812, worker thread 3 adder)");
    expect(processText(threads, 2)).toBe("ledger (pid 813, cluster worker 2)");
  });

  it("says which one it is also before its summary has come", () => {
    expect(processText(two, 3)).toBe("process 3 (pid ?)");
  });
});

describe("stepText", () => {
  const step = { process: 2, what: "shared.n = 50" };

  it("says whose record it is where several processes were recorded", () => {
    expect(stepText(two, step)).toBe("ledger (pid 813): shared.n = 50");
  });

  it("does not where there is but one", () => {
    expect(stepText(two.slice(1), step)).toBe("shared.n = 50");
  });
});
