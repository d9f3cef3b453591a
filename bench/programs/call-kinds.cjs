// Functions whose calls are timed: as they are recorded, and as they are alone. Each `run` makes `count` calls of one function.
"use strict";

function nothing() {
  return undefined;
}
function numbers(left, right) {
  return left + right;
}
function text(word, count) {
  return word;
}
function literal(order) {
  return order.id;
}
class Account {
  constructor() {
    this.owner = "Ann";
    this.balance = 100;
    this.limits = [10, 100];
  }
}
function instance(account) {
  return account.balance;
}
function innermost(left, right) {
  return left + right;
}
function nested(left) {
  return innermost(left, 1) + innermost(left, 2) + innermost(left, 3) + innermost(left, 4);
}

const order = { id: 7, customer: "Ann", open: true };
const account = new Account();

const kinds = {
  nothing: (count) => {
    for (let n = 0; n < count; n++) nothing();
  },
  numbers: (count) => {
    for (let n = 0; n < count; n++) numbers(n, 3);
  },
  text: (count) => {
    for (let n = 0; n < count; n++) text("hello you", n);
  },
  literal: (count) => {
    for (let n = 0; n < count; n++) literal(order);
  },
  instance: (count) => {
    for (let n = 0; n < count; n++) instance(account);
  },
  nested: (count) => {
    for (let n = 0; n < count; n += 5) nested(n);
  },
};

/** Writes to what nobody tracks. */
const target = { last: 0 };
const writes = (count) => {
  for (let n = 0; n < count; n++) target.last = n;
};

exports.kinds = kinds;
exports.writes = writes;
