export type AttributeBag = Readonly<Record<string, unknown>>;

/** Attributes as they come, as JSON, by their names. None where they cannot be read. */
export function attributeBag(json: string): AttributeBag {
  try {
    const bag: unknown = JSON.parse(json);
    return typeof bag === "object" && bag !== null ? { ...bag } : {};
  } catch {
    return {};
  }
}
