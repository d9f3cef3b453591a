exports.order = { lines: [], total: 0 };
exports.fail = function fail() {
  exports.order.state = "failed";
  throw new Error("on purpose");
};
