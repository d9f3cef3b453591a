// Needs no permission at all.
console.log("runs", typeof process.permission);
