// Zoom levels of metrics, events, spans and logs.

export const rollupTables: readonly string[] = [];
