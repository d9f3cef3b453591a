// Which commands a typed text means, best first: every word of it must occur; words at the start of a title count most.
import type { Command } from "./command.js";

export function searchCommands(commands: readonly Command[], text: string): readonly Command[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return commands;
  const ranked = commands.flatMap((command) => {
    const rank = rankOf(command.title.toLowerCase(), words);
    return rank === undefined ? [] : [{ command, rank }];
  });
  return ranked.sort((one, other) => one.rank - other.rank).map(({ command }) => command);
}

function rankOf(title: string, words: readonly string[]): number | undefined {
  let rank = 0;
  for (const word of words) {
    const at = title.indexOf(word);
    if (at < 0) return undefined;
    const startsWord = at === 0 || title[at - 1] === " ";
    rank += at + (startsWord ? 0 : 100);
  }
  return rank;
}
