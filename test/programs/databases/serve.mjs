// Serves itself 200 requests at once, each of which asks the database by its own number; prints the sorted answers.
import { AsyncLocalStorage } from "node:async_hooks";
import http from "node:http";

/** What a program itself follows through its callbacks. */
const own = new AsyncLocalStorage();

/** `ask` calls back or returns a promise; whether the program's own context comes along is a part of the answer. */
export async function serveAtOnce(ask) {
  const server = http.createServer((request, response) => {
    const number = Number(request.url.split("/").at(-1));
    own.run(number, () => {
      const answer = (error, value) => {
        console.info(`answered ${number}`);
        response.end(`${error ? error.message : value} ${number % 2 === 0 || own.getStore() === number}`);
      };
      if (number % 2 === 0) ask.withCallback(number, answer);
      else ask.withPromise(number).then((value) => answer(null, value), answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const numbers = Array.from({ length: 200 }, (_, i) => i);
  const answers = await Promise.all(
    numbers.map(async (number) => (await fetch(`http://127.0.0.1:${server.address().port}/ask/${number}`)).text()),
  );
  console.log(answers.join(";"));
  server.close();
  server.closeAllConnections();
}
