// What rules see of a program: records of all kinds in one stream. Whoever reads a recording or hears a live one makes them.

interface AnyRecord {
  /** Nanoseconds since the beginning of the stream, whole. Of a span: when it ended. */
  readonly timeNs: number;
  readonly process: number;
  /** Records of one instant are in the order of process and seq. */
  readonly seq: number;
  readonly service: string;
  attribute(name: string): string | number | boolean | undefined;
}

export type RuleRecord = AnyRecord &
  (
    | { readonly kind: "metric"; readonly name: string; readonly unit: string; readonly value: number }
    | {
        readonly kind: "span";
        readonly name: string;
        readonly spanKind: string;
        readonly status: string;
        readonly durationNs: number;
      }
    /** `level` is an index of `logLevels`. */
    | { readonly kind: "log"; readonly message: string; readonly level: number }
    | { readonly kind: "event"; readonly name: string }
    /** A value that was written; undefined where it was deleted. */
    | {
        readonly kind: "state";
        readonly scope: string;
        readonly className: string;
        readonly id: string;
        readonly path: readonly string[];
        readonly value: string | number | boolean | undefined;
      }
  );

/** A field as `where` and `by` name it. */
export function fieldOf(record: RuleRecord, field: string): string | number | boolean | undefined {
  switch (field) {
    case "service":
      return record.service;
    case "process":
      return record.process;
    case "name":
      return "name" in record ? record.name : record.attribute(field);
    case "message":
    case "body":
      return record.kind === "log" ? record.message : record.attribute(field);
    case "level":
      return record.kind === "log" ? record.level : record.attribute(field);
    case "kind":
      return record.kind === "span" ? record.spanKind : record.attribute(field);
    case "status":
      return record.kind === "span" ? record.status : record.attribute(field);
    case "duration":
      return record.kind === "span" ? record.durationNs / 1e9 : record.attribute(field);
    case "path":
      return record.kind === "state" ? record.path.join(".") : record.attribute(field);
    case "id":
      return record.kind === "state" ? record.id : record.attribute(field);
    default:
      return record.attribute(field);
  }
}
