// What a person may ask a recording to keep, as it is typed: the command line and the window take the same.

export const limitBounds = {
  maxAge: { least: "1s", most: "3650d" },
  maxSize: { least: "16MB", most: "1024GB" },
} as const;
