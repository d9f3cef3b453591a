// Lines of the log as text, to be looked through one by one.
import type { Logs } from "./logs.js";
import { lower, shownJson } from "./search-corpus-rows.test-support.js";

type Page = Awaited<ReturnType<Logs["page"]>>;
/** Process, seq, body and attributes of each. */
export const linesOf = (page: Page): string[] =>
  page.bodies.map((body, row) => `${page.process[row]} ${page.seq[row]} ${body}\n${page.attributes[row]}`);
/** Of a line as `linesOf` gives it. */
export const hasText = (line: string, text: string): boolean => {
  const end = line.lastIndexOf("\n{");
  const [body, attributes] = [line.slice(line.indexOf(" ", line.indexOf(" ") + 1) + 1, end), line.slice(end + 1)];
  return [body, shownJson(attributes)].some((one) => lower(one).includes(lower(text)));
};
