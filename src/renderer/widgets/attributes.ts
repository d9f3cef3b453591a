// A bag of attributes arrives as JSON text and is parsed only for the row somebody looks at.

export interface Attribute {
  readonly key: string;
  readonly value: string;
}

/** Attributes as text, in their own order; a bag that cannot be read is shown as it is rather than not at all. */
export function attributesFromJson(json: string): readonly Attribute[] {
  if (json === "" || json === "{}") return [];
  try {
    const bag: unknown = JSON.parse(json);
    if (typeof bag !== "object" || bag === null) return [{ key: "attributes", value: json }];
    return Object.entries(bag).map(([key, value]) => ({
      key,
      value: typeof value === "string" ? value : JSON.stringify(value),
    }));
  } catch {
    return [{ key: "attributes", value: json }];
  }
}
