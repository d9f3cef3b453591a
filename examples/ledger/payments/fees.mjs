// What a payment costs, in cents.
import { isOn } from "../common/incidents.mjs";

const brackets = [
  { upTo: 50_000, fee: 5 },
  { upTo: Infinity, fee: 25 },
];

export function feeOf(amount) {
  return bracketsInForce().find(({ upTo }) => amount <= upTo).fee;
}

function bracketsInForce() {
  // The next release reads them from a file; JSON has no Infinity, and nothing is at most null.
  return isOn("bad-deploy") ? JSON.parse(JSON.stringify(brackets)) : brackets;
}
