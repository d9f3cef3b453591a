// Rows of cells as lines whose columns stand below each other.

/** `right`: columns of numbers. The last column is not filled up. */
export function aligned(table: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string[] {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  const last = widths.length - 1;
  return table.map((row) =>
    row
      .map((cell, column) => {
        if (right.has(column)) return cell.padStart(widths[column] ?? 0);
        return column === last ? cell : cell.padEnd(widths[column] ?? 0);
      })
      .join("  "),
  );
}
