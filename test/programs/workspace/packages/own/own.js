// What another package of the workspace does, and the state that it has.
export const counts = { served: 0 };

export const serve = () => `served ${++counts.served}\n`;
