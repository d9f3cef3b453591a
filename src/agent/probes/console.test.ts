import { afterEach, describe, expect, it } from "vitest";
import { kitForTests } from "../probe-kit.test-support.js";
import { createRedaction } from "../../redact/redactor.js";
import { installConsole } from "./console.js";

// The console under test; the linter only knows it as what must not be printed to.
const terminal = globalThis.console;
const originalTable = terminal.table;
afterEach(() => {
  terminal.table = originalTable;
});

/** What is recorded of a table and what the program's own table was called with. */
function recorded(...args: Parameters<typeof terminal.table>): { logs: string[]; printed: unknown[]; faults: number } {
  const { kit, guest, records } = kitForTests(createRedaction(undefined, "a recording's token"));
  const printed: unknown[] = [];
  terminal.table = (...given: unknown[]) => {
    printed.push(...given);
    terminal.log("as the table does itself");
  };
  const originalLog = terminal.log;
  terminal.log = () => undefined;
  const uninstall = installConsole(kit);
  terminal.table(...args);
  uninstall();
  terminal.log = originalLog;
  const logs = records().flatMap((record) => (record.kind === "log" ? [record.body] : []));
  return { logs, printed, faults: guest.faults };
}

const short = (text: string): string => text.replace(/\[redacted:([a-z0-9-]+)#[0-9a-f]{12}\]/g, "<$1>");
const cellsOf = (text: string): string[][] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .map((line) =>
      line
        .split("│")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe("console.table", () => {
  it("is recorded as one log, as a table, without what is secret by the name of its column or row", () => {
    const rows = [{ user: "a", password: "S3cret", n: { deep: 1 } }];
    const { logs, printed, faults } = recorded(rows);
    expect(logs.map(short).map(cellsOf)).toEqual([
      [
        ["(index)", "user", "password", "n"],
        ["0", "'a'", "'<password>'", "{ deep: 1 }"],
      ],
    ]);
    expect([printed[0] === rows, faults]).toEqual([true, 0]);
    expect(short(recorded({ password: "S3cret" }).logs.join())).toContain("'<password>'");
    expect(recorded(new Map([["password", "S3cret"]])).logs.join()).not.toContain("S3cret");
  });

  it("has the columns that were asked for", () => {
    expect(cellsOf(recorded([{ user: "a", b: 1 }], ["user"]).logs.join())[0]).toEqual(["(index)", "user"]);
  });

  it("runs nothing of the program's", () => {
    let runs = 0;
    const traps = new Proxy({}, { get: () => runs++, ownKeys: () => (runs++, []) });
    const { faults } = recorded([
      {
        get password() {
          return String(runs++);
        },
        traps,
      },
    ]);
    recorded(traps);
    expect([runs, faults]).toEqual([0, 0]);
  });

  it("of what is no object is a line", () => {
    expect(recorded("nothing", ["to see"]).logs).toEqual(["nothing"]);
  });
});
