// In which themes a pane is looked through for faults. The contrasts of all colours are checked elsewhere, so the gate takes one;
// `HINDCAST_TEST_SEEDS=all` takes both, as CI does every night.
export const themes = process.env["HINDCAST_TEST_SEEDS"] === "all" ? (["dark", "light"] as const) : (["dark"] as const);
