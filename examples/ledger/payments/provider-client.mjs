// Captures of payouts at the bank network, which sometimes never answers: each is given up after a while and tried once more.
import { Agent, request } from "node:http";
import { HttpError } from "../common/http-error.mjs";
import { isOn } from "../common/incidents.mjs";

const agent = new Agent({ keepAlive: true, maxSockets: 6 });
const patienceMs = 300;

export class ProviderClient {
  #url;
  #kept;

  /** `kept`: the payments' state, where `provider` says what is going on. */
  constructor(url, kept) {
    this.#url = url;
    this.#kept = kept;
  }

  async capture(reference, amount) {
    for (const attempt of [1, 2]) {
      const status = await this.#withPatience(`${reference}-${attempt}`, amount);
      if (status === 402) throw new HttpError(402, `payout ${reference} was declined`);
      if (status === 200) return;
    }
    throw new HttpError(504, `no answer about payout ${reference}`);
  }

  /** The status of the answer; undefined when there was none in time. */
  async #withPatience(reference, amount) {
    const { call, answered } = this.#call(reference, amount);
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => {
        this.#kept.change(({ provider }) => provider.late++);
        // Nobody waits for the call any more; without this it keeps its promise, its socket and its place at the agent.
        if (!isOn("promise-leak")) call.destroy();
        resolve(undefined);
      }, patienceMs);
    });
    const status = await Promise.race([answered, late]);
    clearTimeout(timer);
    return status;
  }

  #call(reference, amount) {
    this.#kept.change(({ provider }) => provider.open.add(reference));
    const call = request(`${this.#url}/captures`, { agent, method: "POST" });
    const answered = new Promise((resolve) => {
      call.once("response", (response) => {
        response.resume();
        response.once("end", () => resolve(response.statusCode));
      });
      call.once("error", () => resolve(undefined));
      call.once("close", () => this.#kept.change(({ provider }) => provider.open.delete(reference)));
    });
    call.end(JSON.stringify({ reference, amount }));
    return { call, answered };
  }
}
