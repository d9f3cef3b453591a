// A small service in which one request of many fails deep inside: for pictures and tests of calls. It asks itself, and ends.
export const shopProgram = `import { createServer, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const coupons = new Map([["SPRING", { share: 0.2 }]]);
const prices = { tea: 450, cup: 1200, pot: 3900 };

function priceOf(item) {
  return prices[item.name] * item.count;
}

/** Of all that is in a box, boxes included. */
function weightOf(box) {
  return box.grams + (box.within ?? []).reduce((sum, one) => sum + weightOf(one), 0);
}

async function discountOf(order) {
  await sleep(8);
  if (order.coupon === undefined) return 0;
  return coupons.get(order.coupon).share;
}

async function totalOf(order) {
  const sum = order.items.reduce((all, item) => all + priceOf(item), 0);
  return Math.round(sum * (1 - (await discountOf(order))));
}

async function checkOut(order) {
  const grams = weightOf(order.box);
  const total = await totalOf(order);
  await sleep(4);
  return { total, grams };
}

async function answer(request, response) {
  const number = Number(new URL(request.url, "http://shop").searchParams.get("order"));
  const order = {
    number,
    coupon: number === 7 ? "SUMMER" : number % 2 === 0 ? "SPRING" : undefined,
    items: [{ name: "tea", count: number }, { name: "pot", count: 1 }],
    box: { grams: 200, within: [{ grams: 900 }, { grams: 40, within: [{ grams: 120 }] }] },
  };
  try {
    const done = await checkOut(order);
    response.end(JSON.stringify(done));
  } catch (error) {
    response.statusCode = 500;
    response.end(error.message);
  }
}

const server = createServer((request, response) => void answer(request, response));
server.listen(0, "127.0.0.1", () => {
  const ask = (number) =>
    get({ port: server.address().port, path: "/checkout?order=" + number }, (response) =>
      response.resume().on("end", () => (number < 12 ? ask(number + 1) : server.close())),
    );
  ask(1);
});
`;
