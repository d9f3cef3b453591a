// Asks a server for each path, one after the other, and prints what it answered.
const http = require("node:http");

const ask = (port, path) =>
  new Promise((resolve, reject) => {
    const [method, target] = path.includes(" ") ? path.split(" ") : ["GET", path];
    http
      .request({ port, host: "127.0.0.1", method, path: target, agent: false }, (response) => {
        let body = "";
        response.on("data", (chunk) => (body += chunk)).on("end", () => resolve(`${response.statusCode} ${body}`));
      })
      .on("error", reject)
      .end();
  });

exports.askAll = async (port, paths) => {
  // Pages for errors have the stack, which is as long as the file's name is.
  for (const path of paths) console.log(path, (await ask(port, path)).split("\n")[0].slice(0, 60));
};
