import { describe, expect, it } from "vitest";
import type { LogColumns } from "../../../shared/protocol/engine-rows.js";
import { RowPages, pageRows } from "../../state/row-pages.js";
import { lineOf } from "./log-pages.js";
import { indexOfLine, listLength, listRowAt } from "../../state/opened-rows.js";
import { detailsOf, messageOf } from "./log-text.js";

/** A page of `count` lines from row `first` of `total`, each saying its row. */
function pageOf(first: number, count: number, total: number): LogColumns {
  const rows = Array.from({ length: count }, (_, i) => first + i);
  return {
    first,
    total,
    process: new Uint16Array(count).fill(1),
    seq: Float64Array.from(rows),
    timeNs: Float64Array.from(rows),
    severity: new Uint8Array(count).fill(9),
    bodies: rows.map((row) => `line ${row}`),
    attributes: rows.map(() => "{}"),
    sources: rows.map(() => "console"),
    spanIds: rows.map(() => ""),
    traceIds: rows.map(() => ""),
  };
}

describe("pages of the log", () => {
  it("answers by row number and names the pages that are missing", () => {
    const pages = new RowPages(lineOf);
    pages.put(pageOf(pageRows, pageRows, 1000));
    expect(pages.rowAt(250)?.body).toBe("line 250");
    expect(pages.rowAt(0)).toBeUndefined();
    expect(pages.missing(150, 450)).toEqual([0, 2]);
  });

  it("asks again for the last page once the recording has grown", () => {
    const pages = new RowPages(lineOf);
    pages.put(pageOf(0, 50, 50));
    expect(pages.missing(0, 50)).toEqual([]);
    pages.grow(70);
    expect([pages.total, pages.missing(0, 70)]).toEqual([70, [0]]);
  });

  it("forgets the pages used longest ago", () => {
    const pages = new RowPages(lineOf);
    for (let page = 0; page < 200; page++) {
      pages.put(pageOf(page * pageRows, pageRows, 200 * pageRows));
      pages.rowAt(0);
    }
    expect(pages.rowAt(0)?.body).toBe("line 0");
    expect(pages.rowAt(pageRows)).toBeUndefined();
    expect(pages.rowAt(199 * pageRows)?.row).toBe(199 * pageRows);
  });
});

describe("list rows", () => {
  const opened = { row: 2, details: 3 };

  it("put the details below their line", () => {
    const shown = Array.from({ length: listLength(5, opened) }, (_, i) => listRowAt(i, opened));
    const text = shown.map((row) =>
      row.kind === "line" ? String(row.row) : `${String(row.row)}.${String(row.detail)}`,
    );
    expect(text.join(" ")).toBe("0 1 2 2.0 2.1 2.2 3 4");
  });

  it("find a line again", () => {
    expect([0, 2, 3].map((row) => indexOfLine(row, opened))).toEqual([0, 2, 6]);
  });
});

describe("messageOf", () => {
  it("says the first line and the attributes that are not said elsewhere", () => {
    const message = messageOf(
      "\u001b[32mdone\u001b[0m\nat x",
      JSON.stringify({ pid: 1, account: "acc_1", amount: 9.5, deep: { a: 1 } }),
    );
    expect(message.text).toBe("done ⏎");
    expect(message.attributes.map(({ key, value }) => `${key}=${value}`)).toEqual([
      "account=acc_1",
      "amount=9.5",
      'deep={"a":1}',
    ]);
  });

  it("leaves what Hindcast itself knows of a line to its details", () => {
    const attributes = JSON.stringify({ "hindcast.context": "ended", "log.iostream": "stdout", user: "u1" });
    expect(messageOf("x", attributes).attributes).toEqual([{ key: "user", value: "u1" }]);
  });

  it("shows attributes that are not JSON as they are", () => {
    expect(messageOf("x", "{oops").attributes).toEqual([{ key: "attributes", value: "{oops" }]);
  });
});

describe("detailsOf", () => {
  it("lists every line of the body, every attribute and the source", () => {
    const rows = detailsOf(
      { body: "one\ntwo", attributes: '{"a":"x\\ny"}', source: "pino", seq: 7, severity: 13 },
      "web",
    );
    expect(rows.map(({ key, value }) => `${key}|${value}`)).toEqual([
      "message|one",
      "|two",
      "a|x",
      "|y",
      "service|web",
      "level|warn",
      "logger|pino",
      "record|7",
    ]);
  });
});
