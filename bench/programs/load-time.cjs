// Loads a file and prints what that took, in milliseconds of the process's processor time: node load-time.cjs FILE.
"use strict";
const before = process.cpuUsage();
require(process.argv[2]);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
process.exit();
