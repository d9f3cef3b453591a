// Operations on captured state as bytes: what a write record holds.
import { unreachable } from "../base/unreachable.js";
import { objectId } from "../trace/value.js";
import type { WriteOperation } from "../trace/write.js";
import { type ByteReader, type ByteWriter, MalformedBytes } from "./bytes.js";
import { readContents, readList, readValue, writeContents, writeList, writeValue } from "./captured-value-codec.js";

/** The index is the code on the wire. */
const operationKinds: readonly WriteOperation["kind"][] = [
  "set",
  "delete",
  "splice",
  "map-set",
  "map-delete",
  "set-add",
  "set-delete",
  "clear",
  "contents",
  "scope",
];

export function writeOperation(out: ByteWriter, operation: WriteOperation): void {
  out.u8(operationKinds.indexOf(operation.kind));
  if (operation.kind !== "scope") out.u32(operation.target);
  switch (operation.kind) {
    case "set":
      out.text(operation.key);
      return writeValue(out, operation.value);
    case "delete":
      return out.text(operation.key);
    case "splice":
      out.u32(operation.start);
      out.u32(operation.deleteCount);
      return writeList(out, operation.elements);
    case "map-set":
      writeValue(out, operation.key);
      return writeValue(out, operation.value);
    case "map-delete":
      return writeValue(out, operation.key);
    case "set-add":
    case "set-delete":
      return writeValue(out, operation.member);
    case "clear":
      return;
    case "contents":
      return writeContents(out, operation.contents);
    case "scope":
      out.text(operation.scope);
      return writeValue(out, operation.value);
    default:
      return unreachable(operation);
  }
}

export function readOperation(from: ByteReader): WriteOperation {
  const kind = operationKinds[from.u8()];
  if (kind === "scope") {
    const scope = from.text();
    return { kind, scope, value: readValue(from) };
  }
  const target = objectId(from.u32());
  switch (kind) {
    case "set": {
      const key = from.text();
      return { kind, target, key, value: readValue(from) };
    }
    case "delete":
      return { kind, target, key: from.text() };
    case "splice": {
      const [start, deleteCount] = [from.u32(), from.u32()];
      return { kind, target, start, deleteCount, elements: readList(from) };
    }
    case "map-set": {
      const key = readValue(from);
      return { kind, target, key, value: readValue(from) };
    }
    case "map-delete":
      return { kind, target, key: readValue(from) };
    case "set-add":
    case "set-delete":
      return { kind, target, member: readValue(from) };
    case "clear":
      return { kind, target };
    case "contents":
      return { kind, target, contents: readContents(from) };
    case undefined:
      throw new MalformedBytes("unknown write operation");
    default:
      return unreachable(kind);
  }
}
