// What can be done with a row of a list of records: filter by what it says, see what is around it, copy it.
import type { DetailRow } from "./opened-rows.js";
import { type FieldValue, conditionText } from "./row-filter.svelte.js";
import type { Toasts } from "./toasts.svelte.js";

/** As a menu takes them. */
export type RowAction =
  { readonly kind: "action"; readonly text: string; readonly run: () => void } | { readonly kind: "line" };

interface View<Row> {
  /** The row that the keyboard stands on. */
  readonly active: Row | undefined;
  readonly isFiltered: boolean;
  readonly filter: {
    add(condition: FieldValue & { readonly exclude: boolean }): void;
    showOnly(service: string): void;
  };
  detailsOf(row: Row): readonly DetailRow[];
  showAround(row: number): void;
}

/** Menus are no longer than what fits. */
const mostFields = 10;

/** None where the keyboard stands on no row. */
export function rowActions<Row extends { readonly row: number }>(
  view: View<Row>,
  copy: (row: Row) => void,
  writeRule?: (row: Row) => void,
): readonly RowAction[] {
  const row = view.active;
  if (row === undefined) return [];
  const fields = view.detailsOf(row).flatMap(({ of }) => (of === undefined || of.value.length > 80 ? [] : [of]));
  const only = fields.slice(-mostFields).toReversed();
  const filterBy = (exclude: boolean) =>
    only.map((of): RowAction => ({
      kind: "action",
      text: `${exclude ? "Without" : "Only"} ${conditionText({ ...of, exclude: false })}`,
      run: () => view.filter.add({ ...of, exclude }),
    }));
  return [
    ...filterBy(false),
    { kind: "line" },
    ...filterBy(true).slice(0, 4),
    { kind: "line" },
    ...only
      .filter(({ field }) => field === "service")
      .map(({ value }) => ({
        kind: "action" as const,
        text: `Only ${value} in every pane`,
        run: () => view.filter.showOnly(value),
      })),
    ...(view.isFiltered
      ? [{ kind: "action", text: "Show what is around it", run: () => view.showAround(row.row) } as const]
      : []),
    ...(writeRule === undefined
      ? []
      : [{ kind: "action", text: "Write a rule about it", run: () => writeRule(row) } as const]),
    { kind: "action", text: "Copy as JSON", run: () => copy(row) },
  ];
}

export async function copyText(text: string, what: string, toasts: Toasts): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toasts.say(`Copied ${what}.`);
  } catch {
    toasts.say("The browser does not let this page copy.");
  }
}

/** Attributes as they are, where they are JSON. */
export function recordJson(record: Readonly<Record<string, unknown>>, attributes: string): string {
  let bag: unknown = attributes;
  try {
    bag = attributes === "" ? {} : JSON.parse(attributes);
  } catch {
    // shown as the text it is
  }
  return JSON.stringify({ ...record, attributes: bag }, undefined, 2);
}
