export function finish(order) {
  order.finished = true;
  console.log("finished");
}
