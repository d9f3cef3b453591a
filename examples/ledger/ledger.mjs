// The double-entry store. Every change happens inside `#change`, synchronously, and ends by counting itself:
// between two changes debits equal credits. Money is in cents. The journal keeps the last entries only.

const journalLength = 120;
const recentLength = 5;

export class LedgerError extends Error {
  constructor(status, message) {
    super(message);
    this.name = "LedgerError";
    this.status = status;
  }
}

export class Account {
  constructor(id, owner, openedAt) {
    this.id = id;
    this.owner = owner;
    this.balance = 0;
    this.version = 0;
    this.openedAt = openedAt;
    /** Aliases of the newest journal entries that touch this account. */
    this.recent = [];
    this.holds = new Map();
  }
}

export class Ledger {
  constructor() {
    this.changes = 0;
    this.accounts = new Map();
    this.journal = [];
    this.totals = { debits: 0, credits: 0, fees: 0n };
    this.answers = new Map();
    this.overdrawn = new Set();
    this.lastReconciled = undefined;
    this.nextId = { account: 1001, entry: 1, hold: 5001 };
  }
}

export class Store {
  #ledger;
  #onChange;

  /** `onChange(ledger, work)` runs `work`, the change itself; see oracle.mjs. */
  constructor(ledger, onChange) {
    this.#ledger = ledger;
    this.#onChange = onChange;
  }

  #change(work) {
    return this.#onChange(this.#ledger, () => {
      const result = work(this.#ledger);
      this.#ledger.changes++;
      return result;
    });
  }

  account(id) {
    const account = this.#ledger.accounts.get(id);
    if (account === undefined) throw new LedgerError(404, `no account ${id}`);
    return account;
  }

  /** `id`: one that the caller chose. */
  open(owner, balance, id = undefined) {
    if (id !== undefined && this.#ledger.accounts.has(id)) throw new LedgerError(409, `account ${id} exists`);
    return this.#change((ledger) => {
      const account = new Account(id ?? `acc_${ledger.nextId.account++}`, owner, new Date());
      ledger.accounts.set(account.id, account);
      if (balance > 0) {
        account.balance += balance;
        ledger.totals.debits += balance;
        ledger.totals.credits += balance;
        this.#note(ledger, { kind: "deposit", from: null, to: account.id, amount: balance }, [account]);
      }
      return account;
    });
  }

  close(id) {
    const account = this.account(id);
    if (account.balance !== 0 || account.holds.size > 0) throw new LedgerError(409, `account ${id} is not empty`);
    this.#change((ledger) => {
      ledger.accounts.delete(id);
      ledger.overdrawn.delete(id);
    });
  }

  /** The answer given to this key before, if any. */
  answered(key) {
    return this.#ledger.answers.get(key);
  }

  /** Whether an account that is there has less than that to spend. */
  isShort(id, amount) {
    const account = this.#ledger.accounts.get(id);
    return account !== undefined && account.balance - heldOf(account) < amount;
  }

  /** `isOffline`: it was given out already, whatever the account has. */
  transfer(fromId, toId, amount, key, fee = amount > 50_000 ? 25 : 5, isOffline = false) {
    const from = this.account(fromId);
    const to = this.account(toId);
    if (from === to) throw new LedgerError(422, "a transfer needs two accounts");
    if (!isOffline && this.isShort(fromId, amount)) throw new LedgerError(409, `insufficient funds in ${fromId}`);
    return this.#change((ledger) => {
      from.balance -= amount;
      from.version++;
      to.balance += amount;
      to.version += 1;
      ledger.totals.debits += amount;
      ledger.totals.credits += amount;
      ledger.totals.fees += BigInt(fee);
      const entry = this.#note(ledger, { kind: "transfer", from: fromId, to: toId, amount }, [from, to]);
      if (key !== undefined) {
        ledger.answers.set(key, { entry: entry.id, status: 201 });
        if (ledger.answers.size > 50) ledger.answers.delete(ledger.answers.keys().next().value);
      }
      if (to.balance > 0) ledger.overdrawn.delete(toId);
      return entry;
    });
  }

  hold(id, amount) {
    const account = this.account(id);
    return this.#change((ledger) => {
      const hold = { id: `hold_${ledger.nextId.hold++}`, account: id, amount, lines: [amount / 2, amount / 2] };
      account.holds.set(hold.id, hold);
      account.version++;
      // Nobody checks a hold against the balance: the bug this example ships with.
      if (account.balance < heldOf(account)) ledger.overdrawn.add(id);
      return hold;
    });
  }

  release(id, holdId) {
    const account = this.account(id);
    if (!account.holds.has(holdId)) throw new LedgerError(404, `no hold ${holdId}`);
    this.#change((ledger) => {
      account.holds.delete(holdId);
      account.version++;
      if (account.balance >= heldOf(account)) ledger.overdrawn.delete(id);
    });
  }

  reconcile() {
    return this.#change((ledger) => {
      const { totals } = ledger;
      ledger.lastReconciled = {
        at: new Date(),
        difference: totals.debits - totals.credits,
        accounts: ledger.accounts.size,
        ratio: totals.credits === 0 ? Number.NaN : totals.debits / totals.credits,
      };
      for (const account of ledger.accounts.values()) account.recent.sort((a, b) => b.amount - a.amount);
      return ledger.lastReconciled;
    });
  }

  #note(ledger, facts, accounts) {
    const entry = { id: ledger.nextId.entry++, ...facts };
    ledger.journal.push(entry);
    if (ledger.journal.length > journalLength) ledger.journal.shift();
    for (const account of accounts) {
      account.recent.unshift(entry);
      if (account.recent.length > recentLength) account.recent.splice(recentLength, 1);
    }
    return entry;
  }
}

function heldOf(account) {
  let held = 0;
  for (const hold of account.holds.values()) held += hold.amount;
  return held;
}
