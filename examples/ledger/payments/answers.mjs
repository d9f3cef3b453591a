// What was answered to which key, so that a request sent twice is not done twice, with the receipt as it was printed. The
// oldest are forgotten.
import { isOn } from "../common/incidents.mjs";

const mostAnswers = 24;

export class Answers {
  #kept;
  #receipts = new Map();

  constructor(kept) {
    this.#kept = kept;
  }

  of(key) {
    return key === undefined ? undefined : this.#kept.state.answers.get(key);
  }

  note(key, payment) {
    const receipt = printed(payment);
    this.#receipts.set(key, receipt);
    this.#kept.change(({ answers }) => {
      answers.set(key, { payment: payment.id, entry: payment.entry, receiptLength: receipt.length });
      if (answers.size > mostAnswers) this.#forgetOldest(answers);
    });
  }

  #forgetOldest(answers) {
    const [key, answer] = answers.entries().next().value;
    // Deletes what was answered instead of the key it was answered to: nothing.
    const oldest = isOn("memory-leak") ? answer : key;
    answers.delete(oldest);
    this.#receipts.delete(oldest);
  }
}

function printed({ id, from, to, amount, memo = "" }) {
  const line = `${id}  ${from} -> ${to}  ${(amount / 100).toFixed(2)}  ${memo.slice(0, 60)}`;
  return Array.from({ length: 300 }, (_, i) => `${String(i).padStart(4)}  ${line.padEnd(100)}`).join("\n");
}
