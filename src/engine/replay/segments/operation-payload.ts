// What a write to an object says, apart from which object, which kind of write, and the key of a property: these stand
// elsewhere, each in its own way.
import { unreachable } from "../../../shared/base/unreachable.js";
import type { ByteReader, ByteWriter } from "../../../shared/protocol/bytes.js";
import {
  readContents,
  readList,
  readValue,
  writeContents,
  writeList,
  writeValue,
} from "../../../shared/protocol/captured-value-codec.js";
import type { ObjectId } from "../../../shared/trace/value.js";
import type { WriteOperation } from "../../../shared/trace/write.js";
import { readCount, writeCount } from "./varints.js";

export type ObjectWrite = Exclude<WriteOperation, { kind: "scope" }>;

export function writePayload(out: ByteWriter, operation: ObjectWrite): void {
  switch (operation.kind) {
    case "set":
      return writeValue(out, operation.value);
    case "delete":
    case "clear":
      return;
    case "splice":
      writeCount(out, operation.start);
      writeCount(out, operation.deleteCount);
      return writeList(out, operation.elements);
    case "map-set":
      writeValue(out, operation.key);
      return writeValue(out, operation.value);
    case "map-delete":
      return writeValue(out, operation.key);
    case "set-add":
    case "set-delete":
      return writeValue(out, operation.member);
    case "contents":
      return writeContents(out, operation.contents);
    default:
      return unreachable(operation);
  }
}

/** `key`: of the property, where it is to one. Throws `MalformedBytes`. */
export function readPayload(from: ByteReader, kind: ObjectWrite["kind"], target: ObjectId, key: string): ObjectWrite {
  switch (kind) {
    case "set":
      return { kind, target, key, value: readValue(from) };
    case "delete":
      return { kind, target, key };
    case "splice":
      return { kind, target, start: readCount(from), deleteCount: readCount(from), elements: readList(from) };
    case "map-set":
      return { kind, target, key: readValue(from), value: readValue(from) };
    case "map-delete":
      return { kind, target, key: readValue(from) };
    case "set-add":
    case "set-delete":
      return { kind, target, member: readValue(from) };
    case "clear":
      return { kind, target };
    case "contents":
      return { kind, target, contents: readContents(from) };
    default:
      return unreachable(kind);
  }
}
