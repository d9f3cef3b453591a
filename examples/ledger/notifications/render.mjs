// The text of a notification, and the link in it.
import { isOn } from "../common/incidents.mjs";

const loneSurrogates = /\p{Cs}/gu;

export function rendered({ id, account, amount, memo }) {
  const about = memo === undefined ? "" : `?memo=${encodeURIComponent(cleaned(memo))}`;
  return { id, text: `${account} got ${(amount / 100).toFixed(2)}`, link: `/payments/${id}${about}` };
}

function cleaned(memo) {
  if (memo.search(loneSurrogates) >= 0 && isOn("crash-loop")) return memo; // encodeURIComponent throws
  return memo.replace(loneSurrogates, "\ufffd");
}
