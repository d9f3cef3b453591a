/** Of a file in a folder: whether rules are in it. */
export const isRuleFile = (name: string): boolean => /\.(?:rules|dscr)$/.test(name);

/** What rules of a file are called after that have no name: the last part of its path, without what it ends in. */
export const ruleStem = (path: string): string => (path.split(/[\\/]/).at(-1) ?? path).replace(/(?<=.)\.[^.]*$/, "");
