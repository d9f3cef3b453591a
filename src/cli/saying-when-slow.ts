/** What `work` comes to. When it takes longer than `slowMs` that is said, once, and before the outcome. */
export async function sayingWhenSlow<Value>(
  work: Promise<Value>,
  slowMs: number,
  say: () => Promise<void>,
): Promise<Value> {
  let said = Promise.resolve();
  const timer = setTimeout(() => {
    said = say();
  }, slowMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    await said;
  }
}
