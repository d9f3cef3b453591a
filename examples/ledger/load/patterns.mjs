// Nine ways a bank is used, and one it is abused in. `everyMs` is the pace at `--rate 5`; `together` requests go out at once.
// `next` makes a request out of what `draw` draws: nothing here depends on what the bank answers.
export const owners = ["Ada Byron", "Grace Hopper", "Zoë Ωmega", "Łukasz Żuk", "O'Neil & Söhne", "名前"];
const longOwner = "Wolfeschlegelsteinhausen";
const loneSurrogate = "thanks \ud83d";

const post = (path, body) => ({ method: "POST", path, body });
const get = (path) => ({ method: "GET", path });

const open = (draw, id) =>
  post("/accounts", { id, owner: draw.one(owners), balance: draw.below(2) * draw.below(200_000) });
const transfer = (draw, amount, more = {}) =>
  post("/transfers", { from: draw.account(), to: draw.account(), amount, key: draw.key(), ...more });
const payout = (draw) =>
  post("/payouts", { from: draw.account(), to: "bank", amount: 100 + draw.below(30_000), key: draw.key() });
const balance = (draw) => get(`/accounts/${draw.account()}`);

/** @type {{ name: string, everyMs: number, together?: number, next: (draw: any) => any }[]} */
export const patterns = [
  {
    name: "Normal Operations",
    everyMs: 200,
    next: (draw) =>
      draw.weighted([
        [36, () => transfer(draw, 1 + draw.below(draw.chance(0.25) ? 100_000 : 9_000))],
        [20, () => balance(draw)],
        [20, () => payout(draw)],
        [6, () => get(`/accounts/${draw.account()}/notifications`)],
        [18, () => get(`/accounts/${draw.account()}/watch?ms=${100 + draw.below(400)}`)],
        [5, () => post("/holds", { account: draw.account(), amount: 2 * draw.below(4_000) })],
        [5, () => open(draw, draw.newAccount())],
        [6, () => get(`/accounts/${draw.nextAccount()}`)],
        [2, () => post("/reconciliations")],
      ]),
  },
  { name: "Account Creation Burst", everyMs: 50, next: (draw) => open(draw, draw.newAccount()) },
  { name: "High Frequency Transfers", everyMs: 25, next: (draw) => transfer(draw, 1 + draw.below(500)) },
  { name: "Large Transfer Amounts", everyMs: 500, next: (draw) => transfer(draw, 20_000 + draw.below(80_000)) },
  { name: "Concurrent Balance Checks", everyMs: 100, together: 20, next: balance },
  {
    name: "Error Generation",
    everyMs: 300,
    next: (draw) =>
      draw.weighted([
        [1, () => open(draw, draw.account())],
        [1, () => transfer(draw, 5, { from: `ghost_${draw.below(50)}` })],
        [1, () => get(`/accounts/${draw.nextAccount()}`)],
        [1, () => get(`/accounts/ghost_${draw.below(50)}`)],
        [1, () => transfer(draw, 90_000_000)],
        [1, () => ({ method: "DELETE", path: `/accounts/${draw.account()}` })],
      ]),
  },
  {
    name: "Memory Pressure",
    everyMs: 100,
    next: (draw) =>
      draw.weighted([
        [1, () => open(draw, `${draw.otherName()}_${"long".repeat(30)}`)],
        [2, () => transfer(draw, 1 + draw.below(900), { memo: "m".repeat(2_000) })],
      ]),
  },
  {
    name: "Sustained Load",
    everyMs: 150,
    next: (draw) => (draw.chance(0.6) ? transfer(draw, 1 + draw.below(2_000)) : balance(draw)),
  },
  {
    name: "Spike Load",
    everyMs: 400,
    together: 24,
    next: (draw) => (draw.chance(0.5) ? transfer(draw, 1 + draw.below(2_000)) : balance(draw)),
  },
  {
    name: "Invalid Input",
    everyMs: 200,
    next: (draw) =>
      draw.weighted([
        [1, () => ({ method: "POST", path: "/transfers", raw: '{"from": "acc_1001", "to": ' })],
        [1, () => ({ method: "POST", path: "/transfers", raw: `["${"x".repeat(300_000)}"]` })],
        [1, () => transfer(draw, -1 - draw.below(500))],
        [1, () => transfer(draw, "12")],
        [1, () => transfer(draw, 7, { to: `ghost_${draw.below(50)}` })],
        [1, () => post("/holds", { account: draw.account(), amount: -5 })],
        [5, () => post("/accounts", { id: draw.otherName(), owner: `${longOwner}!` })],
        [5, () => transfer(draw, 3, { memo: loneSurrogate })],
        [1, () => ({ method: "PATCH", path: "/accounts" })],
      ]),
  },
];
