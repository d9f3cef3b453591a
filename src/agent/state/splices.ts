// What changed in an array's elements, as one splice, which the shadow takes over.
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import { type Encoder, nameAt } from "./contents.js";
import { apply, isSame } from "./intrinsics.js";
import { type Slot, readElement } from "./shadow.js";

/** The one run of elements that is different, between the parts that are equal at both ends. */
export function spliceOf(
  target: ObjectId,
  elements: Slot[],
  array: object,
  length: number,
  encode: Encoder,
): WriteOperation | undefined {
  const shorter = Math.min(length, elements.length);
  let start = 0;
  while (start < shorter && isSame(elements[start], readElement(array, start))) start++;
  if (start === length && start === elements.length) return undefined;
  let tail = 0;
  while (
    tail < shorter - start &&
    isSame(elements[elements.length - 1 - tail], readElement(array, length - 1 - tail))
  ) {
    tail++;
  }
  return replaceElements(target, elements, array, start, elements.length - start - tail, length - start - tail, encode);
}

/** Takes `added` elements of the array at `start` over into the shadow, in place of `deleteCount`. */
export function replaceElements(
  target: ObjectId,
  elements: Slot[],
  array: object,
  start: number,
  deleteCount: number,
  added: number,
  encode: Encoder,
): WriteOperation {
  const slots: Slot[] = [];
  const encoded: CapturedValue[] = [];
  for (let at = 0; at < added; at++) {
    slots[at] = readElement(array, start + at);
    encoded[at] = encode.slot(slots[at], nameAt(slots[at], start + at));
  }
  spliceSlots(elements, start, deleteCount, slots);
  return { kind: "splice", target, start, deleteCount, elements: encoded };
}

const arraySplice = Array.prototype.splice;
const arrayShift = Array.prototype.shift;
const chunk = 10_000; // below what one call may take as arguments

function spliceSlots(elements: Slot[], start: number, deleteCount: number, slots: readonly Slot[]): void {
  // A queue's shift must not copy the queue; the language's own `shift` does not.
  if (start === 0 && deleteCount === 1 && slots.length === 0) {
    apply(arrayShift, elements, []);
  } else if (start + deleteCount === elements.length) {
    elements.length = start;
    for (let at = 0; at < slots.length; at++) elements[elements.length] = slots[at];
  } else if (deleteCount === slots.length) {
    for (let at = 0; at < slots.length; at++) elements[start + at] = slots[at];
  } else if (slots.length <= chunk) {
    apply(arraySplice, elements, [start, deleteCount, ...slots]);
  } else {
    const rest: Slot[] = apply(arraySplice, elements, [start + deleteCount, elements.length]);
    elements.length = start;
    for (let at = 0; at < slots.length; at++) elements[elements.length] = slots[at];
    for (let at = 0; at < rest.length; at++) elements[elements.length] = rest[at];
  }
}
