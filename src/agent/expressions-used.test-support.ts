// How often regular expressions are used: where the program may be in the middle of one, ours would get in its way.

/** `work` is given what says how often until now. */
export function countingExpressions(work: (used: () => number) => void): void {
  const { exec } = RegExp.prototype;
  let used = 0;
  RegExp.prototype.exec = function (...given) {
    used++;
    return Reflect.apply(exec, this, given);
  };
  try {
    work(() => used);
  } finally {
    RegExp.prototype.exec = exec;
  }
}
