// What a dependency does to the objects of the program that uses it. It is put into node_modules, where write sites are not
// instrumented; `value` occurs nowhere else.
export const meddling = [
  (world, value) => world.list.push(value, value),
  (world, value) => world.list.unshift(value),
  (world, value) => world.list.splice(1, 1, value),
  (world, value) => (world.list[0] = value),
  (world) => world.list.pop(),
  (world) => world.list.shift(),
  (world) => world.list.reverse(),
  (world) => (world.list.length = Math.min(world.list.length, 4)),
  (world, value) => world.table.set(`key${value % 5}`, value),
  (world) => world.table.delete("key1"),
  (world, value) => world.bag.add(value),
  (world) => world.bag.delete([...world.bag][0]),
  (world, value) => (world.plain[`key${value % 4}`] = value),
  (world) => delete world.plain.key2,
  (world, value) => Object.assign(world.plain, { byMeddler: value }),
  (world, value) => (world.plain.nested = { value }),
  (world, value) => (world.bytes[value % 8] = value % 256),
];
