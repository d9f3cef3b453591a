// A child: says who it is, in which mode it was started, and ends with 3.
console.log("child", process.argv[2], process.listenerCount("exit"), process.listenerCount("SIGTERM"));
process.exitCode = 3;
