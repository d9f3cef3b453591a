// What may come in from outside.
import { HttpError } from "../common/http-error.mjs";
import { isOn } from "../common/incidents.mjs";

const plainName = /^[\p{L}\p{N}.'& -]+$/u;
// Words with or without a space after them: of a long name that does not match, every way to cut it into words is tried.
const namesInWords = /^(?:[\p{L}.'&-]+ ?)+$/u;
const longName = 20;

export function checkOwner(owner) {
  if (typeof owner !== "string" || owner === "") throw new HttpError(422, "owner must be a name");
  const isName = owner.length > longName && isOn("event-loop-block") ? namesInWords.test(owner) : plainName.test(owner);
  if (!isName) throw new HttpError(422, "owner must be a name");
}

export function checkTransfer({ from, to, amount }) {
  if (typeof from !== "string" || typeof to !== "string") throw new HttpError(422, "from and to must be accounts");
  if (!Number.isSafeInteger(amount)) throw new HttpError(422, "amount must be a whole number of cents");
  if (amount < 0) throw new HttpError(422, "amount must not be negative");
}
