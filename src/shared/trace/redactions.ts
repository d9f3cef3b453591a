// How often secrets were taken out is itself recorded: one series for each kind, whose largest value is the count.
export const redactionsMetric = "hindcast.redactions";
/** The attribute of a series that names its kind: "password", "github-token". */
export const redactionKindAttribute = "kind";
