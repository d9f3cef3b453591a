// Captured state as reconstruction reads it.

export const segmentTables: readonly string[] = [];
