/** A text as SQL writes it. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** How SQL reads one of the attributes that a column holds, as text; `name` is one that our own code writes. */
export const attributeIn =
  (column: string) =>
  (name: string): string =>
    `json_extract_string(${column}, '$."${name}"')`;
