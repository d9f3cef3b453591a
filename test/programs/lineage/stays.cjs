// Stays until it is killed.
setInterval(() => undefined, 1000);
process.send("here");
