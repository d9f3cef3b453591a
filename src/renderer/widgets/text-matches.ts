// Where a text occurs in another, without regard to case, for showing it: the parts in order, those that match told apart.

export interface TextPart {
  readonly text: string;
  readonly isMatch: boolean;
}

export function partsMatching(text: string, wanted: string): readonly TextPart[] {
  const [within, sought] = [text.toLowerCase(), wanted.toLowerCase()];
  // Of a few letters the small one is longer: places in one text are not those in the other then.
  if (sought === "" || within.length !== text.length || !within.includes(sought)) return [{ text, isMatch: false }];
  const parts: TextPart[] = [];
  const add = (from: number, to: number, isMatch: boolean): void => {
    if (to > from) parts.push({ text: text.slice(from, to), isMatch });
  };
  let next = 0;
  for (let at = within.indexOf(sought); at >= 0; at = within.indexOf(sought, next)) {
    add(next, at, false);
    next = at + sought.length;
    add(at, next, true);
  }
  add(next, text.length, false);
  return parts;
}
