import { describe, expect, it } from "vitest";
import { randomTexts } from "./random-text.test-support.js";
import { firstChoices } from "./request-filter.svelte.js";
import { noChoices } from "./row-filter.svelte.js";
import { hashFromPlace, type KeptPlace, placeFromAddress } from "./place.js";
import type { KeptView } from "./time-range.svelte.js";

const placeAt = (path: string): KeptPlace => ({
  path,
  instant: undefined,
  record: undefined,
  views: new Map(),
  value: undefined,
});

const whole: KeptPlace = {
  ...placeAt("/a"),
  isWhole: true,
  range: { fromNs: 0, toNs: 3_600_000_000_000 },
  span: { process: 3, spanId: "0123456789abcdef", traceId: "0123456789abcdef0123456789abcdef" },
  filters: {
    only: "a & b=#ü",
    logs: {
      text: "time out+1 % & more",
      isPattern: false,
      minSeverity: 13,
      where: [
        { field: "service", value: "web=1", exclude: false },
        { field: "attribute", key: "order.id = -x&", value: "7\n8", exclude: true },
        { field: "attribute", key: "", value: "", exclude: false },
      ],
    },
    events: { text: "^a|b$", isPattern: true, minSeverity: 0, where: [{ field: "name", value: "", exclude: true }] },
    spans: { text: "pay 7", where: [{ field: "status", value: "error", exclude: true }], minNs: 5e6 },
    requests: {
      extent: "lanes",
      words: "post pay",
      sorting: { by: "service", isDescending: false },
      order: "latest",
      outcome: "5xx",
      leastNs: 1e8,
    },
  },
  metrics: { rows: "5,rate(5) log,5/7", comparesBefore: true, hidesUnusual: true },
  lanes: { grouping: "longest", colouring: "kind" },
  request: { kind: "one", process: 3, spanId: "0123456789abcdef", outermost: true, of: undefined },
  correlation: { question: "services", series: 5, id: "abc" },
};

describe("the kept place", () => {
  it("comes back from the hash it was written to", () => {
    for (const path of ["/home/me/a b.hindcast", "C:\\x\\y#1.hindcast", "/ü/&=?.hindcast"]) {
      for (const instant of [undefined, 1_795_271_631_642_318_204n]) {
        for (const record of [undefined, { process: 2, seq: 12_345 }]) {
          const place = { ...placeAt(path), instant, record };
          expect(placeFromAddress(hashFromPlace(place), "")).toEqual(place);
        }
      }
    }
  });

  it("holds what the panes show and the selected value", () => {
    const views = new Map<string, KeptView>([
      ["lanes", { kind: "range", fromNs: -250_000_000, toNs: 3_600_000_000_000 }],
      ["metrics", { kind: "all" }],
      ["ruler", { kind: "span", spanNs: 2_000_000_000 }],
    ]);
    for (const [scope, path] of [
      ["ledger", "accounts.acc_1001.balance"],
      ["ledger", ""],
      ["a.b & c=#ü", '["two words"][0]'],
    ] as const) {
      const place = { ...placeAt("/a"), views, value: { process: 2, scope, path } };
      expect(placeFromAddress(hashFromPlace(place), "")).toEqual(place);
    }
  });

  it("holds what is watched, whatever its names", () => {
    const watches = [
      { process: 2, scope: "ledger", path: "accounts.acc_1001.balance" },
      { process: 1, scope: "a.b & c=#ü", path: '["two words"][0]' },
    ];
    const place = { ...placeAt("/a"), watches };
    expect(placeFromAddress(hashFromPlace(place), "")).toEqual(place);
    expect(placeFromAddress("#file=a&watch=x", "")).toEqual({ ...placeAt("a"), watches: [] });
  });

  it("prefers where the person was to what the host said", () => {
    expect(placeFromAddress("#file=%2Fa", "?open=%2Fb")).toEqual(placeAt("/a"));
    expect(placeFromAddress("", "?open=%2Fb")).toEqual(placeAt("/b"));
  });

  it("is nothing on the welcome page", () => {
    expect(hashFromPlace(undefined)).toBe("");
    expect(placeFromAddress("", "")).toBeUndefined();
    expect(placeFromAddress("#at=12", "?open=")).toBeUndefined();
  });

  it("leaves out what is not an instant, a record, a view or a value", () => {
    const hash = "#file=a&at=12x&record=1.x&scope=ledger&value=n&view-lanes=9_3&view-metrics=x&view-ruler=-4";
    expect(placeFromAddress(hash, "")).toEqual(placeAt("a"));
  });

  it("holds the selected stretch and span, what is filtered by, and which series are shown", () => {
    expect(placeFromAddress(hashFromPlace(whole), "")).toEqual(whole);
    const none = {
      ...placeAt("/a"),
      isWhole: true,
      filters: {
        only: undefined,
        logs: noChoices,
        events: noChoices,
        spans: { text: "", where: [], minNs: 0 },
        requests: firstChoices,
      },
    };
    expect(hashFromPlace(none)).toBe("#file=%2Fa&v=2");
    expect(placeFromAddress(hashFromPlace(none), "")).toEqual(none);
  });

  it("reads of an address of a newer version only what stands in every one", () => {
    const newer = hashFromPlace({ ...whole, instant: 12n }).replace("v=2", "v=3");
    expect(placeFromAddress(newer, "")).toEqual({ ...placeAt("/a"), instant: 12n });
    expect(placeFromAddress("#file=a&at=1&v=x&scope=1.a", "")).toEqual({ ...placeAt("a"), instant: 1n });
  });

  it("leaves out filters, stretches and series that are none", () => {
    const texts = [
      "stretch=9_3",
      "stretch=-1_5",
      "span=1.xyz.",
      "logs-level=12",
      "logs-where=-attribute=7",
      "logs-where=service.key=7",
      "logs-where=attribute.%25E0=7",
      "logs-where=color=red",
      "routes-of=none",
      "routes-sort=--p95Ns",
      "requests-order=fast",
      "requests-outcome=6xx",
      "requests-least=7",
      "metrics=<script>",
      "lanes-by=oldest",
      "lanes-colour=red",
    ];
    const place = placeFromAddress(`#file=a&v=2&${texts.join("&")}`, "");
    expect(hashFromPlace(place)).toBe("#file=a&v=2");
  });

  it.each([1, 2, 3])("is the same once it was written and read, whatever it was read from (seed %i)", (seed) => {
    const random = randomTexts(seed);
    const keys = new URLSearchParams(hashFromPlace({ ...whole, instant: 1n, record: { process: 1, seq: 2 } }).slice(1));
    const known = [...keys.keys(), "view-lanes", "watch", "scope", "value", "routes-words", "logs-pattern"];
    for (let n = 0; n < 500; n++) {
      const parts = Array.from({ length: random.below(8) }, () => {
        const key = random.oneOf([random.text(4), ...known]);
        const value = random.oneOf([keys.get(key) ?? "", random.text(30), random.digits(), "all", '[1,"a","b"]']);
        return random.isTrue() ? new URLSearchParams({ [key]: value }).toString() : `${key}=${value}`;
      });
      const hash = `#file=a&${random.oneOf(["v=2", "v=1", "v=9", ""])}&${parts.join("&")}`;
      const read = placeFromAddress(hash, "");
      // That nothing is watched is kept with the recording.
      const place = read?.watches?.length === 0 ? { ...read, watches: undefined } : read;
      expect([hash, placeFromAddress(hashFromPlace(place), "")]).toEqual([hash, place]);
    }
  });
});
