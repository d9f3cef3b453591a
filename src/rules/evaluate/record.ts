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

export type FieldValue = string | number | boolean | undefined;

type Kind = RuleRecord["kind"];

interface OwnField {
  /** Those that have it; in others an attribute may be called so. */
  readonly kinds: readonly Kind[];
  /** Undefined where the record is of another kind. */
  read(record: RuleRecord): FieldValue;
}

const everyKind: readonly Kind[] = ["metric", "span", "log", "event", "state"];
const message: OwnField = { kinds: ["log"], read: (record) => (record.kind === "log" ? record.message : undefined) };

/** What `where` and `by` name that is no attribute. */
const ownFields: ReadonlyMap<string, OwnField> = new Map([
  ["service", { kinds: everyKind, read: (record) => record.service }],
  ["process", { kinds: everyKind, read: (record) => record.process }],
  ["name", { kinds: ["metric", "span", "event"], read: (record) => ("name" in record ? record.name : undefined) }],
  ["message", message],
  ["body", message],
  ["level", { kinds: ["log"], read: (record) => (record.kind === "log" ? record.level : undefined) }],
  ["kind", { kinds: ["span"], read: (record) => (record.kind === "span" ? record.spanKind : undefined) }],
  ["status", { kinds: ["span"], read: (record) => (record.kind === "span" ? record.status : undefined) }],
  ["duration", { kinds: ["span"], read: (record) => (record.kind === "span" ? record.durationNs / 1e9 : undefined) }],
  ["path", { kinds: ["state"], read: (record) => (record.kind === "state" ? record.path.join(".") : undefined) }],
  ["id", { kinds: ["state"], read: (record) => (record.kind === "state" ? record.id : undefined) }],
]);

/** How a field is read that `where` or `by` names. */
export function fieldReader(field: string): (record: RuleRecord) => FieldValue {
  const own = ownFields.get(field);
  if (own === undefined) return (record) => record.attribute(field);
  const { kinds, read } = own;
  if (kinds === everyKind) return read;
  return (record) => (kinds.includes(record.kind) ? read(record) : record.attribute(field));
}

export const fieldOf = (record: RuleRecord, field: string): FieldValue => fieldReader(field)(record);

/** Whether a field is no attribute of any kind of record: who reads records need not have read theirs. */
export const isOwnField = (field: string, kind: Kind): boolean => ownFields.get(field)?.kinds.includes(kind) === true;
