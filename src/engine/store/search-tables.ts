// The index that searching asks.

export const searchTables: readonly string[] = [];
