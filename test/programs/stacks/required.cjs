// Loaded by commonjs.cjs: a stack of two files, eleven frames deep.
const state = { loads: 0 };
state.loads += 1;
console.log(new Error("required").stack);
exports.fails = () => {
  throw new TypeError("of a function");
};
class Later {
  constructor() {
    this.fails = () => exports.parenthesised();
  }
}
exports.Later = Later;
exports.parenthesised = function () {
  throw new TypeError("of a named one");
};
